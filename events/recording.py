"""Local door: drafts of a service → stamped events → log → versions, all in its transaction."""

import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from events import clock_floor, log
from events.clock import instant_of, next_hlc
from events.errors import Refused
from events.event import Event, EventTooLarge, InvalidEvent, encode
from events.origin import ensure_self
from events.principal import Act
from events.projectors import Head
from events.restoring import Restoring

SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact to be recorded; `type` like "entity.updated.v1". `event_id`: for one that another
    event names."""

    entity_uid: UUID
    type: str
    data: Mapping[str, Any]
    reason_code: str | None = None
    event_id: UUID | None = None


class Malformed(Refused):
    """The draft is nothing that peers would accept as an event."""

    code = "malformed"


class TooLarge(Refused):
    """The event would be larger than peers accept."""

    code = "too_large"
    status = 413


def lock(uids: Collection[UUID]) -> dict[UUID, Head]:
    """Lock these entities for a service that reads before it writes."""
    return log.lock_heads(uids)


def record(
    act: Act,
    drafts: Sequence[Draft],
    *,
    is_bulk: bool = False,
    batch_id: UUID | None = None,
    heads: Mapping[UUID, Head] | None = None,
) -> list[Event]:
    """Stamp the drafts, append them to the log and fold them in; the events in draft order.

    `heads`: those of their entities, if this transaction has locked them already. Must run in the
    transaction that the service opened. Raises TooLarge, Malformed, Restoring.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() runs in its caller's transaction.")
    if not drafts:
        return []
    if heads is None:
        heads = log.lock_heads({draft.entity_uid for draft in drafts})
    events = _stamped(act, drafts, heads)
    entries = [_entry(event, is_bulk=is_bulk, batch_id=batch_id) for event in events]
    log.append(entries, recorded_at=instant_of(act.now_us))
    log.fold_in(events, heads=heads)
    return events


def _stamped(act: Act, drafts: Sequence[Draft], heads: Mapping[UUID, Head]) -> list[Event]:
    this = ensure_self(now_us=act.now_us)
    if this.restoring_since is not None:
        raise Restoring(
            "This location was restored from a backup and first receives what happened since. "
            "Try again in a minute."
        )
    origin = this.origin
    highest = clock_floor.current()
    last_hlcs = {uid: head.last_hlc for uid, head in heads.items()}
    vvs = {uid: head.vv for uid, head in heads.items()}
    events = []
    for draft in drafts:
        uid = draft.entity_uid
        hlc = next_hlc(wall_us=act.now_us, last_hlc=last_hlcs[uid], floor=highest)
        entity_seq = vvs[uid].get(origin, 0) + 1
        events.append(_event(act, draft, origin, entity_seq, hlc, vvs[uid]))
        last_hlcs[uid] = hlc
        vvs[uid] = {**vvs[uid], origin: entity_seq}
    return events


def _event(
    act: Act, draft: Draft, origin: str, entity_seq: int, hlc: int, basevv: Mapping[str, int]
) -> Event:
    salt = base64.b64encode(secrets.token_bytes(SALT_BYTES)).decode()
    return Event(
        event_id=draft.event_id or uuid7(),
        origin=origin,
        entity_uid=draft.entity_uid,
        entity_seq=entity_seq,
        type=draft.type,
        hlc=hlc,
        basevv=dict(basevv),
        actor=act.principal.actor,
        role=act.principal.role,
        request_id=act.request_id,
        reason_code=draft.reason_code,
        data={**draft.data, "salt": salt},
    )


def _entry(event: Event, *, is_bulk: bool, batch_id: UUID | None) -> log.Entry:
    try:
        raw = encode(event)
    except EventTooLarge as error:
        raise TooLarge(str(error)) from error
    except InvalidEvent as error:
        raise Malformed(error.detail) from error
    return log.Entry(
        event=event,
        raw=raw,
        sha256=hashlib.sha256(raw).digest(),
        is_bulk=is_bulk,
        batch_id=batch_id,
    )
