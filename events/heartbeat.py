"""What a location says about itself on `location.status`, and what it believes of others' words."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from events import ranges
from events.clock import MAX_INSTANT_US
from events.ranges import Ranges

VERSION = 1
MAX_HEARTBEAT_BYTES = 1024 * 1024
BUCKETS = 256
DIGEST_BYTES = 32
# Far above what a real location has; a heartbeat must not make its readers calculate for ever.
MAX_RANGES = 10_000
# Of each origin; 20 locations with as many pieces each make 300 KB, and Kafka takes 1 MB.
MAX_TOLD_RANGES = 1_000
MAX_NUMBER = 2**63 - 2
MAX_KEYS = 100

_LOCATION_ID = re.compile(r"[a-z0-9-]{1,32}")
_ORIGIN = re.compile(r"([a-z0-9-]{1,32})/[0-9]{1,19}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class InvalidHeartbeatError(ValueError):
    """Not a heartbeat; the message names the field."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """How far a location's audit chain is: the last number, and that entry's hash."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One location at one moment, all from one snapshot. `digest` and `buckets` are missing while
    something is unsealed or pending there. `at` and `floor` in µs. `keys`: ids of the ring's keys,
    the first one encrypts."""

    location_id: str
    instance_id: UUID
    origin: str
    version: str
    fold_version: int
    at: int
    floor: int
    sealed: int
    unsealed: int
    pending: int
    received: Mapping[str, Ranges]
    wants: Mapping[str, Ranges]
    digest: str | None
    buckets: bytes | None
    conflicts: int
    dead_letters: int
    audit: ChainHead | None = None
    keys: tuple[str, ...] = ()

    def is_comparable(self, other: "Heartbeat") -> bool:
        """Did both fold the same events by the same rules, with nothing left to do?"""
        return (
            self.received == other.received
            and self.fold_version == other.fold_version
            and not (self.pending or self.unsealed or other.pending or other.unsealed)
            and None not in (self.digest, other.digest)
        )


def shortened(heartbeat: Heartbeat) -> Heartbeat:
    """Small enough to be sent, however much is missing here: of what was received in very many
    pieces the first ones are told, without a digest, which speaks of all."""
    told = {origin: part[:MAX_TOLD_RANGES] for origin, part in heartbeat.received.items()}
    if told == heartbeat.received:
        return heartbeat
    return replace(heartbeat, received=told, digest=None, buckets=None)


def to_json(heartbeat: Heartbeat) -> bytes:
    buckets = heartbeat.buckets
    return orjson.dumps(
        {
            "v": VERSION,
            "location_id": heartbeat.location_id,
            "instance_id": heartbeat.instance_id,
            "origin": heartbeat.origin,
            "version": heartbeat.version,
            "fold_version": heartbeat.fold_version,
            "at": heartbeat.at,
            "floor": heartbeat.floor,
            "sealed": heartbeat.sealed,
            "unsealed": heartbeat.unsealed,
            "pending": heartbeat.pending,
            "received": heartbeat.received,
            "wants": heartbeat.wants,
            "digest": heartbeat.digest,
            "buckets": None if buckets is None else base64.b64encode(buckets).decode(),
            "conflicts": heartbeat.conflicts,
            "dead_letters": heartbeat.dead_letters,
            **({} if heartbeat.audit is None else {"audit": heartbeat.audit}),
            **({"keys": heartbeat.keys} if heartbeat.keys else {}),
        }
    )


def parse(raw: bytes) -> Heartbeat:
    """The heartbeat in these bytes; unknown keys are ignored. Raises InvalidHeartbeatError."""
    if len(raw) > MAX_HEARTBEAT_BYTES:
        raise InvalidHeartbeatError("too large")
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise InvalidHeartbeatError("not JSON") from None
    if not isinstance(said, dict) or said.get("v") != VERSION:
        raise InvalidHeartbeatError("v")
    return of_dict(said)


def of_dict(said: Mapping[str, Any]) -> Heartbeat:
    """The same from decoded JSON. Raises InvalidHeartbeatError."""
    location_id = _text(said, "location_id", _LOCATION_ID)
    origin = _text(said, "origin", _ORIGIN)
    if origin.partition("/")[0] != location_id:
        raise InvalidHeartbeatError("origin")
    return Heartbeat(
        location_id=location_id,
        instance_id=_uuid(said, "instance_id"),
        origin=origin,
        version=_text(said, "version", re.compile(r"[ -~]{0,64}")),
        fold_version=_number(said, "fold_version"),
        at=_number(said, "at", at_most=MAX_INSTANT_US),
        floor=_number(said, "floor"),
        sealed=_number(said, "sealed"),
        unsealed=_number(said, "unsealed"),
        pending=_number(said, "pending"),
        received=_progress(said, "received"),
        wants=_progress(said, "wants"),
        digest=None if said.get("digest") is None else _text(said, "digest", _DIGEST),
        buckets=_buckets(said),
        conflicts=_number(said, "conflicts"),
        dead_letters=_number(said, "dead_letters"),
        audit=_chain_head(said),
        keys=_keys(said),
    )


def _text(said: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise InvalidHeartbeatError(name)
    return value


def _number(said: Mapping[str, Any], name: str, *, at_most: int = MAX_NUMBER) -> int:
    value = said.get(name)
    if type(value) is not int or not 0 <= value <= at_most:
        raise InvalidHeartbeatError(name)
    return value


def _uuid(said: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(said.get(name, ""))
    except (ValueError, AttributeError, TypeError):
        raise InvalidHeartbeatError(name) from None


def _progress(said: Mapping[str, Any], name: str) -> dict[str, Ranges]:
    value = said.get(name)
    if not isinstance(value, dict) or not all(_ORIGIN.fullmatch(origin) for origin in value):
        raise InvalidHeartbeatError(name)
    return {origin: _ranges(pairs, name) for origin, pairs in value.items()}


def _ranges(pairs: Any, name: str) -> Ranges:
    if not isinstance(pairs, list) or len(pairs) > MAX_RANGES:
        raise InvalidHeartbeatError(name)
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(n) is int for n in pair):
            raise InvalidHeartbeatError(name)
        if not 1 <= pair[0] <= pair[1] <= MAX_NUMBER:
            raise InvalidHeartbeatError(name)
    return ranges.normal(pairs)


def _chain_head(said: Mapping[str, Any]) -> ChainHead | None:
    """Locations that do not chain yet say nothing."""
    value = said.get("audit")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InvalidHeartbeatError("audit")
    return ChainHead(seq=_number(value, "seq"), hash=_text(value, "hash", _DIGEST))


def _keys(said: Mapping[str, Any]) -> tuple[str, ...]:
    """Locations without a key ring say nothing."""
    value = said.get("keys", [])
    if not isinstance(value, list) or len(value) > MAX_KEYS:
        raise InvalidHeartbeatError("keys")
    if not all(isinstance(key_id, str) and _KEY_ID.fullmatch(key_id) for key_id in value):
        raise InvalidHeartbeatError("keys")
    return tuple(value)


def _buckets(said: Mapping[str, Any]) -> bytes | None:
    value = said.get("buckets")
    if value is None:
        return None
    try:
        buckets = base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise InvalidHeartbeatError("buckets") from None
    if len(buckets) != BUCKETS * DIGEST_BYTES:
        raise InvalidHeartbeatError("buckets")
    return buckets
