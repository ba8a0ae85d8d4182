"""The hybrid logical clock rule."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import (
    MAX_AHEAD_US,
    MAX_INSTANT_US,
    MIN_INSTANT_US,
    instant_of,
    is_ahead,
    next_hlc,
    raised_floor,
    us_of,
)

instants = st.integers(MIN_INSTANT_US, MAX_INSTANT_US)


@given(wall=instants, last=instants, floor=instants)
def test_an_event_is_after_its_causes_and_never_behind_the_wall(wall, last, floor):
    hlc = next_hlc(wall_us=wall, last_hlc=last, floor=floor)

    assert hlc > last
    assert hlc > floor
    assert hlc >= wall
    assert hlc in (wall, last + 1, floor + 1)


@given(floor=instants, seen=instants, wall=instants)
def test_the_floor_rises_to_what_was_seen_but_not_far_above_the_wall(floor, seen, wall):
    raised = raised_floor(floor=floor, seen=seen, wall_us=wall)

    assert raised >= floor
    assert raised <= max(floor, wall + MAX_AHEAD_US)
    assert raised >= seen or seen > wall + MAX_AHEAD_US


@pytest.mark.parametrize(
    ("hlc", "wall", "floor", "ahead"),
    [
        (1_000 + MAX_AHEAD_US, 1_000, 0, False),
        (1_001 + MAX_AHEAD_US, 1_000, 0, True),
        (1_001 + MAX_AHEAD_US, 1_000, 1_001, False),
        (5, 1_000, 0, False),
    ],
)
def test_ahead_is_more_than_a_minute_beyond_wall_and_floor(hlc, wall, floor, ahead):
    assert is_ahead(hlc=hlc, wall_us=wall, floor=floor) is ahead


@given(instants)
def test_instants_survive_the_way_there_and_back(us):
    assert us_of(instant_of(us)) == us


def test_instants_know_their_offset():
    noon_in_budapest = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))

    assert instant_of(us_of(noon_in_budapest)) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert us_of(datetime(1, 1, 2, tzinfo=UTC)) == MIN_INSTANT_US
    with pytest.raises(TypeError):
        us_of(datetime(2026, 7, 1))
