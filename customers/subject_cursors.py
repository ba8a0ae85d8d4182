"""Cursors of subject reports: opaque, ids and instants only."""

import base64
import binascii
from uuid import UUID

from customers.subject_report import PARTS, VERSIONS, Place
from entities.history import EventKey, HistoryKey
from entities.refusals import InvalidCursor
from events.clock import MAX_INSTANT_US, MIN_INSTANT_US, instant_of, us_of


def place_cursor(place: Place) -> str:
    uid, part, key = place
    words: tuple[str, ...] = ()
    if isinstance(key, HistoryKey):
        words = (str(us_of(key.valid_from)), key.code)
    elif key is not None:
        words = (str(key.hlc), key.origin, str(key.event_id))
    text = " ".join((str(uid), part, *words))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raises InvalidCursor."""
    try:
        text = base64.urlsafe_b64decode(f"{cursor}==").decode()
        uid, part, *words = text.split(" ")
        if part not in PARTS or "\x00" in text:
            raise InvalidCursor
        return Place(UUID(uid), part, _key(part, words) if words else None)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise InvalidCursor from error


def _key(part: str, words: list[str]) -> HistoryKey | EventKey:
    us = int(words[0])
    if not MIN_INSTANT_US <= us <= MAX_INSTANT_US:
        raise InvalidCursor
    if part == VERSIONS:
        _, code = words
        return HistoryKey(instant_of(us), code)
    _, origin, event_id = words
    return EventKey(us, origin, UUID(event_id))
