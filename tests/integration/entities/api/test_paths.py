"""Every path with and without its slash, aliases, and what is no path at all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from tests.integration.callers import entries
from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_institution,
    details,
    nobody,
    path_of,
    provider,
)

pytestmark = pytest.mark.django_db

PATHS = [
    "entities",
    "entities/{uid}",
    "entities/{uid}/history",
    "entities-asof?as_of=2200-01-01",
    "entities/entities-asof?as_of=2200-01-01",
    "diff?from=2020-01-01&to=2020-01-02",
    "entities/diff?from=2020-01-01&to=2020-01-02",
    "entity-types",
    "detail-types",
    "conflicts",
    "dead-letters",
]


@pytest.mark.parametrize("path", PATHS)
def test_both_slash_forms_answer_alike(path):
    made = a_person(SURNAME="Nagy")
    plain = path.format(uid=made["entity_uid"])
    name, _, query = plain.partition("?")

    bare, slashed = (provider("GET", f"{name}{slash}?{query}") for slash in ("", "/"))

    assert bare.status_code == slashed.status_code == 200
    assert bare.json() == slashed.json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_writes_answer_in_both_slash_forms(slash):
    made = a_person(SURNAME="Nagy")

    changed = agent("PATCH", path_of(made, slash), {"details": details(NOTES="x")})
    deleted = agent("DELETE", path_of(made, slash))
    restored = agent("POST", path_of(made, f"/restore{slash}"))

    assert [answer.status_code for answer in (changed, deleted, restored)] == [200, 204, 200]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "entities/a/b",
        "entities/a/history/b",
        "entities//",
        "entitiesx",
        "conflicts/x",
        "diff/x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_what_is_no_path_is_a_404_in_json(method, path):
    answer = nobody(method, path, {}, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.json()) == (
        404,
        {"detail": "Not found.", "code": "not_found"},
    )


@pytest.mark.parametrize("path", ["ping", "ping/"])
def test_ping_is_open_and_leaves_no_trace(path):
    answer = nobody("GET", path)

    assert answer.status_code == 200
    assert answer.json().keys() == {"status", "location_id", "version", "at"}
    assert (answer.json()["status"], answer.json()["location_id"]) == ("ok", "loc1")
    assert not AuditEntry.objects.exists()


# One audit entry each

READS = {
    "entities": "entity.listed",
    "entities/{uid}": "entity.read",
    "entities/{uid}?as_of=2200-01-01": "entity.read_as_of",
    "entities/{uid}/history": "entity.history_read",
    "entities-asof?as_of=2200-01-01": "entity.listed_as_of",
    "diff?from=2020-01-01&to=2200-01-02": "entity.diff_read",
    "entity-types": "vocabulary.read",
    "detail-types": "vocabulary.read",
    "conflicts": "conflict.listed",
    "sync": "sync.read",
    "dead-letters": "dead_letters.read",
}


@pytest.mark.parametrize("path", sorted(READS))
def test_each_read_leaves_one_entry(path):
    made = a_person(SURNAME="Nagy")
    known = len(entries())

    answer = provider("GET", path.format(uid=made["entity_uid"]))

    [entry] = entries()[known:]
    assert answer.status_code == 200
    assert (entry.action, entry.outcome, entry.role) == (READS[path], "ok", "service_provider")
    assert str(entry.request_id) == answer["X-Request-Id"]


# Statements of each read, savepoint and release of its transaction included.
STATEMENTS = {
    "entities": 4,
    "entities?q=house": 4,
    "entities?type=INSTITUTION&detail_code=EMAIL": 4,
    "entities/{uid}": 3,
    "entities/{uid}?as_of=2200-01-01": 2,
    "entities/{uid}/history": 3,
    "entities-asof?as_of=2200-01-01": 4,
    "diff?from=2020-01-01&to=2200-01-02": 4,
    "diff?from=2020-01-01&to=2200-01-02&format=audit": 4,
    "entity-types": 2,
    "detail-types": 2,
    "conflicts": 3,
    "dead-letters": 2,
}


@pytest.mark.parametrize("path", sorted(STATEMENTS))
def test_reads_cost_a_fixed_number_of_statements(path):
    made = an_institution("House 0", EMAIL="a@example.org")
    for number in range(1, 30):
        an_institution(f"House {number}", EMAIL=f"a{number}@example.org")
    plain = path.format(uid=made["entity_uid"])
    provider("GET", plain)

    with CaptureQueriesContext(connection) as statements:
        assert provider("GET", plain).status_code == 200

    found = [statement["sql"][:60] for statement in statements]
    assert len(found) == STATEMENTS[path], found


@pytest.mark.parametrize(
    ("method", "path", "body", "action"),
    [
        ("POST", "entities", {"entity_type": "INSTITUTION", "display_name": "A"}, "entity.created"),
        ("PATCH", "entities/{uid}", {"details": details(NOTES="x")}, "entity.updated"),
        ("PATCH", "entities/{uid}", {}, "entity.updated"),
        ("DELETE", "entities/{uid}", None, "entity.deleted"),
        ("POST", "entities/{uid}/restore", {}, "entity.restored"),
        ("POST", "entity-types", {"code": "SHIP", "label": "Ship"}, "entity_type.defined"),
        ("POST", "detail-types", {"code": "SIZE", "label": "Size"}, "detail_type.authorised"),
    ],
)
def test_each_write_leaves_one_entry(method, path, body, action):
    made = a_person(SURNAME="Nagy")
    known = len(entries())

    answer = provider(method, path.format(uid=made["entity_uid"]), body)

    assert answer.status_code in (200, 201, 204)
    assert [(entry.action, entry.outcome) for entry in entries()[known:]] == [(action, "ok")]


@pytest.mark.parametrize(
    ("caller", "method", "path", "body", "expected"),
    [
        (nobody, "POST", "entities", {}, ("access.refused", ["not_authenticated"])),
        (nobody, "GET", "sync", None, ("access.refused", ["not_authenticated"])),
        (agent, "GET", "dead-letters", None, ("access.refused", ["forbidden"])),
        (agent, "POST", "entities", {}, ("entity.created", ["invalid"])),
        (agent, "GET", "entities/x", None, ("entity.read", ["not_found"])),
        (agent, "GET", "entities?page=0", None, ("entity.listed", ["invalid"])),
    ],
)
def test_each_refusal_leaves_one_entry(caller, method, path, body, expected):
    caller(method, path, body)

    [entry] = entries()
    assert (entry.action, entry.codes) == expected
    assert (entry.kind, entry.outcome) == ("refusal", "refused")
