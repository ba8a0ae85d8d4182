"""What a body may say, under which names, and what is refused, with the field that is wrong."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import LoggedEvent
from tests.integration.bad_bodies import BODIES, is_refused
from tests.integration.callers import entries
from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_entity,
    details,
    path_of,
    provider,
    values_of,
)

pytestmark = pytest.mark.django_db

UNKNOWN = ["Unknown field."]
REQUIRED = ["This field is required."]


def test_details_have_aliases():
    made = an_entity(
        entity_type="PERSON",
        details=[
            {"detail_type": "surname", "detail_value": "Nagy"},
            {"detail_type": "Email", "value": {"value": "a@example.org"}},
            {"detail_code": " notes ", "detail_value": {"value": None}},
        ],
    )

    assert values_of(made) == {"SURNAME": "Nagy", "EMAIL": "a@example.org"}


def test_null_is_nothing_said_on_creation():
    made = an_entity(
        entity_uid=None,
        entity_type="PERSON",
        display_name=None,
        valid_from=None,
        details=[{"detail_code": "SURNAME", "value": "Nagy", "valid_from": None}],
    )

    assert made["display_name"] == "Nagy"


@pytest.mark.parametrize(
    "key",
    [
        "id",
        "uuid",
        "entity_uid",
        "is_current",
        "hashdiff",
        "created_at",
        "location_id",
        "superseded",
    ],
)
def test_patch_moves_nobody_to_another_identity(key):
    made = a_person(SURNAME="Nagy")

    answer = agent("PATCH", path_of(made), {key: str(uuid4()), "details": details(NOTES="x")})

    assert (answer.status_code, answer.json()) == (400, {key: UNKNOWN})
    assert agent("GET", path_of(made)).json() == made


@pytest.mark.parametrize("key", ["id", "uuid", "is_current", "valid_to", "created_at", "role"])
def test_create_takes_no_unknown_key(key):
    answer = agent(
        "POST", "entities", {"entity_type": "PERSON", "details": details(SURNAME="N"), key: "x"}
    )

    assert (answer.status_code, answer.json()) == (400, {key: UNKNOWN})


INSTITUTION = {"entity_type": "INSTITUTION", "display_name": "Archive"}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["entity_type"]),
        ({"entity_type": ""}, ["entity_type"]),
        ({"entity_type": 5}, ["entity_type"]),
        ({"entity_type": "PRESON", "display_name": "x"}, ["entity_type"]),
        ({"entity_type": "DETAIL_TYPE", "display_name": "x"}, ["entity_type"]),
        ({**INSTITUTION, "entity_uid": "x"}, ["entity_uid"]),
        ({**INSTITUTION, "entity_uid": 5}, ["entity_uid"]),
        ({**INSTITUTION, "entity_uid": ["x"]}, ["entity_uid"]),
        ({**INSTITUTION, "display_name": 5}, ["display_name"]),
        ({**INSTITUTION, "display_name": "x" * 401}, ["display_name"]),
        ({**INSTITUTION, "valid_from": 5}, ["valid_from"]),
        ({**INSTITUTION, "valid_from": "yesterday"}, ["valid_from"]),
        ({**INSTITUTION, "valid_from": "2024-13-01"}, ["valid_from"]),
        ({**INSTITUTION, "valid_from": "9999-01-01"}, ["valid_from"]),
        ({**INSTITUTION, "valid_from": "2200-01-01T00:00:00Z"}, ["valid_from"]),
        ({**INSTITUTION, "valid_from": "0000-01-01"}, ["valid_from"]),
        ({**INSTITUTION, "details": {"EMAIL": "x"}}, ["details"]),
        ({**INSTITUTION, "details": "EMAIL"}, ["details"]),
        ({**INSTITUTION, "details": ["EMAIL"]}, ["details"]),
        ({**INSTITUTION, "details": [{}]}, ["details"]),
        ({**INSTITUTION, "details": [{"value": "x"}]}, ["details"]),
        ({**INSTITUTION, "details": [{"detail_code": 5, "value": "x"}]}, ["details"]),
        ({**INSTITUTION, "details": [{"detail_code": "", "value": "x"}]}, ["details"]),
        ({**INSTITUTION, "details": [{"detail_code": "NOTES"}]}, ["NOTES"]),
        ({**INSTITUTION, "details": details(NO_SUCH="x")}, ["NO_SUCH"]),
        ({**INSTITUTION, "details": details(NOTES="x", notes="y")}, ["NOTES"]),
        ({**INSTITUTION, "details": details(EMAIL="x", DOB="x")}, ["DOB", "EMAIL"]),
        ({**INSTITUTION, "details": details(DOB="2024-02-30")}, ["DOB"]),
        ({**INSTITUTION, "details": details(NOTES=["x"])}, ["NOTES"]),
        ({**INSTITUTION, "details": details(NOTES={"value": "x", "more": 1})}, ["NOTES"]),
        ({**INSTITUTION, "details": details(NOTES={"value": {"value": "x"}})}, ["NOTES"]),
        ({**INSTITUTION, "details": details(NOTES="x" * 2_001)}, ["NOTES"]),
        ({**INSTITUTION, "details": details(NOTES=5)}, ["NOTES"]),
        ({**INSTITUTION, "details": details(valid_from="x", NOTES="x")}, ["NOTES"]),
        ({**INSTITUTION, "details": details(valid_from="2001-01-01", NOTES="x")}, ["NOTES"]),
        (
            {**INSTITUTION, "details": [{"detail_code": "NOTES", "value": "x", "id": 1}]},
            ["NOTES"],
        ),
        (
            {**INSTITUTION, "details": [{"detail_code": "A", "detail_type": "A", "value": "x"}]},
            ["A"],
        ),
        (
            {
                **INSTITUTION,
                "details": [{"detail_code": f"C{i}", "value": "x"} for i in range(105)],
            },
            ["details"],
        ),
        ({**INSTITUTION, "details": [{"detail_code": "ä ö", "value": "x"}]}, ["details"]),
    ],
)
def test_bad_creations_are_refused(body, fields):
    known = LoggedEvent.objects.count()

    answer = agent("POST", "entities", body)

    assert is_refused(answer)
    assert (answer.status_code, sorted(answer.json())) == (400, fields)
    assert LoggedEvent.objects.count() == known


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"entity_type": None}, ["entity_type"]),
        ({"entity_type": " "}, ["entity_type"]),
        ({"entity_type": "PRESON"}, ["entity_type"]),
        ({"display_name": None}, ["display_name"]),
        ({"display_name": ""}, ["display_name"]),
        ({"display_name": ["x"]}, ["display_name"]),
        ({"valid_from": "1000-01-01", "details": details(NOTES="x")}, ["valid_from"]),
        ({"valid_from": "", "details": details(NOTES="x")}, ["valid_from"]),
        ({"details": details(SURNAME=None)}, ["non_field_errors"]),
        ({"details": details(NO_SUCH="x")}, ["NO_SUCH"]),
        ({"details": [{"detail_code": "NOTES"}]}, ["NOTES"]),
    ],
)
def test_bad_changes_are_refused(body, fields):
    made = a_person(SURNAME="Nagy")

    answer = agent("PATCH", path_of(made), body)

    assert (answer.status_code, sorted(answer.json())) == (400, fields)
    assert agent("GET", path_of(made)).json() == made


WRITES = [
    ("POST", "entities"),
    ("PATCH", "entities/{uid}"),
    ("POST", "entities/{uid}/restore"),
    ("POST", "entity-types"),
    ("POST", "detail-types"),
    ("POST", "conflicts/{uid}/resolve"),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:30]))
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_what_is_no_json_object_is_refused(method, path, body):
    made = a_person(SURNAME="Before")
    known = len(entries()), LoggedEvent.objects.count()

    answer = provider(method, path.format(uid=made["entity_uid"]), body)

    assert is_refused(answer)
    assert (len(entries()), LoggedEvent.objects.count()) == (known[0] + 1, known[1])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CODES = st.sampled_from(["SURNAME", "dob", "EMAIL", "NOTES", "DOCUMENT_NUMBER", "x"]) | JSON
PARTS = st.fixed_dictionaries(
    {}, optional={"detail_code": CODES, "detail_type": CODES, "value": JSON, "valid_from": JSON}
)
SAID = st.fixed_dictionaries(
    {"entity_type": st.sampled_from(["PERSON", "INSTITUTION"]) | JSON},
    optional={
        "display_name": JSON,
        "details": st.lists(PARTS, max_size=3) | JSON,
        "valid_from": JSON,
        "more": JSON,
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=SAID)
def test_any_json_is_stored_or_refused(body):
    made = agent("POST", "entities", body)
    assert made.status_code in (200, 201) or is_refused(made)

    patched = agent("PATCH", path_of(a_person(SURNAME="Nagy")), body)
    assert patched.status_code == 200 or is_refused(patched)
