"""Cursors of lists, history and events: opaque, and without any value of an entity."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from entities import history, inbox
from entities.entity_rows import EntityRow
from entities.history import ChangeKey, EventKey, HistoryKey
from entities.inbox import ConflictKey
from entities.refusals import InvalidCursor
from events.clock import MIN_INSTANT_US, instant_of, us_of
from events.payload import EXACT_INT_LIMIT

Row = TypeVar("Row")
Key = TypeVar("Key")

_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Cursors(Generic[Row, Key]):
    """Of one list: which key a row has, how a key is written into cursors, and read back. `read`
    raises InvalidCursor."""

    key_of: Callable[[Row], Key]
    write: Callable[[Key], str]
    read: Callable[[str], Key]

    def of(self, row: Row) -> str:
        return self.write(self.key_of(row))


def uid_cursor(uid: UUID) -> str:
    return _encode(str(uid))


def uid_key(cursor: str) -> UUID:
    """Raises InvalidCursor."""
    (text,) = _decode(cursor, parts=1)
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidCursor from error


def history_cursor(key: HistoryKey) -> str:
    return _encode(str(us_of(key.valid_from)), key.code)


def history_key(cursor: str) -> HistoryKey:
    """Raises InvalidCursor."""
    us, code = _decode(cursor, parts=2)
    return HistoryKey(_instant(us), code)


def change_cursor(key: ChangeKey) -> str:
    return _encode(str(us_of(key.at)), str(key.entity_uid), str(key.rank), key.name)


def change_key(cursor: str) -> ChangeKey:
    """Raises InvalidCursor."""
    at, uid, rank, name = _decode(cursor, parts=4)
    if not _NUMBER.fullmatch(rank):
        raise InvalidCursor
    try:
        return ChangeKey(_instant(at), UUID(uid), int(rank), name)
    except ValueError as error:
        raise InvalidCursor from error


def event_cursor(key: EventKey) -> str:
    return _encode(str(key.hlc), key.origin, str(key.event_id))


def event_key(cursor: str) -> EventKey:
    """Raises InvalidCursor."""
    hlc, origin, event_id = _decode(cursor, parts=3)
    try:
        return EventKey(_hlc(hlc), origin, UUID(event_id))
    except ValueError as error:
        raise InvalidCursor from error


def conflict_cursor(key: ConflictKey) -> str:
    return _encode(str(key.opened_hlc), str(key.conflict_id))


def conflict_key(cursor: str) -> ConflictKey:
    """Raises InvalidCursor."""
    opened_hlc, conflict_id = _decode(cursor, parts=2)
    try:
        return ConflictKey(_hlc(opened_hlc), UUID(conflict_id))
    except ValueError as error:
        raise InvalidCursor from error


def number_cursor(number: int) -> str:
    return _encode(str(number))


def number_key(cursor: str) -> int:
    """Raises InvalidCursor."""
    (text,) = _decode(cursor, parts=1)
    if not _NUMBER.fullmatch(text):
        raise InvalidCursor
    return int(text)


def due_cursor(due_us: int, uid: UUID) -> str:
    return _encode(str(due_us), str(uid))


def due_key(cursor: str) -> tuple[int, UUID]:
    """Raises InvalidCursor."""
    due_us, uid = _decode(cursor, parts=2)
    try:
        return us_of(_instant(due_us)), UUID(uid)
    except ValueError as error:
        raise InvalidCursor from error


def _instant(text: str) -> datetime:
    """Raises InvalidCursor."""
    try:
        at = int(text)
        if at < MIN_INSTANT_US:
            raise InvalidCursor
        return instant_of(at)
    except (ValueError, OverflowError) as error:
        raise InvalidCursor from error


def _hlc(text: str) -> int:
    """Raises InvalidCursor."""
    if not _NUMBER.fullmatch(text) or int(text) >= EXACT_INT_LIMIT:
        raise InvalidCursor
    return int(text)


def _encode(*parts: str) -> str:
    return base64.urlsafe_b64encode(" ".join(parts).encode()).decode().rstrip("=")


def _decode(cursor: str, *, parts: int) -> list[str]:
    try:
        text = base64.urlsafe_b64decode(f"{cursor}==").decode()
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor from error
    found = text.split(" ")
    if len(found) != parts or "\x00" in text:
        raise InvalidCursor
    return found


JsonRow = dict[str, Any]

ENTITIES: Cursors[EntityRow, UUID] = Cursors(lambda row: row.entity_uid, uid_cursor, uid_key)
DIFFS: Cursors[JsonRow, UUID] = Cursors(lambda row: row["entity_uid"], uid_cursor, uid_key)
CHANGES: Cursors[JsonRow, ChangeKey] = Cursors(history.change_key, change_cursor, change_key)
HISTORY: Cursors[JsonRow, HistoryKey] = Cursors(history.history_key, history_cursor, history_key)
EVENTS: Cursors[JsonRow, EventKey] = Cursors(history.event_key, event_cursor, event_key)
CONFLICTS: Cursors[JsonRow, ConflictKey] = Cursors(
    inbox.conflict_key, conflict_cursor, conflict_key
)
LETTERS: Cursors[JsonRow, int] = Cursors(lambda row: row["id"], number_cursor, number_key)
