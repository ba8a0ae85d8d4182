"""`/api/v1` as its tests call it: three people whose names are their roles."""

from typing import Any
from uuid import uuid4

from tests.integration import callers


class Caller(callers.Caller):
    root = "/api/v1/"


nobody = Caller(None)
customer = Caller("customer")
agent = Caller("service_agent")
provider = Caller("service_provider")

Body = dict[str, Any]


def details(*, valid_from: str | None = None, **values: Any) -> list[Body]:
    """As a body has them."""
    since = {} if valid_from is None else {"valid_from": valid_from}
    return [{"detail_code": code, "value": value, **since} for code, value in values.items()]


def a_person(*, valid_from: str | None = None, **values: Any) -> Body:
    """Made through the API; without values somebody whose name nobody else has."""
    values = values or {"SURNAME": f"Person {uuid4().hex}"}
    body: Body = {"entity_type": "PERSON", "details": details(**values)}
    return an_entity(**body, **({} if valid_from is None else {"valid_from": valid_from}))


def an_institution(name: str = "Northern Archive", **values: Any) -> Body:
    return an_entity(entity_type="INSTITUTION", display_name=name, details=details(**values))


def an_entity(**body: Any) -> Body:
    answer = agent("POST", "entities", body)
    assert answer.status_code == 201, answer.content
    made: Body = answer.json()
    return made


def path_of(entity: Body, more: str = "") -> str:
    return f"entities/{entity['entity_uid']}{more}"


def values_of(entity: Body) -> Body:
    """{code: value}."""
    return {detail["detail_code"]: detail["value"] for detail in entity["details"]}
