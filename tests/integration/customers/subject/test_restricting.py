"""Restriction of processing: nobody but a provider finds or reads a restricted person, anywhere."""

import json
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client

from customers.queries import find_customer
from customers.read_model import refresh
from tests.integration import callers
from tests.integration.customers.registry import (
    a_customer,
    agent,
    customer,
    entries,
    nobody,
    provider,
)

pytestmark = pytest.mark.django_db


class Entities(callers.Caller):
    root = "/api/v1/"


def a_name():
    return "Zyx" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid4().hex[:12])


@pytest.fixture
def person():
    number = f"N{uuid4().hex[:10]}".upper()
    made = a_customer(surname=a_name(), name=a_name(), dob="1971-02-03", document_number=number)
    assert agent("PATCH", f"items/{made['id']}/", {"name": a_name()}).status_code == 200
    return provider("GET", f"items/{made['id']}/").json()


def restrict(uid):
    answer = provider("POST", f"items/{uid}/restrict/", {"reason": "The values are disputed."})
    assert (answer.status_code, answer.json()) == (200, {"customer": uid, "restricted": True})


def unrestrict(uid):
    return provider("POST", f"items/{uid}/unrestrict/", {"reason": "Settled."})


READS = ["", "?as_of=2100-01-01", "history/", "events/"]
WRITES = [
    ("PATCH", "", {"name": "Other"}),
    ("PUT", "", {"surname": "Other"}),
    ("DELETE", "", None),
    ("POST", "restore/", {}),
    ("POST", "unmerge/", {}),
]


@pytest.mark.parametrize("read", READS)
def test_agents_are_told_that_it_is_restricted_and_customers_that_there_is_nobody(person, read):
    path = f"items/{person['id']}/{read}"
    restrict(person["id"])

    answer = agent("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (423, "restricted")
    assert person["surname"] not in answer.content.decode()
    assert provider("GET", path).status_code == 200
    if read == "":
        for who in (customer, nobody):
            assert (who("GET", path).status_code, who("GET", path).json()["code"]) == (
                404,
                "not_found",
            )


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_agents_write_nothing(person, method, path, body):
    restrict(person["id"])
    before = provider("GET", f"items/{person['id']}/").json()

    answer = agent(method, f"items/{person['id']}/{path}", body)

    assert (answer.status_code, answer.json()["code"]) == (423, "restricted")
    assert provider("GET", f"items/{person['id']}/").json() == before


def found_by(who, person):
    """Everything that searches and lists tell this caller, as one text."""
    q = f"{person['surname']} {person['name']}"
    asked = {key: person[key] for key in ("surname", "name", "dob", "document_number")}
    answers = [
        who("GET", "items/", query={"limit": "1000"}),
        who("GET", "items/search/", query={"q": q}),
        who("GET", "items/search/", query={"q": q, "mode": "exact"}),
        who("GET", "items/search/", query={"q": person["document_number"]}),
        who("GET", "items/search/", query={"q": "1971-02-03"}),
        who("POST", "items/match/", asked),
        who("GET", "duplicates/"),
    ]
    entities = Entities(who.role)
    for path, query in [
        ("entities", {"page_size": "100"}),
        ("entities", {"q": person["surname"]}),
        ("entities", {"q": person["document_number"]}),
        ("entities", {"detail_code": "SURNAME"}),
        ("entities-asof", {"as_of": "2100-01-01", "q": person["surname"]}),
        ("entities/diff", {"from": "2000-01-01", "to": "2100-01-01"}),
        ("entities/diff", {"from": "2000-01-01", "to": "2100-01-01", "format": "audit"}),
        ("conflicts", {}),
    ]:
        answers.append(entities("GET", path, query=query))
    return answers


@pytest.mark.parametrize("role", ["service_agent", "customer"])
def test_nobody_else_finds_a_restricted_person(person, role):
    who = {"service_agent": agent, "customer": customer}[role]
    assert person["id"] in "".join(one.content.decode() for one in found_by(agent, person))

    restrict(person["id"])

    for answer in found_by(who, person):
        told = answer.content.decode()
        assert answer.status_code in (200, 403), told
        for value in (person["id"], person["surname"], person["name"]):
            assert value not in told, told


def test_not_even_the_count_tells(person):
    restrict(person["id"])

    for role, path, query in [
        ("service_agent", "entities", {"q": person["surname"]}),
        ("customer", "entities", {"q": person["surname"]}),
        ("service_agent", "entities-asof", {"as_of": "2100-01-01", "q": person["surname"]}),
    ]:
        answer = Entities(role)("GET", path, query=query)
        assert answer.json()["count"] == 0
    found = Entities("service_provider")("GET", "entities", query={"q": person["surname"]})
    assert found.json()["count"] == 1


def test_the_customers_own_question_does_not_tell(person):
    body = {key: person[key] for key in ("surname", "name", "dob")}
    assert customer("POST", "items/check/", body).json()["listed"] == "yes"

    restrict(person["id"])

    assert customer("POST", "items/check/", body).json()["listed"] == "no"


@pytest.mark.parametrize(
    "path", ["", "/history", "?as_of=2100-01-01"], ids=["now", "history", "as of"]
)
def test_the_other_face_is_closed_by_id(person, path):
    restrict(person["id"])
    uid = person["id"]

    answer = Entities("service_agent")("GET", f"entities/{uid}{path}")
    assert (answer.status_code, answer.json()["code"]) == (423, "restricted")
    assert Entities("service_provider")("GET", f"entities/{uid}{path}").status_code == 200
    change = {"details": [{"detail_code": "NAME", "value": "Other"}]}
    assert Entities("service_agent")("PATCH", f"entities/{uid}", change).status_code == 423
    asked = {"from": "2000-01-01", "to": "2100-01-01", "entity_uid": uid}
    assert Entities("service_agent")("GET", "entities/diff", query=asked).status_code == 423


PAGES = ["", "/timeline", "/edit", "/delete", "/confirmed", "/provenance/SURNAME", "/merge"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_closed_to_agents_and_open_to_providers(person, path):
    restrict(person["id"])

    answer = page("service_agent", f"/customers/{person['id']}{path}")
    assert answer.status_code == 423
    assert person["surname"] not in answer.content.decode()
    assert page("service_provider", f"/customers/{person['id']}{path}").status_code == 200


def page(role, path, **query):
    return Client(headers={"X-Role": role}).get(path, query or None)


def test_pages_find_nobody_and_the_provider_has_a_list(person):
    restrict(person["id"])

    for role in ("service_agent", "service_provider"):
        found = page(role, "/", q=person["document_number"]).content.decode()
        assert f"/customers/{person['id']}" not in found
    listed = page("service_provider", "/retention/restricted").content.decode()
    assert f"/customers/{person['id']}" in listed
    assert page("service_agent", "/retention/restricted").status_code == 403
    shown = page("service_provider", f"/customers/{person['id']}").content.decode()
    assert "Restricted" in shown


def test_a_merged_record_is_closed_with_the_one_that_stands_for_it(person):
    other = a_customer(surname=a_name())
    body = {"into": person["id"]}
    assert agent("POST", f"items/{other['id']}/merge/", body).status_code == 200
    restrict(person["id"])

    assert agent("GET", f"items/{other['id']}/history/").status_code == 423
    assert page("service_agent", f"/customers/{other['id']}").status_code == 423
    history = page("service_agent", "/duplicates/history").content.decode()
    assert other["surname"] not in history
    found = Entities("service_agent")(
        "GET", "entities/diff", query={"from": "2000-01-01", "to": "2100-01-01"}
    )
    assert other["surname"] not in found.content.decode()


def test_nobody_merges_a_restricted_person(person):
    other = a_customer(surname=a_name())
    restrict(person["id"])

    for who in (agent, provider):
        answer = who("POST", f"items/{other['id']}/merge/", {"into": person["id"]})
        assert (answer.status_code, answer.json()["code"]) == (423, "restricted")


def test_lifted_all_is_as_before(person):
    restrict(person["id"])
    restrict(person["id"])  # nothing happens

    assert unrestrict(person["id"]).status_code == 200
    assert (unrestrict(person["id"]).status_code, unrestrict(person["id"]).json()["code"]) == (
        409,
        "not_restricted",
    )
    assert agent("GET", f"items/{person['id']}/").json() == person
    found = agent("GET", "items/search/", query={"q": person["document_number"]}).json()
    assert person["id"] in json.dumps(found)
    acts = [one.action for one in entries() if "restricted" in one.action]
    assert acts[:3] == ["entity.restricted", "entity.restricted", "entity.unrestricted"]


def test_a_reason_is_needed_on_both_faces(person):
    answer = provider("POST", f"items/{person['id']}/restrict/", {"reason": " "})
    assert answer.status_code == 400

    client = Client(headers={"X-Role": "service_provider"})
    path = f"/customers/{person['id']}/restrict"
    assert client.post(path, {"reason": ""}).status_code == 400
    assert client.post(path, {"reason": "Disputed"}).status_code == 302
    assert find_customer(uid=person["id"]).state == "restricted"
    assert client.post(f"/customers/{person['id']}/unrestrict", {"reason": "x"}).status_code == 302
    assert find_customer(uid=person["id"]).state == "listed"


def test_retention_goes_on(person):
    restrict(person["id"])

    (kept,) = provider("GET", f"items/{person['id']}/subject-report/").json()["retention"]

    assert kept["policy"] == "STANDARD"


def test_rebuilding_the_read_model_changes_nothing(person):
    restrict(person["id"])
    call_command("rebuild_search")
    refresh([find_customer(uid=person["id"]).entity_uid])

    assert find_customer(uid=person["id"]).state == "restricted"
    found = agent("GET", "items/search/", query={"q": person["document_number"]}).json()
    assert found["results"] == []
