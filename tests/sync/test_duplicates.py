"""Likely duplicates between locations: each finds them by itself, what people say holds at all."""

import signal
from collections.abc import Sequence
from typing import Any

import pytest

from tests.sync.locations import Location, eventually
from tests.sync.standing import agree

pytestmark = pytest.mark.sync

EVA = {"surname": "Ångström", "name": "Evelina", "dob": "1980-02-29"}


@pytest.fixture
def matching(running: list[Location]) -> list[Location]:
    """The locations with the matching worker, too."""
    for place in running:
        place.start("match")
    return running


def listed(place: Location) -> list[set[str]]:
    """The ids of each pair on the work list."""
    answer = place.request("GET", "/api/customers/duplicates/")
    assert answer.status == 200, answer
    return [_ids(pair) for pair in answer.body["results"]]


def _ids(pair: dict[str, Any]) -> set[str]:
    return {pair["a"]["id"], pair["b"]["id"]}


def wait_for(places: Sequence[Location], pairs: list[set[str]], what: str) -> None:
    for place in places:
        eventually(lambda place=place: listed(place) == pairs, f"{what} at {place.location_id}")


def test_twins_made_at_two_locations_are_listed_until_somebody_tells_them_apart(
    matching: list[Location],
) -> None:
    first, second, third = matching
    twins = {first.create(**EVA), second.create(**{**EVA, "surname": "Angstrom"})}
    wait_for(matching, [twins], "the pair is listed")

    one, other = sorted(twins)
    answer = third.request("POST", f"/api/customers/duplicates/{other}/{one}/distinct/", {})

    assert answer.status in (200, 204), answer
    wait_for(matching, [], "nobody is listed")
    second.request("PATCH", f"/api/customers/items/{one}/", {"surname": "Angström"})
    agree(matching, deadline_s=60)
    wait_for(matching, [], "still nobody is listed")


def test_a_killed_worker_goes_on_and_a_stopped_one_ends_cleanly(matching: list[Location]) -> None:
    place = matching[0]
    pairs = []
    for number in range(8):
        name = chr(ord("a") + number) * 3
        values = {"surname": f"Berg{name}holt", "name": f"Li{name}ane", "dob": f"197{number}-05-06"}
        pairs.append({place.create(**values), place.create(**values)})
        if number % 3 == 0:
            place.kill("match")
            place.start("match")

    for pair in pairs:
        eventually(lambda pair=pair: pair in listed(place), f"{pair} is listed")
    worker = place.children["match"]
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    del place.children["match"]
    assert "Matched" in place.log("match")
