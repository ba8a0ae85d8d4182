"""Conflicts, how the locations stand, and dead letters over HTTP."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from events import deadletters
from events.models import LoggedEvent
from tests.builders import an_event
from tests.integration.entities.api.face import (
    a_person,
    agent,
    details,
    path_of,
    provider,
    values_of,
)
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db

THERE = "loc2/1"


def from_there(made, **overrides):
    """Another location writes at the same time: of ours it has seen the creation only."""
    uid = UUID(made["entity_uid"])
    known = LoggedEvent.objects.filter(entity_uid=uid).order_by("hlc")
    first, last = known[0], known[known.count() - 1]
    given = {"type": "entity.updated.v1", "at": last.hlc + 1, "origin": THERE, "actor": "bela"}
    event = an_event(
        entity_uid=uid, sees={first.origin: 1}, name=str(uuid4()), **(given | overrides)
    )
    receive([event])
    return event


def a_contested_person(here="Smyth", there="Smythe"):
    made = a_person(SURNAME="Smith")
    agent("PATCH", path_of(made), {"details": details(SURNAME=here)})
    ours = LoggedEvent.objects.filter(entity_uid=made["entity_uid"]).order_by("hlc").last()
    return made, str(ours.event_id), str(from_there(made, details={"SURNAME": there}).event_id)


def conflicts():
    return agent("GET", "conflicts").json()["results"]


def test_the_inbox_shows_what_each_side_said():
    made, ours, theirs = a_contested_person()

    answer = agent("GET", "conflicts")

    assert answer.json().keys() == {"next", "previous", "results"}
    [conflict] = answer.json()["results"]
    assert conflict.keys() == {
        "conflict_id",
        "entity_uid",
        "display_name",
        "attribute",
        "opened_at",
        "holds",
        "heads",
    }
    assert (conflict["entity_uid"], conflict["attribute"]) == (made["entity_uid"], "SURNAME")
    assert (conflict["display_name"], conflict["holds"]) == ("Smythe", theirs)
    assert {
        head["event_id"]: (head["value"], head["location_id"], head["actor"])
        for head in conflict["heads"]
    } == {ours: ("Smyth", "loc1", "service_agent"), theirs: ("Smythe", "loc2", "bela")}
    for instant in (conflict["opened_at"], conflict["heads"][0]["at"]):
        assert instant.endswith("Z")


@pytest.mark.parametrize("slash", ["", "/"])
def test_keeping_one_side_ends_it(slash):
    made, ours, _ = a_contested_person()
    [conflict] = conflicts()

    answer = agent(
        "POST", f"conflicts/{conflict['conflict_id']}/resolve{slash}", {"keep": ours.upper()}
    )

    assert answer.status_code == 200
    assert answer.json()["entity_uid"] == made["entity_uid"]
    assert values_of(answer.json()) == {"SURNAME": "Smyth"}
    assert answer["ETag"] == agent("GET", path_of(made))["ETag"]
    assert conflicts() == []


def test_another_value_ends_it():
    a_contested_person()
    [conflict] = conflicts()

    answer = agent("POST", f"conflicts/{conflict['conflict_id']}/resolve", {"value": "Smithson"})

    assert values_of(answer.json()) == {"SURNAME": "Smithson"}
    again = agent("POST", f"conflicts/{conflict['conflict_id']}/resolve", {"value": "Smithson"})
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


def test_resolving_is_done_once():
    a_contested_person()
    [conflict] = conflicts()
    path, headers = f"conflicts/{conflict['conflict_id']}/resolve", {"Idempotency-Key": "once"}

    first, second = (agent("POST", path, {"value": "X"}, headers=headers) for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert first.status_code == 200


def test_a_stale_decision_is_refused():
    made, ours, _ = a_contested_person()
    [conflict] = conflicts()
    path = f"conflicts/{conflict['conflict_id']}/resolve"
    seen = agent("GET", path_of(made))["ETag"]
    agent("PATCH", path_of(made), {"details": details(NOTES="x")})

    stale = agent("POST", path, {"keep": ours}, headers={"If-Match": seen})
    now = agent("GET", path_of(made))["ETag"]
    fresh = agent("POST", path, {"keep": ours}, headers={"If-Match": now})

    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert fresh.status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "non_field_errors"),
        ({"keep": "x"}, "keep"),
        ({"keep": None}, "keep"),
        ({"keep": str(uuid4())}, "keep"),
        ({"keep": str(uuid4()), "value": "x"}, "non_field_errors"),
        ({"value": ["x"]}, "value"),
        ({"value": 5}, "value"),
        ({"value": "x", "id": 1}, "id"),
    ],
)
def test_bad_decisions_are_refused(body, field):
    a_contested_person()
    [conflict] = conflicts()

    answer = agent("POST", f"conflicts/{conflict['conflict_id']}/resolve", body)

    assert answer.status_code == 400
    assert field in answer.json()
    assert conflicts() == [conflict]


@pytest.mark.parametrize("conflict_id", [str(uuid4()), "x", "%00"])
def test_unknown_conflicts_are_404(conflict_id):
    answer = agent("POST", f"conflicts/{conflict_id}/resolve", {"value": "x"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_entity_that_stays_deleted_is_answered_as_it_last_was():
    made = a_person(SURNAME="Smith")
    agent("DELETE", path_of(made))
    from_there(made, details={"SURNAME": "Smythe"})
    [conflict] = [one for one in conflicts() if one["attribute"] == "alive"]

    answer = agent("POST", f"conflicts/{conflict['conflict_id']}/resolve", {"value": False})

    assert answer.status_code == 200, answer.content
    assert answer.json()["entity_uid"] == made["entity_uid"]
    assert answer.json()["is_current"] is False
    assert answer.json()["valid_to"] is not None
    assert agent("GET", path_of(made)).status_code == 404


def test_a_merge_that_is_kept_answers_the_merged_entity():
    made, other = a_person(SURNAME="Smith"), a_person(SURNAME="Smyth")
    agent("PATCH", path_of(made), {"details": details(NOTES="x")})
    merged = from_there(made, type="entity.merged.v1", into=other["entity_uid"])
    [conflict] = [one for one in conflicts() if one["attribute"] == "merged_into"]

    answer = agent(
        "POST", f"conflicts/{conflict['conflict_id']}/resolve", {"keep": str(merged.event_id)}
    )

    assert answer.status_code == 200, answer.content
    assert answer.json()["entity_uid"] == made["entity_uid"]
    gone = agent("GET", path_of(made))
    assert (gone.status_code, gone.json()["code"]) == (410, "merged")
    assert gone.json()["merged_into"] == other["entity_uid"]


def test_what_was_merged_or_erased_is_gone_but_for_its_reason():
    merged, erased = a_person(SURNAME="Smith"), a_person(SURNAME="Jones")
    other = a_person(SURNAME="Smyth")
    from_there(merged, type="entity.merged.v1", into=other["entity_uid"])
    from_there(erased, type="entity.erased.v1", basis="request")

    for made, code, reads in (
        (merged, "merged", [""]),
        (erased, "erased", ["", "/history", "?as_of=2200-01-01"]),
    ):
        for more in reads:
            answer = agent("GET", path_of(made, more))
            assert (answer.status_code, answer.json()["code"]) == (410, code), more
        for method, more, body in (
            ("PATCH", "", {"details": details(NOTES="x")}),
            ("DELETE", "", None),
            ("POST", "/restore", {}),
        ):
            answer = agent(method, path_of(made, more), body)
            assert (answer.status_code, answer.json()["code"]) == (410, code)
    assert agent("GET", path_of(merged, "/history")).json()["count"] > 0
    listed = [row["entity_uid"] for row in agent("GET", "entities").json()["results"]]
    assert listed == [other["entity_uid"]]


def test_the_inbox_pages_newest_first():
    for name in ("A", "B", "C"):
        a_contested_person(here=name, there=f"{name}s")
    whole = conflicts()
    assert [one["opened_at"] for one in whole] == sorted(
        (one["opened_at"] for one in whole), reverse=True
    )

    first = agent("GET", "conflicts?page_size=2").json()
    second = agent("GET", first["next"].removeprefix("http://testserver/api/v1/")).json()
    back = agent("GET", second["previous"].removeprefix("http://testserver/api/v1/")).json()

    assert (first["previous"], second["next"]) == (None, None)
    assert first["results"] + second["results"] == whole
    assert back["results"] == first["results"]


# How the locations stand


def test_sync_says_how_the_locations_stand():
    a_person(SURNAME="Nagy")

    state = agent("GET", "sync").json()

    assert state.keys() == {"location_id", "origin", "identical", "locations"}
    assert state["location_id"] == "loc1"
    assert state["locations"][0].keys() == {
        "location_id",
        "origin",
        "seen_at",
        "lag_events",
        "lag_s",
        "sealed",
        "unsealed",
        "pending",
        "wants",
        "digest",
        "conflicts",
        "dead_letters",
        "clock_offset_ms",
    }


def set_aside(count):
    deadletters.set_aside(
        [
            deadletters.SetAside(
                reason_code="bad_json",
                raw=b"canary",
                source=deadletters.Source("cluster", "customer.events", 0, offset),
            )
            for offset in range(count)
        ],
        now=timezone.now(),
    )


def test_dead_letters_are_listed_without_their_bytes():
    set_aside(3)

    first = provider("GET", "dead-letters?page_size=2").json()
    second = provider("GET", first["next"].removeprefix("http://testserver/api/v1/")).json()

    assert first.keys() == {"next", "previous", "results"}
    rows = first["results"] + second["results"]
    assert {row["offset"] for row in rows} == {0, 1, 2}
    for row in rows:
        assert row.keys() == {
            "id",
            "reason_code",
            "topic",
            "partition",
            "offset",
            "origin",
            "sequence",
            "entity_uid",
            "first_seen",
            "attempts",
        }
        assert (row["reason_code"], row["topic"], row["attempts"]) == (
            "bad_json",
            "customer.events",
            0,
        )
    assert (
        provider("GET", second["previous"].removeprefix("http://testserver/api/v1/")).json()[
            "results"
        ]
        == first["results"]
    )
