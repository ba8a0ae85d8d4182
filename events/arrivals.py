"""First look at bytes from outside: an arrival that may go into the log, or why not."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from events import wire
from events.deadletters import SetAside, Source
from events.event import Event, InvalidEvent, claimed_origin, decode, decode_redacted, origin_in

MAX_SEQUENCE = 2**63 - 2
# "1": the entity was erased where this comes from, and of the event only the envelope is left.
REDACTED_HEADER = "redacted"
_SHA256 = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event with its sequence and its bytes; None: they were erased where it comes from."""

    event: Event
    raw: bytes | None
    sha256: bytes
    sequence: int
    source: Source | None = None


def examine(
    value: bytes, headers: Mapping[str, bytes], *, source: Source | None = None
) -> Arrival | SetAside:
    """Never fails. The hash is of the event's bytes; the sequence is the sender's count."""
    sequence = _sequence(headers.get("sequence"))
    try:
        raw = wire.from_wire(value)
    except (wire.CannotOpen, wire.Damaged) as error:
        # What is held is not asked for again: it would come under the same key.
        origin = origin_in(headers.get("origin"))
        return SetAside(error.reason_code, value, source, origin, sequence)
    if headers.get(REDACTED_HEADER) == b"1":
        return _examine_redacted(raw, headers, sequence, source)
    sha256 = hashlib.sha256(raw).digest()
    is_as_sent = headers.get("sha256") == sha256.hex().encode()
    try:
        event = decode(raw)
    except InvalidEvent as error:
        # Bytes as sent would come again and again if they were wanted: what is held is not.
        claimed = claimed_origin(raw) if is_as_sent else None
        return SetAside(error.reason_code, raw, source, claimed, sequence)
    reason_code = None
    if not is_as_sent:
        reason_code = "bad_hash"
    elif sequence is None:
        reason_code = "no_sequence"
    if reason_code or sequence is None:
        where = (event.origin, sequence, event.entity_uid)
        return SetAside(reason_code or "no_sequence", raw, source, *where)
    return Arrival(event, raw, sha256, sequence, source)


def _examine_redacted(
    raw: bytes, headers: Mapping[str, bytes], sequence: int | None, source: Source | None
) -> Arrival | SetAside:
    """The hash is that of the bytes which are gone: with the id it says which event it is."""
    sha256 = headers.get("sha256", b"")
    try:
        event = decode_redacted(raw)
    except InvalidEvent as error:
        return SetAside(error.reason_code, raw, source, origin_in(headers.get("origin")), sequence)
    if sequence is None or not _SHA256.fullmatch(sha256):
        reason_code = "no_sequence" if sequence is None else "bad_hash"
        return SetAside(reason_code, raw, source, event.origin, sequence, event.entity_uid)
    return Arrival(event, None, bytes.fromhex(sha256.decode()), sequence, source)


def refused(arrival: Arrival, reason_code: str) -> SetAside:
    event = arrival.event
    where = (event.origin, arrival.sequence, event.entity_uid)
    return SetAside(reason_code, arrival.raw, arrival.source, *where)


def _sequence(header: bytes | None) -> int | None:
    if header is None or not header.isdigit() or len(header) > 19:
        return None
    number = int(header)
    return number if 1 <= number <= MAX_SEQUENCE else None
