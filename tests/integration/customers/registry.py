"""The registry's API as its tests call it: three people whose names are their roles."""

from typing import Any
from uuid import uuid4

from tests.integration import callers
from tests.integration.callers import as_json, entries

__all__ = ["Caller", "a_customer", "agent", "as_json", "customer", "entries", "nobody", "provider"]


class Caller(callers.Caller):
    root = "/api/customers/"


nobody = Caller(None)
customer = Caller("customer")
agent = Caller("service_agent")
provider = Caller("service_provider")


def a_customer(**values: Any) -> dict[str, Any]:
    """Made through the API; without values somebody whose name nobody else has."""
    values = values or {"surname": f"Person {uuid4().hex}"}
    answer = agent("POST", "items/", values)
    assert answer.status_code == 201, answer.content
    return answer.json()
