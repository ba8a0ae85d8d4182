"""Instants, durations, numbers and names as the pages say them."""

from datetime import UTC, datetime, timedelta

import pytest

from sins.templatetags import look

NOW = datetime(2026, 11, 21, 11, 42, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW - timedelta(minutes=1), "today, 11:41"),
        (NOW - timedelta(days=1), "20 Nov 2026, 11:42"),
        (datetime(2024, 3, 5, 9, 2, tzinfo=UTC), "5 Mar 2024, 09:02"),
    ],
)
def test_instants_are_said_with_their_day(moment, expected):
    assert look.instant_words(moment, NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (0.4, "0.4 s"), (12, "12 s"), (240, "4 min"), (7200, "2 h"), (86400, "1 day")],
)
def test_durations_are_said_in_their_greatest_unit(seconds, expected):
    assert look.duration_words(seconds) == expected


def test_relative_time_is_said_only_within_a_week():
    assert look.ago_words(NOW - timedelta(seconds=12), NOW) == "12 s ago"
    assert look.ago_words(NOW + timedelta(days=3), NOW) == "in 3 days"
    assert look.ago_words(NOW - timedelta(days=8), NOW) == ""


def test_every_instant_carries_utc():
    shown = look.when("2024-03-05T09:02:00.5+02:00")

    assert 'datetime="2024-03-05T07:02:00.500000Z"' in shown
    assert 'title="5 Mar 2024, 07:02:00 UTC"' in shown


def test_numbers_have_separators_and_a_true_minus():
    assert look.number(48210) == "48,210"
    assert look.number(-41) == "−41"


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (0.934, "93"),
        (0.9949, "99"),
        (0.995, ">99"),
        (0.9999, ">99"),
        (1, "100"),
        (0.006, "1"),
        (0.0002, "<1"),
        (0, "0"),
    ],
)
def test_a_score_is_never_rounded_to_certainty(score, expected):
    assert look.percent(score) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("m.rossi", "MR"), ("jkovács", "JK"), ("θ.παππάς", "ΘΠ"), ("x", "X")]
)
def test_initials_are_two_letters(name, expected):
    assert look.initials(name) == expected


def test_each_of_three_locations_has_its_own_colour():
    assert len({look.location_colour(f"loc{number}") for number in (1, 2, 3)}) == 3
    assert look.location_colour("berlin") == look.location_colour("berlin")
