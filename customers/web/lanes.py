"""Version lanes: what held when, one lane per field, as shapes for an inline SVG. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from customers.web import wording

Row = Mapping[str, Any]

# Pixels of the drawing: it keeps its size and scrolls inside its own frame on a small screen.
WIDTH = 1048
PLOT_LEFT = 124
PLOT_RIGHT = 948  # the rest holds the values that do not fit in a short last bar
TOP = 34
LANE_HEIGHT = 28
BAR_HEIGHT = 20
LETTER = 6.2  # width of a usual letter at 11 px; wide scripts count double

LEAST_SPAN = timedelta(seconds=20)
MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A version. kind: listed, now (holds now), before. `text_x` 0 = the text does not fit."""

    x: float
    width: float
    text: str
    kind: str
    since: datetime
    until: datetime | None
    text_x: float = 0.0


@dataclass(frozen=True, slots=True)
class Lane:
    label: str
    y: int
    bars: tuple[Bar, ...]

    @property
    def middle(self) -> int:
        return self.y + LANE_HEIGHT // 2 + 4

    @property
    def bar_y(self) -> int:
        return self.y + (LANE_HEIGHT - BAR_HEIGHT) // 2

    @property
    def bottom(self) -> int:
        return self.y + LANE_HEIGHT


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    now_x: float
    then_x: float | None = None
    merged: tuple[Tick, ...] = ()
    width: int = WIDTH
    left: int = PLOT_LEFT
    top: int = TOP
    bar_height: int = BAR_HEIGHT

    @property
    def height(self) -> int:
        return TOP + LANE_HEIGHT * len(self.lanes) + 2


@dataclass(frozen=True, slots=True)
class Scale:
    """Instants to pixels, linear between the first change and now."""

    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        share = (min(max(moment, self.start), self.end) - self.start) / (self.end - self.start)
        return round(PLOT_LEFT + share * (PLOT_RIGHT - PLOT_LEFT), 1)


def draw(
    *,
    history: Sequence[Row],
    labels: Mapping[str, str],
    now: datetime,
    zone: tzinfo = UTC,
    at: datetime | None = None,
    merged: Iterable[datetime] = (),
) -> Drawing:
    """The lanes of one customer: the list first, then its fields; newest change at `now`.

    `merged` = when somebody was merged into it.
    """
    scale = _scale(history, now)
    named = _named_rows(history, labels)
    lanes = tuple(
        Lane(
            label=name,
            y=TOP + place * LANE_HEIGHT,
            bars=tuple(_bar(row, scale, is_listed=place == 0) for row in rows),
        )
        for place, (name, rows) in enumerate(named)
    )
    return Drawing(
        lanes=lanes,
        ticks=tuple(ticks(scale, zone)),
        now_x=scale.x(now),
        then_x=scale.x(at) if at else None,
        merged=tuple(Tick(scale.x(one), f"merged · {_short_day(one, zone)}") for one in merged),
    )


def _short_day(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b}"


def _scale(history: Iterable[Row], now: datetime) -> Scale:
    first = min((wording.instant(row["valid_from"]) for row in history), default=now)
    span = max(now - first, LEAST_SPAN)
    return Scale(now - span * 1.04, now)


def _named_rows(history: Sequence[Row], labels: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    entity = [row for row in history if row["type"] == "entity"]
    details = [row for row in history if row["type"] == "detail"]
    used = {row["detail_code"] for row in details}
    rest = sorted(used - set(wording.IDENTIFYING))
    codes = [code for code in wording.IDENTIFYING if code in used] + rest
    named = [("On the list", _lives(entity))]
    for code in codes:
        found = [row for row in details if row["detail_code"] == code]
        named.append((wording.label(code, labels), found))
    return named


def _lives(rows: Iterable[Row]) -> list[Row]:
    """Entity versions that touch are one stay on the list: a new name is no new stay."""
    lives: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda one: wording.instant(one["valid_from"])):
        if lives and lives[-1]["valid_to"] == row["valid_from"]:
            lives[-1]["valid_to"] = row["valid_to"]
        else:
            lives.append(dict(row))
    return [{**life, "value": "listed"} for life in lives]


def _bar(row: Row, scale: Scale, *, is_listed: bool) -> Bar:
    since = wording.instant(row["valid_from"])
    until = None if row["valid_to"] is None else wording.instant(row["valid_to"])
    x = scale.x(since)
    width = max(scale.x(until or scale.end) - x, 2.0)
    text = wording.in_words(row["value"])
    kind = "listed" if is_listed else "before" if until else "now"
    room, needed = width - 14, _text_width(text)
    if needed <= room:
        return Bar(x, width, text, kind, since, until, text_x=x + 7)
    if until is None and needed <= WIDTH - PLOT_RIGHT - 10:
        return Bar(x, width, text, kind, since, until, text_x=PLOT_RIGHT + 7)
    return Bar(x, width, text, kind, since, until)


def _text_width(text: str) -> float:
    return sum(LETTER * (2 if ord(char) > 0x2E80 else 1) for char in text)


def ticks(scale: Scale, zone: tzinfo) -> list[Tick]:
    """Borders of years, quarters, months, days, hours or minutes: the finest that leaves room."""
    start, end = scale.start.astimezone(zone), scale.end.astimezone(zone)
    for months, form in ((1, "%b %Y"), (3, "%b %Y"), (12, "%Y"), (60, "%Y")):
        borders = _months(start, end, months)
        if 1 < len(borders) <= MOST_TICKS:
            return [Tick(scale.x(border), border.strftime(form)) for border in borders]
    for step, form in (
        (timedelta(seconds=5), "%H:%M:%S"),
        (timedelta(seconds=30), "%H:%M:%S"),
        (timedelta(minutes=2), "%H:%M"),
        (timedelta(minutes=10), "%H:%M"),
        (timedelta(hours=1), "%H:%M"),
        (timedelta(hours=6), "%d %b, %H:%M"),
        (timedelta(days=1), "%d %b"),
        (timedelta(days=7), "%d %b"),
    ):
        borders = _steps(start, end, step)
        if 1 <= len(borders) <= MOST_TICKS:
            return [Tick(scale.x(one), one.strftime(form)) for one in borders]
    return []


def _months(start: datetime, end: datetime, step: int) -> list[datetime]:
    month = start.year * 12 + start.month - 1
    month += -month % step
    borders: list[datetime] = []
    while True:
        border = datetime(month // 12, month % 12 + 1, 1, tzinfo=start.tzinfo)
        if border > end or len(borders) > MOST_TICKS:
            return borders
        if border >= start:
            borders.append(border)
        month += step


def _steps(start: datetime, end: datetime, step: timedelta) -> list[datetime]:
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    border = midnight + step * ((start - midnight) // step + 1)
    borders: list[datetime] = []
    while border <= end and len(borders) <= MOST_TICKS:
        borders.append(border)
        border += step
    return borders
