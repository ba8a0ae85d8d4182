"""Entities over HTTP: create, read, change, delete, restore, and what each answers."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from events.models import LoggedEvent
from tests.integration.callers import entries
from tests.integration.entities.api.face import (
    a_person,
    agent,
    an_entity,
    an_institution,
    customer,
    details,
    path_of,
    provider,
    values_of,
)

pytestmark = pytest.mark.django_db

ENTITY_KEYS = {
    "entity_uid",
    "entity_type",
    "display_name",
    "valid_from",
    "valid_to",
    "is_current",
    "hashdiff",
    "details",
    "location_id",
    "created_at",
    "updated_at",
}
DETAIL_KEYS = {"detail_code", "value", "valid_from", "valid_to", "is_current", "hashdiff"}
NOT_FOUND = {"detail": "Not found.", "code": "not_found"}


def days_ago(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()


def test_created_entity_is_answered_whole():
    answer = agent(
        "POST",
        "entities",
        {
            "entity_type": "person",
            "details": details(SURNAME=" Nagy ", name="Anna", EMAIL="anna@example.org"),
        },
    )

    made = answer.json()
    assert answer.status_code == 201
    assert set(made) == ENTITY_KEYS
    assert [detail["detail_code"] for detail in made["details"]] == ["EMAIL", "NAME", "SURNAME"]
    assert all(set(detail) == DETAIL_KEYS for detail in made["details"])
    assert (made["entity_type"], made["display_name"]) == ("PERSON", "Nagy, Anna")
    assert (made["valid_to"], made["is_current"], made["location_id"]) == (None, True, "loc1")
    assert len(made["hashdiff"]) == 64
    assert agent("GET", path_of(made)).json() == made
    for instant in ("valid_from", "created_at", "updated_at"):
        assert made[instant].endswith("Z")
        assert len(made[instant]) == len("2026-01-01T00:00:00.000000Z")


def test_a_uid_may_be_given():
    uid = str(uuid4())
    body = {"entity_uid": uid.upper(), "entity_type": "INSTITUTION", "display_name": "Archive"}

    answers = [agent("POST", "entities", body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["entity_uid"] == uid
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1


def test_a_uid_in_use_is_refused():
    made = an_institution("Archive")
    body = {"entity_uid": made["entity_uid"], "entity_type": "INSTITUTION"}

    other = agent("POST", "entities", {**body, "display_name": "Library"})
    agent("DELETE", path_of(made))
    deleted = agent("POST", "entities", {**body, "display_name": "Archive"})

    assert (other.status_code, other.json()["code"]) == (409, "exists")
    assert (deleted.status_code, deleted.json()["code"]) == (409, "deleted")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("uid", [str(uuid4()), "5", "not-a-uid", "%20", "%00", "x" * 300])
def test_unknown_and_malformed_uids_are_404(uid, method):
    body = {"display_name": "x"} if method == "PATCH" else None

    answer = agent(method, f"entities/{uid}", body)

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_unknown_uids_have_no_history_and_cannot_be_restored():
    for method, more in (("GET", "history"), ("POST", "restore")):
        answer = agent(method, f"entities/{uuid4()}/{more}")
        assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_patch_merges_by_code_and_null_closes():
    made = a_person(SURNAME="Nagy", EMAIL="a@example.org", PHONE="+36 1 234 5678")

    answer = agent("PATCH", path_of(made), {"details": details(email=None, NOTES="new")})

    assert answer.status_code == 200
    assert values_of(answer.json()) == {
        "SURNAME": "Nagy",
        "PHONE": "+36 1 234 5678",
        "NOTES": "new",
    }
    assert "superseded" not in answer.json()
    assert agent("GET", path_of(made)).json() == answer.json()


def test_patch_renames_and_retypes():
    made = an_institution("Archive", ADDRESS="Old Road 1")
    defined = provider("POST", "entity-types", {"code": "ship", "label": "Ship"})

    answer = agent(
        "PATCH", path_of(made), {"entity_type": "Ship", "display_name": "MS Archive"}
    ).json()

    assert defined.status_code == 201
    assert (answer["entity_type"], answer["display_name"]) == ("SHIP", "MS Archive")
    assert values_of(answer) == {"ADDRESS": "Old Road 1"}  # a rename keeps the details


def test_patch_that_changes_nothing_records_nothing():
    made = a_person(SURNAME="Nagy")
    events = LoggedEvent.objects.count()

    answer = agent("PATCH", path_of(made), {"details": details(SURNAME="Nagy")})

    assert (answer.status_code, answer.json()) == (200, made)
    assert agent("PATCH", path_of(made), {}).json() == made
    assert LoggedEvent.objects.count() == events


def test_patch_is_atomic():
    made = a_person(SURNAME="Nagy")

    answer = agent("PATCH", path_of(made), {"details": details(SURNAME="Kiss", EMAIL="no address")})

    assert answer.status_code == 400
    assert list(answer.json()) == ["EMAIL"]
    assert agent("GET", path_of(made)).json() == made


def test_back_dated_patch_names_what_it_did_not_change():
    made = a_person(valid_from=days_ago(30), SURNAME="Nagy", NOTES="first")
    agent("PATCH", path_of(made), {"details": details(NOTES="today")})

    answer = agent(
        "PATCH",
        path_of(made),
        {"valid_from": days_ago(10), "details": details(NOTES="then", EMAIL="a@example.org")},
    )

    assert answer.json()["superseded"] == ["NOTES"]
    assert values_of(answer.json())["NOTES"] == "today"
    assert values_of(answer.json())["EMAIL"] == "a@example.org"
    as_it_was = agent("GET", path_of(made), query={"as_of": days_ago(5)}).json()
    assert values_of(as_it_was)["NOTES"] == "then"


def test_each_detail_may_have_its_own_instant():
    made = an_entity(
        entity_type="PERSON",
        valid_from="2020-01-01",
        details=[
            *details(SURNAME="Nagy"),
            *details(valid_from="2021-06-01T12:00:00+02:00", EMAIL="a@example.org"),
        ],
    )

    assert made["valid_from"] == "2020-01-01T00:00:00.000000Z"
    assert {one["detail_code"]: one["valid_from"] for one in made["details"]} == {
        "SURNAME": "2020-01-01T00:00:00.000000Z",
        "EMAIL": "2021-06-01T10:00:00.000000Z",
    }
    assert LoggedEvent.objects.filter(entity_uid=made["entity_uid"]).count() == 2


def test_deleted_is_gone_until_restored():
    made = a_person(SURNAME="Nagy", EMAIL="a@example.org")

    assert agent("DELETE", path_of(made)).status_code == 204
    assert agent("DELETE", path_of(made)).status_code == 404
    assert agent("GET", path_of(made)).json() == NOT_FOUND
    patched = agent("PATCH", path_of(made), {"details": details(NOTES="x")})
    assert (patched.status_code, patched.json()["code"]) == (409, "deleted")

    restored = agent("POST", path_of(made, "/restore"))
    assert restored.status_code == 200
    assert values_of(restored.json()) == values_of(made)
    assert restored.json()["created_at"] == made["created_at"]  # no second life
    assert agent("POST", path_of(made, "/restore")).json() == restored.json()


def test_types_other_than_persons_need_a_display_name():
    answer = agent("POST", "entities", {"entity_type": "INSTITUTION", "display_name": "  "})

    assert (answer.status_code, answer.json()) == (
        400,
        {"display_name": ["This field is required."]},
    )


def test_a_persons_name_is_made_of_surname_and_name():
    only_shown = an_entity(entity_type="PERSON", display_name="The Cook")
    both = an_entity(entity_type="PERSON", display_name="ignored", details=details(SURNAME="Nagy"))

    refused = agent("PATCH", path_of(both), {"display_name": "The Boss"})

    assert (only_shown["display_name"], both["display_name"]) == ("The Cook", "Nagy")
    assert refused.status_code == 400
    assert "surname and name" in refused.json()["display_name"][0]


def test_a_person_needs_something_to_be_known_by():
    answer = agent("POST", "entities", {"entity_type": "PERSON", "details": details(NOTES="x")})

    assert answer.status_code == 400
    assert "non_field_errors" in answer.json()


def test_duplicate_document_is_refused_unless_allowed():
    held = a_person(SURNAME="Nagy", DOCUMENT_NUMBER="AB 123-456")
    other = a_person(SURNAME="Other")
    same = {"details": details(SURNAME="Kiss", DOCUMENT_NUMBER="ab123456")}

    created = agent("POST", "entities", {"entity_type": "PERSON", **same})
    patched = agent("PATCH", path_of(other), same)
    allowed = agent("PATCH", path_of(other), same, query={"allow_duplicate": "1"})

    for refused in (created, patched):
        assert refused.status_code == 409
        assert refused.json()["code"] == "duplicate_document"
        assert refused.json()["entity_uid"] == held["entity_uid"]
    assert allowed.status_code == 200
    assert "duplicate_allowed" in entries()[-1].codes


def test_persons_are_customers_of_the_registry():
    made = a_person(SURNAME="Nagy", NAME="Anna", DOB="1987-05-12")

    listed = agent.client.get(
        f"/api/customers/items/{made['entity_uid']}/", headers={"X-Role": "service_agent"}
    ).json()

    assert (listed["surname"], listed["dob"]) == ("Nagy", "1987-05-12")
    assert listed["created_at"] == made["created_at"]
    assert listed["updated_at"] == made["updated_at"]


def test_etag_changes_with_the_entity_and_differs_by_view():
    made = a_person(SURNAME="Nagy")
    path = path_of(made)

    read = agent("GET", path)
    unchanged = agent("GET", path, headers={"If-None-Match": f"W/{read['ETag']}"})
    masked = customer("GET", path, headers={"If-None-Match": read["ETag"]})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert masked.status_code == 200
    assert masked["ETag"] != read["ETag"]
    changed = agent("PATCH", path, {"details": details(NOTES="x")})
    assert changed["ETag"] != read["ETag"]
    assert agent("GET", path)["ETag"] == changed["ETag"]


@pytest.mark.parametrize(
    ("method", "more", "body"),
    [
        ("PATCH", "", {"details": details(NOTES="x")}),
        ("DELETE", "", None),
        ("POST", "/restore", {}),
    ],
)
def test_a_stale_write_is_refused(method, more, body):
    made = a_person(SURNAME="Nagy")
    seen = agent("GET", path_of(made))["ETag"]
    agent("PATCH", path_of(made), {"details": details(EMAIL="a@example.org")})
    now = agent("GET", path_of(made))["ETag"]

    for tag in (seen, f"W/{now}", f"{seen}, {now}", '"nonsense"', "nonsense"):
        stale = agent(method, path_of(made, more), body, headers={"If-Match": tag})
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")

    fresh = agent(method, path_of(made, more), body, headers={"If-Match": now})
    assert fresh.status_code in (200, 204)


def test_numbers_are_kept_digit_by_digit():
    defined = provider(
        "POST", "detail-types", {"code": "height", "label": "Height", "type": "decimal"}
    )
    body = b'{"entity_type": "PERSON", "details": [{"detail_code": "SURNAME", "value": "N"},'
    body += b' {"detail_code": "HEIGHT", "value": 12.50}]}'

    made = agent("POST", "entities", body)

    assert defined.status_code == 201
    assert made.status_code == 201, made.content
    assert values_of(made.json())["HEIGHT"] == "12.50"


def test_head_answers_as_get_without_a_body():
    made = a_person(SURNAME="Nagy")

    answer = agent("HEAD", path_of(made))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["ETag"] == agent("GET", path_of(made))["ETag"]
