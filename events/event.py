"""The event and its codec: one immutable fact about one entity, as CloudEvents 1.0 bytes.

The bytes are made once, by `encode`, and stored and sent as made. `decode` accepts any bytes and
either gives an event that folds or says why not.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from events.clock import MAX_INSTANT_US, instant_of
from events.payload import EXACT_INT_LIMIT, is_uuid, problem_of

# uuid5 of the URL namespace and "urn:sins".
NAMESPACE = UUID("22e668ba-33f0-5c7d-84c2-3680fad81ba7")
MAX_EVENT_BYTES = 262_144
# A plain decimal longer than this is a mistake, and 1E+999999999 would fill the memory.
MAX_DECIMAL_DIGITS = 100
# entity_seq is a 32-bit column.
MAX_ENTITY_SEQ = 2**31 - 1
MAX_LABEL_LENGTH = 256
# What tells an erasure is never erased itself.
ERASURE_PREFIX = "entity.erased."
_ERASED_PARTS = frozenset({"basevv", "data"})

_ORIGIN = re.compile(r"[a-z0-9-]{1,32}/[0-9]{1,19}")
_TYPE = re.compile(r"[a-z_]+\.[a-z_]+\.v[0-9]+")
_SOURCE_PREFIX = "/locations/"

Envelope = dict[str, Any]
Upcast = Callable[[Envelope], Envelope]

# Old event type -> function from its envelope to that of a newer type. Applied until none is left,
# before `data` is checked: a function here gets checked envelope attributes and unchecked data.
UPCASTS: Mapping[str, Upcast] = {}


class InvalidEvent(Exception):
    """These bytes are no event. `detail` names the attribute and the rule, never a value."""

    def __init__(self, reason_code: str, detail: str) -> None:
        super().__init__(f"{reason_code}: {detail}")
        self.reason_code = reason_code
        self.detail = detail


class EventTooLarge(Exception):
    """The event would be larger than an event may be; send less in one write."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(
            f"The event has {size_bytes} bytes; at most {MAX_EVENT_BYTES} are allowed."
        )
        self.size_bytes = size_bytes


class InvalidValue(ValueError):
    """A value that cannot be stored as it is; the message is a sentence for who sent it."""


@dataclass(frozen=True, slots=True)
class Event:
    """`basevv` is what the writer had of this entity: {origin: gap-free entity_seq}."""

    event_id: UUID
    origin: str
    entity_uid: UUID
    entity_seq: int
    type: str
    hlc: int
    basevv: Mapping[str, int] = field(hash=False)
    actor: str
    role: str
    request_id: UUID
    reason_code: str | None
    data: Mapping[str, Any] = field(hash=False)

    @property
    def location_id(self) -> str:
        return self.origin.partition("/")[0]

    @property
    def key(self) -> tuple[int, str, UUID]:
        """The total order of all events."""
        return (self.hlc, self.origin, self.event_id)

    @property
    def valid_from(self) -> int:
        """From when on it holds, in µs. A later one than hlc (refused at the door) reads as hlc."""
        back_dated: int | None = self.data.get("valid_from")
        return self.hlc if back_dated is None or back_dated > self.hlc else back_dated


def encode(event: Event) -> bytes:
    """The one serialisation of an event.

    Raises EventTooLarge, and InvalidEvent for data that peers would not accept.
    """
    _check_data(event.type, event.data)
    raw = orjson.dumps(_envelope_of(event))
    if len(raw) > MAX_EVENT_BYTES:
        raise EventTooLarge(len(raw))
    return raw


def encode_redacted(event: Event) -> bytes:
    """What an erased event is sent as: the same event without what it said."""
    envelope = _envelope_of(event)
    kept = {name: part for name, part in envelope.items() if name not in _ERASED_PARTS}
    return orjson.dumps(kept)


def _envelope_of(event: Event) -> Envelope:
    envelope: Envelope = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": _SOURCE_PREFIX + event.origin,
        "type": event.type,
        "subject": event.entity_uid,
        "time": instant_of(event.hlc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "hlc": event.hlc,
        "entityseq": event.entity_seq,
        "basevv": event.basevv,
        "actor": event.actor,
        "role": event.role,
        "requestid": event.request_id,
    }
    if event.reason_code is not None:
        envelope["reasoncode"] = event.reason_code
    envelope["data"] = event.data
    return envelope


def decode(raw: bytes, *, upcasts: Mapping[str, Upcast] = UPCASTS) -> Event:
    """The event in these bytes, old versions brought up to date. Never fails otherwise than by
    InvalidEvent (bad_json, not_cloudevents, too_large)."""
    envelope = _loaded(raw)
    event = _event_of(envelope)
    while (upcast := upcasts.get(event.type)) is not None:
        envelope = upcast(envelope)
        event = _event_of(envelope)
    _check_data(event.type, event.data)
    return event


def decode_redacted(raw: bytes) -> Event:
    """The event of which an erasure left only this envelope; nothing is said of its entity. Raises
    InvalidEvent, as `decode`."""
    event = _event_of({**_loaded(raw), "basevv": {}, "data": {}})
    if event.type.startswith(ERASURE_PREFIX):
        raise _not_cloudevents("An erasure is always whole.")
    return event


def claimed_origin(raw: bytes) -> str | None:
    """Whose event these bytes say to be, though `decode` cannot read them; None if they do not."""
    try:
        envelope = orjson.loads(raw)
        return _origin(envelope) if isinstance(envelope, dict) else None
    except (orjson.JSONDecodeError, InvalidEvent):
        return None


def origin_in(header: bytes | None) -> str | None:
    """The origin that a message's header names, if it is one."""
    try:
        origin = (header or b"").decode("ascii")
    except UnicodeDecodeError:
        return None
    return origin if _ORIGIN.fullmatch(origin) else None


def canonical(value: Any) -> str | int | bool | None:
    """The one way a value is written in an event: NFC, trimmed, empty = null, decimals as text.

    Raises InvalidValue with a sentence that says what to do.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _canonical_text(value)
    if isinstance(value, int):
        if not -EXACT_INT_LIMIT < value < EXACT_INT_LIMIT:
            raise InvalidValue("The number is too large to be exact; send it as text.")
        return value
    if isinstance(value, Decimal):
        return _canonical_decimal(value)
    if isinstance(value, float):
        raise InvalidValue("Numbers with a fraction are not exact; send the number as text.")
    raise InvalidValue("A value must be a single text, whole number, true, false or null.")


def _canonical_text(value: str) -> str | None:
    if "\x00" in value:
        raise InvalidValue("The text contains the character U+0000; remove it.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidValue(
            "The text contains half a surrogate pair; send whole characters."
        ) from None
    return unicodedata.normalize("NFC", value).strip() or None


def _canonical_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise InvalidValue("The number must be finite; leave it out if it is not known.")
    exponent = value.as_tuple().exponent
    digits = max(len(value.as_tuple().digits), abs(value.adjusted()), abs(int(exponent)))
    if digits > MAX_DECIMAL_DIGITS:
        raise InvalidValue(
            f"The number has more than {MAX_DECIMAL_DIGITS} digits; send it as text."
        )
    return format(value, "f")


def _loaded(raw: bytes) -> Envelope:
    if len(raw) > MAX_EVENT_BYTES:
        raise InvalidEvent("too_large", f"An event has at most {MAX_EVENT_BYTES} bytes.")
    try:
        envelope = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise InvalidEvent("bad_json", "The bytes are not JSON in UTF-8.") from None
    if not isinstance(envelope, dict):
        raise _not_cloudevents("The JSON must be an object.")
    return envelope


def _event_of(envelope: Envelope) -> Event:
    if envelope.get("specversion") != "1.0":
        raise _not_cloudevents('specversion must be "1.0".')
    origin = _origin(envelope)
    entity_seq = _whole_number(envelope, "entityseq", MAX_ENTITY_SEQ)
    reason_code = envelope.get("reasoncode")
    return Event(
        event_id=_uuid(envelope, "id"),
        origin=origin,
        entity_uid=_uuid(envelope, "subject"),
        entity_seq=entity_seq,
        type=_type(envelope),
        hlc=_whole_number(envelope, "hlc", MAX_INSTANT_US),
        basevv=_basevv(envelope, origin, entity_seq),
        actor=_label(envelope, "actor"),
        role=_label(envelope, "role"),
        request_id=_uuid(envelope, "requestid"),
        reason_code=None if reason_code is None else _label(envelope, "reasoncode"),
        data=_data(envelope),
    )


def _origin(envelope: Envelope) -> str:
    source = envelope.get("source")
    if isinstance(source, str) and source.startswith(_SOURCE_PREFIX):
        origin = source[len(_SOURCE_PREFIX) :]
        if _ORIGIN.fullmatch(origin):
            return origin
    raise _not_cloudevents("source must be /locations/<location_id>/<epoch>.")


def _type(envelope: Envelope) -> str:
    value = _label(envelope, "type")
    if not _TYPE.fullmatch(value):
        raise _not_cloudevents("type must be <what>.<happened>.v<number>.")
    return value


def _uuid(envelope: Envelope, name: str) -> UUID:
    value = envelope.get(name)
    if not is_uuid(value):
        raise _not_cloudevents(f"{name} must be a UUID.")
    return UUID(value)


def _whole_number(envelope: Envelope, name: str, greatest: int) -> int:
    value = envelope.get(name)
    if type(value) is not int or not 0 < value <= greatest:
        raise _not_cloudevents(f"{name} must be a whole number from 1 to {greatest}.")
    return value


def _label(envelope: Envelope, name: str) -> str:
    value = envelope.get(name)
    if not isinstance(value, str) or len(value) > MAX_LABEL_LENGTH or "\x00" in value:
        raise _not_cloudevents(f"{name} must be a text of at most {MAX_LABEL_LENGTH} characters.")
    return value


def _basevv(envelope: Envelope, origin: str, entity_seq: int) -> dict[str, int]:
    vector = envelope.get("basevv")
    if not isinstance(vector, dict) or not all(
        _ORIGIN.fullmatch(name) and type(seen) is int and 0 <= seen <= MAX_ENTITY_SEQ
        for name, seen in vector.items()
    ):
        raise _not_cloudevents("basevv must be an object of origins and whole numbers.")
    if vector.get(origin, 0) >= entity_seq:
        raise _not_cloudevents("basevv says that the event was seen before it was written.")
    return vector


def _data(envelope: Envelope) -> dict[str, Any]:
    data = envelope.get("data")
    if not isinstance(data, dict):
        raise _not_cloudevents("data must be an object.")
    return data


def _check_data(event_type: str, data: Mapping[str, Any]) -> None:
    problem = problem_of(event_type, data)
    if problem:
        raise _not_cloudevents(problem)


def _not_cloudevents(detail: str) -> InvalidEvent:
    return InvalidEvent("not_cloudevents", detail)
