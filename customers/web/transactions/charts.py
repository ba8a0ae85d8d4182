"""Counts as shapes for inline SVG: stacked bars per day, and a heatmap of hours. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

# Pixels. Both drawings keep their proportions, and scroll in their own frame on a small screen.
BARS_WIDTH, BARS_HEIGHT = 584, 208
PLOT_LEFT, PLOT_TOP, PLOT_BOTTOM = 44, 24, 184
LABEL_WIDTH = 72  # least room between two labels of days
BAR_SHARE = 0.72  # of the room of a column
WIDEST_BAR = 48
HEAT_WIDTH, HEAT_LEFT, HEAT_TOP, HEAT_ROW = 356, 32, 20, 22
GAP = 1

STEPS = 5  # of the heatmap, beside "none"
MOST_LINES = 5
# Longer periods are drawn by week, by month and by year.
MOST_DAYS, MOST_WEEKS, MOST_MONTHS = 62, 62, 62
# A column's refusals are named when they are so many times the usual.
OUTSTANDING, LEAST_NAMED = 3, 5

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Series(NamedTuple):
    """One part of each bar, bottom to top in this order, and the kinds of entries it counts."""

    name: str
    label: str
    kinds: frozenset[str]


SERIES = (
    Series("read", "Reads", frozenset({"read"})),
    Series("search", "Searches", frozenset({"search"})),
    Series("write", "Changes here", frozenset({"write"})),
    Series("applied", "Received", frozenset({"applied"})),
    Series("other", "Logins, commands", frozenset({"login", "command"})),
    Series("refused", "Refused, failed", frozenset({"refusal"})),
)

DayCount = tuple[date, str, int]
HourCount = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Part:
    series: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day, week, month or year. `counts` in the order of SERIES."""

    start: date
    label: str
    x: float
    width: float
    parts: tuple[Part, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number or word beside the drawing. `at` is a place on its axis."""

    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Note:
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    unit: str
    columns: tuple[Column, ...]
    lines: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    note: Note | None
    width: int = BARS_WIDTH
    height: int = BARS_HEIGHT
    left: int = PLOT_LEFT
    bottom: int = PLOT_BOTTOM


@dataclass(frozen=True, slots=True)
class Cell:
    hour: int
    x: float
    y: float
    step: int
    count: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    weekday: str
    middle: float
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Heatmap:
    rows: tuple[HeatRow, ...]
    labels: tuple[Mark, ...]
    most: int
    busiest: str
    cell_width: float
    cell_height: float = HEAT_ROW - GAP
    width: int = HEAT_WIDTH
    height: int = HEAT_TOP + 7 * HEAT_ROW


def parts_of(kinds: Mapping[str, int], refused: int) -> dict[str, int]:
    """Entries by series, each counted once. `refused` counts those of any kind that were refused or
    failed; beside refusals these are logins and commands."""
    parts = {one.name: sum(kinds.get(kind, 0) for kind in one.kinds) for one in SERIES}
    elsewhere = max(0, refused - parts["refused"])
    return {**parts, "other": max(0, parts["other"] - elsewhere), "refused": refused}


def stacked_bars(counts: Iterable[DayCount], *, first: date, last: date, today: date) -> Bars:
    """One bar for each day from `first` to `last`, or for each week, month or year of a long
    period. Empty ones stand, too: the axis is time."""
    unit = _unit(first, last)
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, kind, count in counts:
        found[_start(day, unit)][kind] += count
    starts = list(_starts(first, last, unit))
    rows = [tuple(parts_of(found[start], found[start]["refused"]).values()) for start in starts]
    top, step = axis(max((sum(row) for row in rows), default=0))
    room = (BARS_WIDTH - PLOT_LEFT) / max(len(starts), 1)
    columns = tuple(
        _column(start, row, unit=unit, place=place, room=room, top=top)
        for place, (start, row) in enumerate(zip(starts, rows, strict=True))
    )
    lines = tuple(Mark(height_at(value, top), f"{value:,}") for value in range(0, top + 1, step))
    labels = _labels(columns, unit=unit, room=room, today=_start(today, unit))
    return Bars(unit, columns, lines, labels, _note(columns))


def heatmap(counts: Iterable[HourCount]) -> Heatmap:
    """Weekdays (0 = Monday) by hours; the busiest hour has the fifth step."""
    found = {(weekday, hour): count for weekday, hour, count in counts}
    most = max(found.values(), default=0)
    width = (HEAT_WIDTH - HEAT_LEFT) / 24
    rows = tuple(
        HeatRow(
            weekday=name,
            middle=HEAT_TOP + place * HEAT_ROW + HEAT_ROW / 2 + 4,
            cells=tuple(
                Cell(
                    hour=hour,
                    x=round(HEAT_LEFT + hour * width, 1),
                    y=HEAT_TOP + place * HEAT_ROW,
                    step=_step(found.get((place, hour), 0), most),
                    count=found.get((place, hour), 0),
                )
                for hour in range(24)
            ),
        )
        for place, name in enumerate(WEEKDAYS)
    )
    labels = tuple(
        Mark(round(HEAT_LEFT + (hour + 0.5) * width, 1), f"{hour:02}") for hour in range(0, 24, 3)
    )
    return Heatmap(rows, labels, most, _busiest(found, most), round(width - GAP, 1))


def by_hour(heat: Heatmap) -> list[tuple[str, tuple[int, ...]]]:
    """The same as a table: hours by weekdays."""
    return [
        (f"{hour:02}–{hour + 1:02}", tuple(row.cells[hour].count for row in heat.rows))
        for hour in range(24)
    ]


def _unit(first: date, last: date) -> str:
    days = (last - first).days + 1
    if days <= MOST_DAYS:
        return "day"
    if days <= MOST_WEEKS * 7:
        return "week"
    return "month" if days <= MOST_MONTHS * 31 else "year"


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    start = _start(first, unit)
    while start <= last:
        yield start
        start = _after(start, unit)


def _after(start: date, unit: str) -> date:
    if unit == "year":
        return date(start.year + 1, 1, 1)
    if unit == "month":
        return date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return start + timedelta(days=7 if unit == "week" else 1)


def axis(most: int) -> tuple[int, int]:
    """The axis's end and the step between its lines: 1, 2 or 5 with zeros."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            step = factor * size
            if most <= step * (MOST_LINES - 1):
                return max(step, -(-most // step) * step), step
        size *= 10


def height_at(value: float, top: int) -> float:
    """Where a value is drawn, with `top` at the upper end of the axis."""
    return round(PLOT_BOTTOM - (PLOT_BOTTOM - PLOT_TOP) * value / top, 1)


def _column(
    start: date, row: tuple[int, ...], *, unit: str, place: int, room: float, top: int
) -> Column:
    """Parts are cut by a pixel of surface where there is room for it."""
    width = min(room * BAR_SHARE, WIDEST_BAR)
    x = PLOT_LEFT + place * room + (room - width) / 2
    parts, below = [], 0
    for series, count in zip(SERIES, row, strict=True):
        if count:
            upper, lower = height_at(below + count, top), height_at(below, top)
            height = lower - upper
            cut = GAP if below and height > 2 * GAP else 0
            parts.append(Part(series.name, upper, round(max(height - cut, GAP), 1)))
            below += count
    return Column(start, _words(start, unit), round(x, 1), round(width, 1), tuple(parts), row)


def _words(start: date, unit: str) -> str:
    if unit == "year":
        return str(start.year)
    if unit == "month":
        return f"{start:%b} {start.year}"
    return f"{start.day} {start:%b} {start.year}"


def _labels(columns: Sequence[Column], *, unit: str, room: float, today: date) -> tuple[Mark, ...]:
    """Mondays and first days as far as there is room; the last one is today's."""
    every = max(1, -(-LABEL_WIDTH // max(int(room), 1)))
    if unit == "day" and len(columns) > MOST_LINES * 2:
        every = max(7, -(-every // 7) * 7)
        first = next(place for place, one in enumerate(columns) if not one.start.weekday())
    else:
        first = 0
    marks = []
    end = len(columns) - 1
    for place in range(first, len(columns), every):
        if end - place > LABEL_WIDTH / 2 / room:
            marks.append(Mark(_middle(columns[place]), _short(columns[place].start, unit)))
    if columns:
        is_today = columns[end].start == today
        words = f"this {unit}" if unit != "day" else "today"
        anchor = "end" if len(columns) > 1 else "middle"
        at = float(BARS_WIDTH) if len(columns) > 1 else _middle(columns[end])
        marks.append(Mark(at, words if is_today else _short(columns[end].start, unit), anchor))
    return tuple(marks)


def _middle(column: Column) -> float:
    return round(column.x + column.width / 2, 1)


def _short(start: date, unit: str) -> str:
    return _words(start, unit) if unit in ("month", "year") else f"{start.day} {start:%b}"


def _note(columns: Sequence[Column]) -> Note | None:
    """The column whose refusals stand out from the others."""
    refused = [column.counts[-1] for column in columns]
    most = max(refused, default=0)
    others = sum(refused) - most
    if most < LEAST_NAMED or most * max(len(refused) - 1, 1) < OUTSTANDING * others:
        return None
    column = columns[refused.index(most)]
    y = min(part.y for part in column.parts) - 5
    x = min(max(_middle(column), PLOT_LEFT + 65), BARS_WIDTH - 65)
    return Note(x, y, f"{most:,} refused or failed")


def _step(count: int, most: int) -> int:
    return -(-count * STEPS // most) if count else 0


def _busiest(found: dict[tuple[int, int], int], most: int) -> str:
    """ "Fri 10–11"; the first of several equal ones."""
    if not most:
        return ""
    weekday, hour = min(place for place, count in found.items() if count == most)
    return f"{WEEKDAYS[weekday]} {hour:02}–{hour + 1:02}"
