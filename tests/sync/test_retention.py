"""Retention of the sample at three locations, two workers at each: everybody leaves once."""

import hashlib
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from uuid_utils.compat import uuid7

from customers.loading import define_fields
from customers.sample_data import sample
from entities.loading import load
from events.principal import Act, Principal
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

pytestmark = pytest.mark.timeout(600)

RETENTION = "/api/customers/retention"
PROVIDER = "service_provider"
DAY_US = 86_400_000_000
DAYS = 730
# Of three customers in a row one is due, one is in 60 days, and one within no list of ours.
DAYS_AGO = (DAYS + 30, DAYS - 60, DAYS - 300)

ERASED_SQL = "SELECT entity_uid::text FROM events_event WHERE type = 'entity.erased.v1'"
LEDGER_SQL = """
SELECT entity_uid::text, basis, scheduled_event, scheduled_us, execute_after_us, location_id,
    erased_event, erased_us, unanswered, is_confirmed
FROM entities_erasure ORDER BY entity_uid
"""
CONFIRMED_SQL = """
SELECT entity_uid::text, location_id FROM entities_erasureconfirmation ORDER BY 1, 2
"""
EVENTS_SQL = """
SELECT erased_event::text FROM entities_erasure WHERE location_id = %s ORDER BY erased_event
"""


def load_part(part: int, parts: int) -> None:
    """Inside a process of a location: every so-and-so-many-th of the sample, as of an old clock."""
    mine = [history for number, history in enumerate(sample()) if number % parts == part]
    principal = Principal("loader", "service_provider", settings.LOCATION_ID, "command")
    now_us = time.time_ns() // 1000
    for place, days in enumerate(DAYS_AGO):
        act = Act(principal, request_id=uuid7(), now_us=now_us - days * DAY_US)
        define_fields(act)
        load(act, histories=mine[place :: len(DAYS_AGO)])


def ask(place: Location, path: str, body: Any = None, *, status: int = 200) -> Any:
    method = "GET" if body is None else "POST"
    answer = place.request(method, f"{RETENTION}/{path}", body, role=PROVIDER)
    assert answer.status == status, answer
    return answer.body


def listed(place: Location, *, days: int) -> list[dict[str, Any]]:
    page = ask(place, f"due/?days={days}&limit=1000")
    assert page["next"] is None
    return list(page["results"])


def same_list(places: Sequence[Location], *, days: int) -> list[dict[str, Any]]:
    first, *others = [listed(place, days=days) for place in places]
    assert all(other == first for other in others)
    return first


def run_of(place: Location, run_id: int) -> Any:
    return ask(place, f"runs/{run_id}/")


def is_proven(place: Location, run_id: int) -> bool:
    return bool(run_of(place, run_id)["state"] == "proven")


def has_heard_from_all(place: Location) -> bool:
    return all(is_confirmed for *_, is_confirmed in rows(place, LEDGER_SQL))


def proof(place: Location, of_location: str) -> str:
    """As anybody can compute it from the ledger of any location."""
    ids = [event_id for (event_id,) in rows(place, EVENTS_SQL, of_location)]
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


@pytest.fixture
def aged(locations: list[Location]) -> list[Location]:
    """The sample, a third of it created at each location, and two workers that clean up there."""
    for number, place in enumerate(locations):
        run = f"from tests.sync.test_retention import load_part; load_part({number}, 3)"
        place.manage("shell", "--no-imports", "-c", run)
    for parts in (("publish", "consume", "cleanup-1", "cleanup-2"), ("web",)):
        for place in locations:
            place.start(*parts)
    policy = {"code": "STANDARD", "basis": "changed", "days": DAYS, "delay_days": 0}
    ask(locations[0], "policies/", policy, status=201)
    agree(locations)
    return locations


def test_everybody_whose_time_is_over_leaves_once_and_all_locations_prove_it(
    aged: list[Location],
) -> None:
    due = {row["id"]: row["erased_by"] for row in same_list(aged, days=1)}
    before = same_list(aged, days=90)
    assert 0 < len(due) < len(before)
    assert set(due.values()) == {place.location_id for place in aged}

    run_ids = []
    for place in aged:
        mine = sum(location_id == place.location_id for location_id in due.values())
        dry = ask(place, "runs/", {"dry_run": True})
        previewed = ask(place, "runs/", {}, status=201)
        assert (dry["due"], dry["elsewhere"]) == (mine, len(due) - mine)
        assert (previewed["due"], previewed["elsewhere"]) == (mine, len(due) - mine)
        run_ids.append(previewed["id"])
    for place, run_id in zip(aged, run_ids, strict=True):
        ask(place, f"runs/{run_id}/approve/", {})
    for place, run_id in zip(aged, run_ids, strict=True):
        eventually(partial(is_proven, place, run_id), f"{place.location_id} has proven its run")
    agree(aged)

    everywhere = sorted((uid, place.location_id) for uid in due for place in aged)
    for place, run_id in zip(aged, run_ids, strict=True):
        assert sorted(uid for (uid,) in rows(place, ERASED_SQL)) == sorted(due)
        eventually(partial(has_heard_from_all, place), f"{place.location_id} has heard from all")
        assert rows(place, LEDGER_SQL) == rows(aged[0], LEDGER_SQL)
        assert {row[0]: row[5] for row in rows(place, LEDGER_SQL)} == due
        assert rows(place, CONFIRMED_SQL) == everywhere
        told = {run_of(place, run_id)["proof"]}
        assert told == {proof(other, place.location_id) for other in aged}
    after = same_list(aged, days=90)
    assert after == [row for row in before if row["id"] not in due]
