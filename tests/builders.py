"""Builders for events, with keyword overrides: a test names only what it is about."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import md5
from typing import Any
from uuid import UUID

from events.clock import us_of
from events.event import Event

ENTITY = UUID("01900000-0000-7000-8000-000000000001")
OTHER = UUID("01900000-0000-7000-8000-000000000002")
REQUEST = UUID("01900000-0000-7000-8000-00000000000a")


def an_instant(clock: str | int) -> int:
    """ "10:00" on 2026-01-05 UTC, "2024-01-15" or "2024-01-15T10:30" as µs; numbers stay."""
    if isinstance(clock, int):
        return clock
    text = f"2026-01-05T{clock}" if "-" not in clock else clock
    return us_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


def an_id(name: str | int) -> UUID:
    """The same UUID for the same name, in no particular order."""
    return UUID(md5(str(name).encode(), usedforsecurity=False).hexdigest())


def an_event(
    *,
    type: str = "entity.updated.v1",
    at: str | int = "10:00",
    origin: str = "loc1/1",
    seq: int = 1,
    sees: Mapping[str, int] | None = None,
    valid_from: str | int | None = None,
    name: str | int | None = None,
    entity_uid: UUID = ENTITY,
    actor: str = "agent",
    role: str = "service_agent",
    request_id: UUID = REQUEST,
    reason_code: str | None = None,
    details: Mapping[str, Any] | None = None,
    **data: Any,
) -> Event:
    """An event whose writer had seen its own earlier ones, and of others what `sees` says.
    `name` gives the id; other keywords go to `data`."""
    if valid_from is not None:
        data["valid_from"] = an_instant(valid_from)
    if details is not None:
        data["details"] = dict(details)
    own = {origin: seq - 1} if seq > 1 else {}
    return Event(
        event_id=an_id(name if name is not None else f"{entity_uid} {origin} {seq}"),
        origin=origin,
        entity_uid=entity_uid,
        entity_seq=seq,
        type=type,
        hlc=an_instant(at),
        basevv=own | dict(sees or {}),
        actor=actor,
        role=role,
        request_id=request_id,
        reason_code=reason_code,
        data=data,
    )


def a_created(*, entity_type: str = "PERSON", **overrides: Any) -> Event:
    return an_event(type="entity.created.v1", entity_type=entity_type, **overrides)
