"""The vocabularies over HTTP: what there is, and what a provider defines."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from entities import vocabulary
from events.models import LoggedEvent
from events.recording import Draft, record
from tests.integration.entities.api.face import (
    a_person,
    agent,
    customer,
    details,
    path_of,
    provider,
    values_of,
)
from tests.integration.entities.rows import an_act

pytestmark = pytest.mark.django_db


def test_built_in_types_are_there_from_the_start():
    entity_types = customer("GET", "entity-types").json()
    detail_types = customer("GET", "detail-types").json()

    assert sorted(row["code"] for row in entity_types) == ["INSTITUTION", "PERSON"]
    assert {row["code"] for row in detail_types} == {
        "SURNAME",
        "NAME",
        "DOB",
        "DOCUMENT_NUMBER",
        "EMAIL",
        "PHONE",
        "ADDRESS",
        "WEBSITE",
        "NOTES",
    }
    for row in [*entity_types, *detail_types]:
        assert {"code", "label", "status", "active", "created_at"} <= row.keys()
        assert (row["status"], row["active"], row["created_at"]) == ("authorised", True, None)
    assert {row["type"] for row in detail_types} == {"text", "date", "email", "phone", "url"}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("entity-types", {"code": "ship", "label": " Ship "}, {"code": "SHIP", "label": "Ship"}),
        (
            "detail-types",
            {"code": "height", "label": "Height", "type": "decimal"},
            {"code": "HEIGHT", "label": "Height", "type": "decimal"},
        ),
        ("detail-types", {"code": "A_1", "label": "A"}, {"code": "A_1", "type": "text"}),
        (
            "detail-types",
            {"code": "COLOUR", "label": "Colour", "type": "choice", "options": ["red", "blue"]},
            {"code": "COLOUR", "type": "choice"},
        ),
    ],
)
def test_a_provider_defines_types(path, body, expected):
    first, again = (provider("POST", path, body) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    row = first.json()
    assert {key: row[key] for key in expected} == expected
    assert (row["status"], row["active"]) == ("authorised", True)
    assert row["created_at"].endswith("Z")
    assert row in provider("GET", path).json()
    assert LoggedEvent.objects.count() == 1


@pytest.mark.parametrize("path", ["entity-types", "detail-types"])
def test_a_definition_is_answered_however_long_the_list(path, monkeypatch):
    monkeypatch.setattr(vocabulary, "MAX_ROWS", 2)

    answer = provider("POST", path, {"code": "ZEBRA", "label": "Zebra"})

    assert (answer.status_code, answer.json().get("code")) == (201, "ZEBRA")


@pytest.mark.parametrize(
    ("kind", "path"), [("ENTITY_TYPE", "entity-types"), ("DETAIL_TYPE", "detail-types")]
)
def test_a_definition_that_a_peer_deleted_is_refused(kind, path):
    body = {"code": "ZEBRA", "label": "Zebra"}
    provider("POST", path, body)
    uid = vocabulary.vocabulary_uid(kind, "ZEBRA")
    record(an_act(), [Draft(uid, "entity.deleted.v1", {})])

    answer = provider("POST", path, body)

    assert (answer.status_code, answer.json()["code"]) == (409, "deleted")
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["entity-types", "detail-types"])
def test_of_parallel_definitions_one_is_new(path):
    def define(_):
        try:
            return provider("POST", path, {"code": "ZEBRA", "label": "Zebra"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(define, range(8)))

    assert sorted(statuses) == [200] * 7 + [201]


def test_a_defined_type_can_be_used_at_once():
    provider("POST", "detail-types", {"code": "HEIGHT", "label": "Height", "type": "integer"})

    made = a_person(SURNAME="Nagy", height="180")
    refused = agent("PATCH", path_of(made), {"details": details(HEIGHT="tall")})

    assert values_of(made)["HEIGHT"] == 180
    assert (refused.status_code, list(refused.json())) == (400, ["HEIGHT"])


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("entity-types", {}, ["code", "label"]),
        ("entity-types", {"code": "SHIP"}, ["label"]),
        ("entity-types", {"code": "", "label": "x"}, ["code"]),
        ("entity-types", {"code": 5, "label": "x"}, ["code"]),
        ("entity-types", {"code": "a b", "label": "x"}, ["code"]),
        ("entity-types", {"code": "1A", "label": "x"}, ["code"]),
        ("entity-types", {"code": "A" * 65, "label": "x"}, ["code"]),
        ("entity-types", {"code": "SHIP", "label": "x" * 201}, ["label"]),
        ("entity-types", {"code": "SHIP", "label": ["x"]}, ["label"]),
        ("entity-types", {"code": "SHIP", "label": "x", "id": 5}, ["id"]),
        ("entity-types", {"code": "SHIP", "label": "x", "type": "text"}, ["type"]),
        ("detail-types", {}, ["code", "label"]),
        ("detail-types", {"code": "é", "label": "x"}, ["code"]),
        ("detail-types", {"code": "SIZE", "label": "x", "type": "blob"}, ["type"]),
        ("detail-types", {"code": "SIZE", "label": "x", "type": 5}, ["type"]),
        ("detail-types", {"code": "SIZE", "label": "x", "type": "choice"}, ["options"]),
        ("detail-types", {"code": "SIZE", "label": "x", "options": ["a"]}, ["options"]),
        ("detail-types", {"code": "SIZE", "label": "x", "options": "a"}, ["options"]),
        ("detail-types", {"code": "SIZE", "label": "x", "options": [5]}, ["options"]),
        ("detail-types", {"code": "SIZE", "label": "x", "active": False}, ["active"]),
    ],
)
def test_bad_definitions_are_refused(path, body, fields):
    answer = provider("POST", path, body)

    assert (answer.status_code, sorted(answer.json())) == (400, fields)
    assert not LoggedEvent.objects.exists()


def test_a_code_that_means_something_else_is_taken():
    provider("POST", "detail-types", {"code": "SIZE", "label": "Size", "type": "integer"})

    for path, body in (
        ("detail-types", {"code": "SIZE", "label": "Size", "type": "text"}),
        ("detail-types", {"code": "EMAIL", "label": "Mail", "type": "text"}),
        ("entity-types", {"code": "person", "label": "Human"}),
    ):
        answer = provider("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "exists"), answer.content


def test_definitions_are_reserved():
    provider("POST", "entity-types", {"code": "SHIP", "label": "Ship"})
    [ship] = agent("GET", "entities?type=entity_type").json()["results"]

    answer = agent("PATCH", path_of(ship), {"display_name": "Boat"})

    assert (answer.status_code, answer.json()["code"]) == (409, "reserved")
