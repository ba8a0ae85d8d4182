"""Cursors of lists, history and events: opaque, and without any value of an entity."""

import base64
import binascii
from uuid import UUID

from entities.history import EventKey, HistoryKey
from entities.refusals import InvalidCursor
from events.clock import MIN_INSTANT_US, instant_of, us_of


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
    try:
        at = int(us)
        if at < MIN_INSTANT_US:
            raise InvalidCursor
        return HistoryKey(instant_of(at), code)
    except (ValueError, OverflowError) as error:
        raise InvalidCursor from error


def event_cursor(key: EventKey) -> str:
    return _encode(str(key.hlc), key.origin, str(key.event_id))


def event_key(cursor: str) -> EventKey:
    """Raises InvalidCursor."""
    hlc, origin, event_id = _decode(cursor, parts=3)
    try:
        key = EventKey(int(hlc), origin, UUID(event_id))
    except ValueError as error:
        raise InvalidCursor from error
    if not 0 <= key.hlc < 2**53:
        raise InvalidCursor
    return key


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
