"""The next days as bars for inline SVG: how many become due on each, and how many a hold keeps.
Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from customers.retention.due import DayCount
from customers.web.transactions.charts import Mark, Part, axis, height_at

DAYS = 90
SPAN = 30  # days told together above the bars
WIDTH, HEIGHT = 936, 208
LEFT, TOP, BOTTOM = 44, 24, 184
ROOM = (WIDTH - LEFT) / (DAYS + 1)
BAR_WIDTH = round(ROOM * 0.72, 1)
LABELS_EVERY = 14


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    label: str
    x: float
    parts: tuple[Part, ...]
    free: int
    held: int


@dataclass(frozen=True, slots=True)
class Span:
    """So many days together: where they begin in the drawing, how wide they are, what they say."""

    x: float
    width: float
    text: str
    is_shaded: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    days: tuple[Day, ...]
    spans: tuple[Span, ...]
    lines: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    bar_width: float = BAR_WIDTH
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    bottom: int = BOTTOM

    @property
    def total(self) -> int:
        return sum(day.free + day.held for day in self.days)


def ahead(counts: Iterable[DayCount], *, today: date) -> Ahead:
    """Day 0 holds all who are due already."""
    found = {one.day: one for one in counts}
    rows = [found.get(number, DayCount(number, 0, 0, 0)) for number in range(DAYS + 1)]
    top, step = axis(max(row.free + row.held for row in rows))
    days = tuple(_day(row, today, top) for row in rows)
    lines = tuple(Mark(height_at(value, top), f"{value:,}") for value in range(0, top + 1, step))
    labels = tuple(
        Mark(round(day.x + BAR_WIDTH / 2, 1), day.label) for day in days[LABELS_EVERY::LABELS_EVERY]
    )
    first = Mark(LEFT, "due now", "start")
    return Ahead(days, _spans(days), lines, (first, *labels))


def _day(row: DayCount, today: date, top: int) -> Day:
    x = round(LEFT + row.day * ROOM, 1)
    day = today + timedelta(days=row.day)
    sizes = [("due", row.free), ("held", row.held)]
    below = accumulate((count for _, count in sizes), initial=0)
    parts = tuple(
        _part(name, start, start + count, top)
        for (name, count), start in zip(sizes, below, strict=False)
        if count
    )
    return Day(day, f"{day.day} {day:%b}", x, parts, row.free, row.held)


def _part(name: str, start: int, end: int, top: int) -> Part:
    upper, lower = height_at(end, top), height_at(start, top)
    return Part(name, upper, round(max(lower - upper, 1), 1))


def _spans(days: tuple[Day, ...]) -> tuple[Span, ...]:
    """ "next 30 days", "31-60 days", "61-90 days", each with its count."""
    spans = []
    for first in range(0, DAYS, SPAN):
        last = first + SPAN
        part = days[first + bool(first) : last + 1]
        count = sum(day.free + day.held for day in part)
        name = f"next {SPAN} days" if not first else f"{first + 1}\u2013{last} days"
        begin, end = part[0].x, part[-1].x + ROOM
        text = f"{name} \u00b7 {count:,}"
        spans.append(Span(begin, round(end - begin, 1), text, bool(first // SPAN % 2)))
    return tuple(spans)
