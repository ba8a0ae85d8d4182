"""Counts as drawings: nothing is left out, nothing is drawn outside."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.actions import Kind
from customers.web.transactions import charts

TODAY = date(2026, 11, 21)
COUNTS = st.dictionaries(
    st.tuples(st.integers(0, 800), st.sampled_from(sorted(Kind))), st.integers(1, 10**6)
)


def drawn(counts, *, first=TODAY - timedelta(days=29), last=TODAY):
    return charts.stacked_bars(counts, first=first, last=last, today=TODAY)


@given(COUNTS, st.integers(0, 800))
def test_bars_hold_every_entry_inside_the_plot(counts, days):
    first = TODAY - timedelta(days=days)
    rows = [
        (TODAY - timedelta(days=ago), kind, count)
        for (ago, kind), count in counts.items()
        if ago <= days
    ]
    refused = [(day, "refused", count) for day, kind, count in rows if kind == "refusal"]

    bars = drawn([*rows, *refused], first=first)

    assert sum(column.total for column in bars.columns) == sum(count for _, _, count in rows)
    assert 1 <= len(bars.columns) <= 115
    assert 2 <= len(bars.lines) <= charts.MOST_LINES
    for column in bars.columns:
        assert column.x >= charts.PLOT_LEFT
        assert column.x + column.width <= bars.width + 0.1
        for part in column.parts:
            assert part.height >= charts.GAP
            assert charts.PLOT_TOP - 0.1 <= part.y <= bars.bottom
    places = [label.at for label in bars.labels]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("days", "unit"), [(1, "day"), (62, "day"), (63, "week"), (500, "month"), (5000, "year")]
)
def test_long_periods_are_drawn_in_longer_units(days, unit):
    assert drawn([], first=TODAY - timedelta(days=days - 1)).unit == unit


def test_empty_days_have_their_place():
    bars = drawn([(TODAY, "read", 3)])

    assert len(bars.columns) == 30
    assert [column.total for column in bars.columns] == [0] * 29 + [3]
    assert bars.labels[-1].text == "today"


def test_refused_logins_count_once():
    parts = charts.parts_of({"login": 5, "refusal": 2, "read": 1}, refused=4)

    assert parts == {"read": 1, "search": 0, "write": 0, "applied": 0, "other": 3, "refused": 4}


def test_the_day_whose_refusals_stand_out_is_named():
    usual = [(TODAY - timedelta(days=ago), "refused", 2) for ago in range(30)]
    worst = (TODAY - timedelta(days=9), "refused", 196)

    assert drawn([*usual, worst]).note.text == "198 refused or failed"
    assert drawn(usual).note is None
    assert drawn([]).note is None


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 6), st.integers(0, 23)), st.integers(1, 10**6), max_size=168
    )
)
def test_the_heatmap_holds_every_hour_of_the_week(counts):
    heat = charts.heatmap([(*place, count) for place, count in counts.items()])
    cells = [cell for row in heat.rows for cell in row.cells]

    assert len(cells) == 168
    assert sum(cell.count for cell in cells) == sum(counts.values())
    assert {cell.step for cell in cells} <= set(range(charts.STEPS + 1))
    assert all((cell.step == 0) == (cell.count == 0) for cell in cells)
    assert max(cell.x + heat.cell_width for cell in cells) <= heat.width
    assert max(cell.y + heat.cell_height for cell in cells) <= heat.height
    assert [sum(row) for _, row in charts.by_hour(heat)] == [
        sum(row.cells[hour].count for row in heat.rows) for hour in range(24)
    ]
    assert bool(heat.busiest) == bool(counts)


def test_the_busiest_hour_is_named():
    assert charts.heatmap([(4, 10, 212), (0, 9, 11)]).busiest == "Fri 10–11"
