"""Who sends what a location lost again: exactly one, as far as anybody can tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

from events.peers import Known
from events.resending import answers
from tests.integration.events.heartbeats import a_heartbeat

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ALL = {"loc1/1": ((1, 100),), "loc2/1": ((1, 100),), "loc3/1": ((1, 100),)}
SILENT_S = 300


def a_location(location_id: str, *, seen_s_ago: float = 1, **fields: Any) -> tuple[str, Known]:
    heartbeat = a_heartbeat(**{"location_id": location_id, "received": ALL, **fields})
    return location_id, Known(heartbeat, NOW - timedelta(seconds=seen_s_ago))


def answered_by(*locations: tuple[str, Known]) -> dict[str, list[Any]]:
    known = dict(locations)
    return {
        here: found
        for here in known
        if (found := answers(known, here=here, now=NOW, silent_s=SILENT_S))
    }


def wanting(location_id: str, origin: str, *parts: tuple[int, int], **more: Any) -> Any:
    received = {key: value for key, value in ALL.items() if key != origin}
    return a_location(location_id, wants={origin: parts}, received=received, **more)


def test_the_origin_answers_and_nobody_else() -> None:
    found = answered_by(a_location("loc1"), a_location("loc2"), wanting("loc3", "loc2/1", (5, 9)))

    assert found == {"loc2": [("loc3", "loc2/1", ((5, 9),))]}


def test_for_a_silent_origin_the_active_location_with_the_smallest_id_answers() -> None:
    found = answered_by(
        a_location("loc1"),
        a_location("loc2", seen_s_ago=301),
        a_location("loc4"),
        wanting("loc3", "loc2/1", (5, 9)),
    )

    assert found["loc1"] == [("loc3", "loc2/1", ((5, 9),))]
    assert "loc4" not in found


def test_each_answers_only_what_the_smaller_ones_do_not_have() -> None:
    found = answered_by(
        a_location("loc1", received={"loc2/1": ((1, 6),)}),
        a_location("loc4"),
        wanting("loc3", "loc2/1", (5, 9)),
    )

    assert found == {
        "loc1": [("loc3", "loc2/1", ((5, 6),))],
        "loc4": [("loc3", "loc2/1", ((7, 9),))],
    }


def test_what_the_origin_lost_itself_the_next_one_answers() -> None:
    found = answered_by(
        a_location("loc1"),
        a_location("loc2", received={"loc2/1": ((1, 6),)}),
        a_location("loc4"),
        wanting("loc3", "loc2/1", (5, 9)),
    )

    assert found == {
        "loc1": [("loc3", "loc2/1", ((7, 9),))],
        "loc2": [("loc3", "loc2/1", ((5, 6),))],
    }


def test_a_restored_location_gets_its_own_old_events_from_the_others() -> None:
    found = answered_by(a_location("loc1"), a_location("loc2"), wanting("loc3", "loc3/1", (5, 9)))

    assert found == {"loc1": [("loc3", "loc3/1", ((5, 9),))]}


def test_a_location_that_fell_silent_is_not_answered_for_ever() -> None:
    found = answered_by(a_location("loc1"), wanting("loc3", "loc1/1", (5, 9), seen_s_ago=400))

    assert found == {}


def test_what_nobody_has_is_answered_by_nobody() -> None:
    assert answered_by(a_location("loc1"), wanting("loc3", "loc1/1", (500, 900))) == {}
