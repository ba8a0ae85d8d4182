"""The words in which a dashboard is described: panels, what they count, and by what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Chart: TypeAlias = Literal["bars", "stacked", "lines", "areas", "across"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """What Kibana calls an index pattern. `formats` say how a field's numbers are written."""

    id: str
    pattern: str
    name: str
    formats: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A saved search: the entries themselves, under the panels and in Discover."""

    id: str
    title: str
    view: DataView
    columns: tuple[str, ...]
    where: str = ""


# Buckets: by what rows or series are told apart.


@dataclass(frozen=True, slots=True)
class Time:
    """By time, in steps that Kibana chooses by the range shown."""


@dataclass(frozen=True, slots=True)
class Top:
    """The `size` values of a field that have most, or, `by_name`, in their own order."""

    field: str
    label: str
    size: int = 10
    by_name: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """One row or series for each of these questions."""

    label: str
    parts: tuple[tuple[str, str], ...]  # label, KQL


# Measures: what is said of a bucket.


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many documents, of those `where`; `per` "m" or "h" makes it a rate."""

    label: str
    where: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One number of a field: its sum, average, greatest, number of different ones, or the last."""

    label: str
    field: str
    how: Literal["sum", "average", "max", "unique_count", "last_value"]
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """The value under which this many percent are."""

    label: str
    field: str
    percent: int
    where: str = ""


Bucket: TypeAlias = Time | Top | Split
Measure: TypeAlias = Count | Value | Percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question and what answers it. `width` in 48ths of the page; the documents of the
    dashboard's view, of those `where`."""

    id: str
    title: str
    question: str
    width: int
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Panel):
    """One big number, or one for each value of a field."""

    measure: Measure
    each: Top | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph(Panel):
    """Series over time or beside each other."""

    chart: Chart
    x: Bucket
    measures: tuple[Measure, ...]
    split: Top | Split | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Panel):
    rows: tuple[Bucket, ...]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap(Panel):
    x: Top
    y: Top
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Panel):
    """The entries themselves; whatever is clicked in another panel narrows them."""

    entries: Entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A menu at the top of the page that narrows all its panels."""

    field: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels beside each other."""

    height: int
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    id: str
    title: str
    description: str
    header: str  # Markdown
    view: DataView
    since: str
    refresh_s: int  # 0: only when asked
    controls: tuple[Control, ...]
    rows: tuple[Row, ...] = field(default=())

    @property
    def panels(self) -> tuple[Panel, ...]:
        return tuple(panel for row in self.rows for panel in row.panels)
