"""Events of a peer, the messages that carry them, and a projector that only keeps a tally."""

import hashlib
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from events import sql
from events.deadletters import Source
from events.event import Event, encode
from events.kafka import Message
from events.principal import Act, Principal
from events.projectors import Head

PEER = "loc2/1700000000"
NOW_US = 1_750_000_000_000_000
TOPIC = "customer.events"


class Tally:
    """Counts what it was given per entity; fails for the entities it was told to fail for."""

    types = frozenset({"entity.created.v1", "entity.updated.v1"})

    def __init__(self) -> None:
        self.seen: dict[UUID, list[UUID]] = {}
        self.poison: set[UUID] = set()
        self.error: Exception = RuntimeError("poison")

    def attributes_of(self, event: Event) -> frozenset[str]:
        return frozenset(event.data.get("details", ()))

    def company_of(self, uids: Collection[UUID], arrivals: Sequence[Event]) -> Collection[UUID]:
        return ()

    def project(self, heads: Mapping[UUID, Head], arrivals: Sequence[Event]) -> None:
        if any(event.entity_uid in self.poison for event in arrivals):
            raise self.error
        for event in arrivals:
            self.seen.setdefault(event.entity_uid, []).append(event.event_id)


def an_act(*, now_us: int = NOW_US) -> Act:
    principal = Principal("agent", "service_agent", "loc1", "session")
    return Act(principal, request_id=uuid7(), now_us=now_us, started_ns=time.perf_counter_ns())


def an_event(**overrides: Any) -> Event:
    """One that loc2 recorded an hour before NOW_US."""
    fields: dict[str, Any] = {
        "event_id": uuid4(),
        "origin": PEER,
        "entity_uid": uuid4(),
        "entity_seq": 1,
        "type": "entity.created.v1",
        "hlc": NOW_US - 3_600_000_000,
        "basevv": {},
        "actor": "provider",
        "role": "service_provider",
        "request_id": uuid4(),
        "reason_code": None,
        "data": {"entity_type": "PERSON", "salt": "AAAAAAAAAAAAAAAAAAAAAA=="},
    }
    return Event(**{**fields, **overrides})


def a_message(
    event: Event | None = None,
    *,
    sequence: int | None = 1,
    offset: int = 0,
    partition: int = 0,
    value: bytes | None = None,
    headers: Mapping[str, bytes] | None = None,
) -> Message:
    raw = encode(event or an_event()) if value is None else value
    sealed = {"sha256": hashlib.sha256(raw).hexdigest().encode()}
    if sequence is not None:
        sealed["sequence"] = str(sequence).encode()
    return Message(TOPIC, partition, offset, b"key", raw, {**sealed, **(headers or {})}, None)


def messages_of(events: Sequence[Event], *, first: int = 1) -> list[Message]:
    """Sealed in this order."""
    return [
        a_message(event, sequence=first + place, offset=first + place - 1)
        for place, event in enumerate(events)
    ]


def a_source(offset: int = 0) -> Source:
    return Source("cluster", TOPIC, 0, offset)


def column(statement: str, **params: Any) -> list[Any]:
    return [row[0] for row in sql.fetch(statement, params)]
