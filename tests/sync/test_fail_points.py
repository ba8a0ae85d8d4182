"""Relay and applier die between any two steps, as by kill -9; the next start leaves no trace."""

import pytest

from events.failpoints import EXIT_CODE
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

STEPS = {
    "publish": (
        "seal.numbered",
        "seal.before_commit",
        "seal.committed",
        "produce.sent",
        "produce.acked",
        "produce.cursor_saved",
    ),
    "consume": (
        "receive.fenced",
        "receive.stored",
        "receive.folded",
        "receive.before_commit",
        "receive.committed",
    ),
}


@pytest.mark.parametrize("part", sorted(STEPS))
def test_a_worker_that_dies_between_two_steps_leaves_no_gap_and_no_duplicate(
    running: list[Location], part: str
) -> None:
    place = running[0]
    for number, step in enumerate(STEPS[part]):
        place.stop(part)
        place.start(part, SINS_FAIL_POINT=f"{step}:2")
        eventually(
            lambda number=number: has_died(running, part, surname=f"Step{number}"),
            f"{part} dies at {step}",
        )
        assert place.children[part].returncode == EXIT_CODE
        place.start(part)
        agree(running)

    for other in running:
        counted = (
            "SELECT count(*), max(sequence), count(sequence) FROM events_event GROUP BY origin"
        )
        for count, highest, sealed in rows(other, counted):
            assert count == highest == sealed


def has_died(locations: list[Location], part: str, *, surname: str) -> bool:
    """Gives the first location's workers something to do, from here and from elsewhere."""
    for place in locations[:2]:
        place.create(surname=surname)
    return not locations[0].is_running(part)
