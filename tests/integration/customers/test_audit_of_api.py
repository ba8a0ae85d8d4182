"""Each transaction leaves exactly one entry, and no entry, log line or link holds a value."""

import json
import logging
from uuid import uuid4

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from customers import queries
from entities.http import errors
from tests.integration.customers.registry import (
    a_customer,
    agent,
    customer,
    entries,
    nobody,
    provider,
)

pytestmark = pytest.mark.django_db

CANARY = {
    "surname": "Kanarienvogel",
    "name": "Zwitscher",
    "dob": "1977-03-09",
    "document_number": "PIEP770309",
    "extra_fields": {"email": "tweet@example.org", "notes": "sings"},
}
# Not the year alone: a second can have as many microseconds.
VALUES = ("kanarien", "zwitscher", "1977-", "piep", "tweet", "sings", "77-03-09")
ID = "{id}"

TRANSACTIONS = [
    (agent, "POST", "items/", {"surname": "x"}, "entity.created", "ok"),
    (agent, "POST", "items/", CANARY, "entity.created", "refused"),
    (agent, "POST", "items/", b"{", "entity.created", "refused"),
    (agent, "PUT", f"items/{ID}/", {"surname": "y"}, "entity.updated", "ok"),
    (agent, "PUT", f"items/{ID}/", CANARY, "entity.updated", "ok"),
    (agent, "PATCH", f"items/{ID}/", {"name": "z"}, "entity.updated", "ok"),
    (agent, "PATCH", f"items/{ID}/", {"dob": "never"}, "entity.updated", "refused"),
    (agent, "DELETE", f"items/{ID}/", None, "entity.deleted", "ok"),
    (agent, "DELETE", f"items/{uuid4()}/", None, "entity.deleted", "refused"),
    (provider, "POST", f"items/{ID}/restore/", {}, "entity.restored", "ok"),
    (customer, "DELETE", f"items/{ID}/", None, "access.refused", "refused"),
    (nobody, "GET", f"items/{ID}/history/", None, "access.refused", "refused"),
    (customer, "GET", "items/", None, "customer.listed", "ok"),
    (agent, "GET", "items/?limit=x", None, "customer.listed", "refused"),
    (agent, "GET", f"items/{ID}/", None, "customer.read", "ok"),
    (agent, "HEAD", f"items/{ID}/", None, "customer.read", "ok"),
    (agent, "GET", "items/nonsense/", None, "customer.read", "refused"),
    (agent, "GET", f"items/{ID}/?as_of=2100-01-01", None, "customer.read_as_of", "ok"),
    (agent, "GET", f"items/{ID}/history/", None, "customer.history_read", "ok"),
    (agent, "GET", f"items/{ID}/events/", None, "customer.events_read", "ok"),
    (agent, "GET", "items/search/?q=kanarienvogel", None, "customer.searched", "ok"),
    (agent, "GET", "items/search/?q=kanarienvogl&mode=fuzzy", None, "customer.searched", "ok"),
    (agent, "GET", "items/search/?q=kanarienvogel&limit=0", None, "customer.searched", "refused"),
    (agent, "POST", "items/check/", CANARY | {"extra_fields": 1}, "customer.checked", "refused"),
    (
        customer,
        "POST",
        "items/check/",
        {"document_number": "PIEP770309", "dob": "1977-03-09"},
        "customer.checked",
        "ok",
    ),
    (agent, "POST", "items/match/", {"surname": "Kanarienfogel"}, "customer.matched", "ok"),
    (agent, "POST", "items/match/?limit=0", CANARY, "customer.matched", "refused"),
    (customer, "POST", "items/match/", CANARY, "access.refused", "refused"),
    (agent, "POST", f"items/{ID}/merge/", {"into": "x"}, "entity.merged", "refused"),
    (agent, "POST", f"items/{ID}/merge/", {"into": str(uuid4())}, "entity.merged", "refused"),
    (agent, "POST", f"items/{ID}/unmerge/", {}, "entity.unmerged", "refused"),
    (agent, "GET", "duplicates/", None, "duplicates.listed", "ok"),
    (agent, "POST", f"duplicates/{ID}/{ID}/distinct/", {}, "entity.distinguished", "refused"),
    (agent, "PUT", "items/", {}, "access.refused", "refused"),
    (agent, "GET", "kanarien/", None, "access.refused", "refused"),
]


@pytest.mark.parametrize(("caller", "method", "path", "body", "action", "outcome"), TRANSACTIONS)
def test_each_transaction_leaves_one_entry_without_values(
    caller, method, path, body, action, outcome, caplog
):
    caplog.set_level(logging.DEBUG)
    made = a_customer(**CANARY)
    known, lines = len(entries()), len(caplog.records)

    answer = caller(method, path.format(id=made["id"]), body)

    (entry,) = entries()[known:]
    assert (entry.action, entry.outcome) == (action, outcome)
    assert entry.role == (caller.role or "customer")
    assert str(entry.request_id) == answer["X-Request-Id"]
    assert entry.address == "127.0.0.0/24"
    assert entry.duration_us > 0
    logged = [json.dumps(record.__dict__, default=str) for record in caplog.records[lines:]]
    texts = [str(entry.__dict__), answer.get("Link", ""), *logged]
    for value in VALUES:
        assert value not in "\n".join(texts).lower().replace("/api/customers/kanarien/", "")


def test_entry_of_a_write_names_entity_events_and_fields():
    made = a_customer(**CANARY)
    (event,) = agent("GET", f"items/{made['id']}/events/").json()

    created = entries()[0]

    assert str(created.entity_uid) == made["id"]
    assert [str(uid) for uid in created.event_ids] == [event["event_id"]]
    assert set(created.codes) == {
        "SURNAME",
        "NAME",
        "DOB",
        "DOCUMENT_NUMBER",
        "EMAIL",
        "NOTES",
        "entity_type",
    }


def test_entry_of_a_search_names_the_hits_and_hides_the_question():
    made = a_customer(**CANARY)
    for q in ("kanarienvogel", "  KANARIENVOGEL ", "other"):
        agent("GET", "items/search/", query={"q": q})

    first, same, other = entries()[1:]
    assert [str(uid) for uid in first.hit_ids] == [made["id"]]
    assert first.result_count == 1
    assert bytes(first.query_hash) == bytes(same.query_hash) != bytes(other.query_hash)
    assert len(first.query_hash) == 32


def test_refused_write_is_rolled_back_but_its_entry_stays(monkeypatch):
    made = a_customer(surname="Before")
    monkeypatch.setattr("customers.api.views.shown", _fails_late)

    answer = agent("PATCH", f"items/{made['id']}/", {"surname": "After"})

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert (entries()[-1].action, entries()[-1].outcome) == ("entity.updated", "failed")
    monkeypatch.undo()
    assert agent("GET", f"items/{made['id']}/").json() == made


def _fails_late(*_args, **_kwargs):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1)")


def test_slow_statement_is_503_with_a_sentence(monkeypatch):
    def times_out(**_kwargs):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(queries, "list_customers", times_out)

    answer = agent("GET", "items/")

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


@pytest.mark.parametrize("path", [f"items/{ID}/", "items/?limit=2"])
def test_a_database_that_is_gone_is_503_though_nothing_can_be_noted(monkeypatch, path):
    def gone(*_args, **_kwargs):
        raise InterfaceError("connection already closed")

    monkeypatch.setattr(queries, "list_customers", gone)
    monkeypatch.setattr(queries, "get_customer", gone)
    monkeypatch.setattr(errors, "add_entry", gone)

    answer = agent("GET", path.format(id=uuid4()))

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_caller_can_name_the_request():
    request_id = str(uuid4())

    answer = agent("GET", "items/", headers={"X-Request-Id": request_id})

    assert answer["X-Request-Id"] == request_id == str(entries()[-1].request_id)


@pytest.mark.parametrize(
    ("method", "path", "body", "statements"),
    [
        ("GET", "items/", None, 2),
        ("GET", f"items/{ID}/", None, 3),
        ("GET", f"items/{ID}/history/", None, 4),
        ("GET", f"items/{ID}/events/", None, 4),
        ("GET", f"items/{ID}/?as_of=2100-01-01", None, 5),
    ],
)
def test_reads_cost_a_fixed_number_of_statements(method, path, body, statements):
    made = [a_customer(surname=f"P{number}") for number in range(3)]
    agent("PATCH", f"items/{made[0]['id']}/", {"name": "second", "extra_fields": {"notes": "n"}})

    with CaptureQueriesContext(connection) as seen:
        agent(method, path.format(id=made[0]["id"]), body)

    assert len(seen) == statements, [query["sql"][:80] for query in seen]


def test_a_write_costs_a_bounded_number_of_statements():
    made = a_customer(**CANARY)

    with CaptureQueriesContext(connection) as seen:
        agent("PATCH", f"items/{made['id']}/", {"surname": "Other", "name": "Name"})

    assert len(seen) <= 37, [query["sql"][:80] for query in seen]
