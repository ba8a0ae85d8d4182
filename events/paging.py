"""A window on a list that is paged by key, and what is seen through it. Pure."""

from dataclasses import dataclass
from typing import Generic, TypeVar

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
    list, beyond 10,000 estimated."""

    rows: tuple[Row, ...]
    count: int
    is_estimated: bool
    has_previous: bool
    has_next: bool
