"""A window on a list that is paged by key, and what is seen through it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Window(Generic[Key]):
    """`size` rows right after or right before the row with this key, which need not be there any
    more; without a key from the beginning on, `offset` rows later."""

    size: int
    offset: int = 0
    after: Key | None = None
    before: Key | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`rows` in the order of the list, also of a window before a key; `count` is that of the whole
    list, beyond 10,000 estimated; None for lists that nobody counts."""

    rows: tuple[Row, ...]
    count: int | None
    is_estimated: bool
    has_previous: bool
    has_next: bool


def page_of(
    rows: Sequence[Row],
    *,
    window: Window[Any],
    count: int | None = None,
    is_estimated: bool = False,
) -> Page[Row]:
    """Cut to size. `rows`: in the order of the list, one more than the window holds if there is
    one. A key stands for a row, so there is one on its other side."""
    has_more = len(rows) > window.size
    if window.before is not None:
        kept = rows[-window.size :] if has_more else rows
        return Page(tuple(kept), count, is_estimated, has_more, True)
    has_previous = window.after is not None or window.offset > 0
    return Page(tuple(rows[: window.size]), count, is_estimated, has_previous, has_more)


@dataclass(frozen=True, slots=True)
class Slice(Generic[Row]):
    """The rows of a bare list up to its limit, and whether more follow."""

    rows: tuple[Row, ...]
    has_next: bool


def slice_of(rows: Sequence[Row], limit: int) -> Slice[Row]:
    """`rows` are the list's first, one more than the limit if there are so many."""
    return Slice(tuple(rows[:limit]), len(rows) > limit)
