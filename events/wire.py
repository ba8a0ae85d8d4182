"""What travels: an event's bytes ↔ the message value, encrypted where there is a key ring."""

import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings

from events import key_ring
from events.key_ring import KEY_ID_DIGITS, BadKeyRing, KeyRing

logger = logging.getLogger(__name__)

# `fernet <key id> <token>`: no event begins so, since JSON begins with a brace.
PREFIX = b"fernet "
_FRAME = re.compile(rb"fernet ([0-9a-f]{%d}) .+" % KEY_ID_DIGITS, re.DOTALL)


class CannotOpen(Exception):
    """No key of the ring here opens these bytes."""

    reason_code = "no_key"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"encrypted with the key {key_id}, which is not here")
        self.key_id = key_id


class Damaged(Exception):
    """The key is here, but these are not the bytes that were encrypted with it."""

    reason_code = "bad_hash"


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A ring, and by what it is seen that its file was replaced."""

    path: str
    stamp: tuple[int, int, int]
    ring: KeyRing


_loaded: _Loaded | None = None
_refused_stamp: tuple[int, int, int] | None = None


def to_wire(raw: bytes) -> bytes:
    """The message value for these bytes: encrypted with the ring's first key, if there is a ring.

    Raises BadKeyRing: never are bytes sent in the clear because a ring cannot be read.
    """
    ring = current_ring()
    if ring is None:
        return raw
    return PREFIX + ring.key_ids[0].encode() + b" " + ring.fernet.encrypt(raw)


def from_wire(value: bytes) -> bytes:
    """The bytes in a message value; what was sent in the clear as it is. Raises CannotOpen,
    Damaged, BadKeyRing."""
    key_id = key_id_of(value)
    if key_id is None:
        return value
    ring = current_ring()
    if ring is None or key_id not in ring.key_ids:
        raise CannotOpen(key_id)
    try:
        return ring.fernet.decrypt(value[len(PREFIX) + KEY_ID_DIGITS + 1 :])
    except InvalidToken:
        raise Damaged from None


def key_id_of(value: bytes) -> str | None:
    """The key that encrypted this value; None when it is not encrypted."""
    if not value.startswith(PREFIX):
        return None
    found = _FRAME.fullmatch(value)
    return found[1].decode() if found else None


def key_ids() -> tuple[str, ...]:
    """Of the keys here, the encrypting one first; none without a ring."""
    ring = current_ring()
    return () if ring is None else ring.key_ids


def current_ring() -> KeyRing | None:
    """The ring of EVENT_KEYS_FILE, read anew when the file was replaced; None when none is set.

    Raises BadKeyRing when there is no good one yet. Once there is, a file that went bad changes
    nothing but the log: the last good ring stays in use.
    """
    global _loaded
    path = settings.EVENT_KEYS_FILE
    if not path:
        return None
    known = _loaded if _loaded is not None and _loaded.path == path else None
    stamp = _stamp(path)
    if known is not None and known.stamp == stamp:
        return known.ring
    try:
        _loaded = _Loaded(path, stamp, key_ring.read(Path(path)))
    except BadKeyRing as error:
        if known is None:
            raise
        _complain_once(stamp, error)
        return known.ring
    if known is not None:
        said = f"the first of {', '.join(_loaded.ring.key_ids)} encrypts"
        logger.info("events.keys_changed", extra={"reason": said})
    return _loaded.ring


def _complain_once(stamp: tuple[int, int, int], error: BadKeyRing) -> None:
    global _refused_stamp
    if stamp != _refused_stamp:
        _refused_stamp = stamp
        logger.error("events.keys_unreadable", extra={"reason": str(error)})


def _stamp(path: str) -> tuple[int, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
