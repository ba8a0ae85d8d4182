"""Page numbers and cursors of a list → its window; what is seen through it → the envelope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from rest_framework.request import Request

from entities.http import parameters
from entities.http.cursors import Cursors, Key, Row
from entities.refusals import Invalid, InvalidCursor
from events.errors import Refused
from events.paging import Page, Window

PARAMETERS = ("page", "page_size", "cursor")
DEFAULT_SIZE, MAX_SIZE = 25, 200
# By numbers a page costs what all before it cost, by cursor always the same.
MAX_DEPTH = 10_000
MAX_CURSOR_LENGTH = 200
AFTER, BEFORE = "a", "b"


class NoSuchPage(Refused):
    """A numbered page beyond the end of a list."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such page: the list ends before it.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list: `size` rows, from a cursor or from an offset on."""

    size: int
    offset: int
    cursor: str | None


def asked_place(request: Request) -> Place:
    """Raises Invalid."""
    size = parameters.whole(request, "page_size", default=DEFAULT_SIZE, most=MAX_SIZE)
    cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
    if cursor is None:
        return Place(size, _offset(request, size), None)
    if "page" in request.query_params:
        raise Invalid({"page": ["Send a page or a cursor, not both."]})
    return Place(size, 0, cursor)


@dataclass(frozen=True, slots=True)
class Paging(Generic[Row, Key]):
    """Of one list."""

    cursors: Cursors[Row, Key]

    def window(self, request: Request) -> Window[Key]:
        """Raises Invalid and InvalidCursor."""
        asked = asked_place(request)
        if asked.cursor is None:
            return Window(asked.size, offset=asked.offset)
        direction, key = asked.cursor[:1], self.cursors.read(asked.cursor[1:])
        if direction == AFTER:
            return Window(asked.size, after=key)
        if direction == BEFORE:
            return Window(asked.size, before=key)
        raise InvalidCursor

    def envelope(
        self, request: Request, window: Window[Key], page: Page[Row], results: Sequence[Any]
    ) -> dict[str, Any]:
        """The links lead on by cursor, also from a numbered page. Raises NoSuchPage."""
        if window.offset and not page.rows:
            raise NoSuchPage
        counted: dict[str, Any] = {} if page.count is None else {"count": page.count}
        if page.is_estimated:
            counted["count_estimated"] = True
        following = previous = None
        if page.has_next and page.rows:
            following = parameters.elsewhere(request, AFTER + self.cursors.of(page.rows[-1]))
        if page.has_previous and page.rows:
            previous = parameters.elsewhere(request, BEFORE + self.cursors.of(page.rows[0]))
        return {**counted, "next": following, "previous": previous, "results": results}


def _offset(request: Request, size: int) -> int:
    page = parameters.whole(request, "page", default=1)
    if page * size > MAX_DEPTH:
        sentence = (
            f"Pages reach to row {MAX_DEPTH:,}. Further on follow `next`, which holds a cursor."
        )
        raise Invalid({"page": [sentence]})
    return (page - 1) * size
