"""Erasure, first step: scheduled and cancelled, by set, audited. The second: executing.py.

What stays of it when the entity is gone are ids, instants and a basis from a closed list.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import Entry, add_entries
from entities import reasons, survivors, version_rows, vocabulary
from entities.assertions import ALIVE, ERASURE
from entities.erasure_rules import BASES, RETENTION
from entities.holding import held_with_company
from entities.refusals import Erased, Invalid, Merged, NotFound, Reserved
from entities.version_rows import Stored
from events import recording, sql
from events.errors import Refused
from events.event import Event
from events.principal import Act
from events.projectors import Head

AWAITED_SQL = """
SELECT value::text, event_id FROM entities_state
WHERE entity_uid = %(uid)s AND attribute = 'erasure'
"""

# Why one of a set was passed over.
HELD, SCHEDULED, GONE, RESERVED = "held", "scheduled", "gone", "reserved"


class Held(Refused):
    """A hold stands on it, or on a record that stands for the same person."""

    code = "held"
    status = 409

    def __init__(self) -> None:
        super().__init__("A hold stands, and nothing is erased before it is lifted.")


class NotScheduled(Refused):
    code = "not_scheduled"
    status = 409

    def __init__(self) -> None:
        super().__init__("No erasure is scheduled for this entity.")


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What became of a set: who is to be erased now, and who was passed over for which reason."""

    batch_id: UUID
    entity_uids: tuple[UUID, ...]
    passed_over: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Awaited:
    """An erasure that is scheduled, as the state of its entity says; instants in µs."""

    event_id: UUID
    basis: str
    execute_after_us: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an erasure is scheduled for."""

    basis: str
    execute_after_us: int

    def is_met_by(self, awaited: Awaited) -> bool:
        """Retention takes back what it has scheduled, once the time is not over any more: that is
        not enough for whoever was asked."""
        is_lasting = awaited.basis != RETENTION or self.basis == RETENTION
        return is_lasting and awaited.execute_after_us <= self.execute_after_us


def schedule_erasures(
    act: Act,
    *,
    entity_uids: Collection[UUID],
    execute_after_us: int,
    basis: str,
    reason: str | None = None,
    delete: bool = False,
) -> Scheduled:
    """All of them in one transaction: give a slice of at most some thousand. `delete`: they leave
    the list at once, also who is to be erased already, no later than this, and stays so. Raises
    Invalid."""
    data = {
        "execute_after": execute_after_us,
        "basis": _checked_basis(basis),
        **reasons.said(reason=reason, is_reason_needed=False),
    }
    batch_id = uuid7()
    with transaction.atomic():
        heads = recording.lock(entity_uids)
        stored = version_rows.load(entity_uids)
        passed_over = _passed_over(heads, stored, _Wanted(basis, execute_after_us))
        chosen = [uid for uid in sorted(stored) if uid not in passed_over]
        drafts = [recording.Draft(uid, "erasure.scheduled.v1", data, basis) for uid in chosen]
        if delete:
            leaving = [uid for uid in sorted(stored) if passed_over.get(uid) in (None, SCHEDULED)]
            living = [uid for uid in leaving if _state(stored[uid]).get(ALIVE) is True]
            drafts += [recording.Draft(uid, "entity.deleted.v1", {}, basis) for uid in living]
        is_bulk = basis == RETENTION
        events = recording.record(act, drafts, is_bulk=is_bulk, batch_id=batch_id, heads=heads)
        _audit(act, "erasure.scheduled", events, [basis], batch_id)
    return Scheduled(batch_id, tuple(chosen), passed_over)


def request_erasure(
    act: Act, *, entity_uid: UUID, basis: str, reason: str | None = None
) -> Awaited:
    """Of one person, as soon as the conditions hold: off the list at once, with all records that
    were merged into this one.

    Raises Invalid, NotFound, Merged, Erased, Reserved, Held.
    """
    if basis == RETENTION:
        raise Invalid({"basis": [f"Must be one of {', '.join(_ON_REQUEST)}."]})
    with transaction.atomic():
        survivors.lock()
        together = [entity_uid, *survivors.losers_of(entity_uid)]
        outcome = schedule_erasures(
            act,
            entity_uids=together,
            execute_after_us=act.now_us,
            basis=basis,
            reason=reason,
            delete=True,
        )
        _check(entity_uid, outcome)
        awaited = awaited_erasure(entity_uid)
    if awaited is None:
        raise NotScheduled
    return awaited


def cancel_erasure(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Of the entity and of all merged into it; what was deleted stays so until it is restored.

    Raises Invalid, NotFound, Erased, NotScheduled.
    """
    data = reasons.said(reason=reason)
    with transaction.atomic():
        survivors.lock()
        uids = [entity_uid, *survivors.losers_of(entity_uid)]
        heads = recording.lock(uids)
        if heads[entity_uid].erased_event:
            raise Erased
        if not heads[entity_uid].revision:
            raise NotFound
        if not _cancel(act, heads, uids, data):
            raise NotScheduled


def cancel_erasures(act: Act, *, entity_uids: Collection[UUID], reason: str) -> int:
    """Of all of them in one transaction; how many there were. Whoever is erased already, or was
    never scheduled, is passed over. Raises Invalid."""
    data = reasons.said(reason=reason)
    with transaction.atomic():
        return _cancel(act, recording.lock(entity_uids), entity_uids, data)


def _cancel(
    act: Act, heads: Mapping[UUID, Head], uids: Collection[UUID], data: Mapping[str, str]
) -> int:
    stored = version_rows.load(uids)
    awaited = {uid: found for uid in sorted(stored) if (found := _awaited(stored[uid]))}
    drafts = [
        recording.Draft(uid, "erasure.cancelled.v1", {"scheduled": str(one.event_id), **data})
        for uid, one in awaited.items()
    ]
    if drafts:
        events = recording.record(act, drafts, heads=heads)
        _audit(act, "erasure.cancelled", events, [], uuid7())
    return len(drafts)


def awaited_erasure(entity_uid: UUID) -> Awaited | None:
    """The erasure that is scheduled for it, if there is one."""
    for value, event_id in sql.fetch_bound(AWAITED_SQL, {"uid": entity_uid}):
        said = orjson.loads(value)
        return Awaited(event_id, said["basis"], said["execute_after"])
    return None


_ON_REQUEST = tuple(basis for basis in BASES if basis != RETENTION)


def _checked_basis(basis: str) -> str:
    if basis not in BASES:
        raise Invalid({"basis": [f"Must be one of {', '.join(BASES)}."]})
    return basis


def _awaited(stored: Stored) -> Awaited | None:
    for value in stored.state:
        if value.attribute == ERASURE:
            said = value.value
            return Awaited(value.event_id, said["basis"], said["execute_after"])
    return None


def _state(stored: Stored) -> dict[str, object]:
    return {value.attribute: value.value for value in stored.state}


def _passed_over(
    heads: Mapping[UUID, Head], stored: Mapping[UUID, Stored], wanted: _Wanted
) -> dict[UUID, str]:
    held = held_with_company(list(stored))
    found: dict[UUID, str] = {}
    for uid, rows in stored.items():
        awaited = _awaited(rows)
        if heads[uid].erased_event or not heads[uid].revision:
            found[uid] = GONE
        elif {row.version.entity_type for row in rows.entity_rows} & vocabulary.RESERVED_TYPES:
            found[uid] = RESERVED
        elif uid in held:
            found[uid] = HELD
        elif awaited and wanted.is_met_by(awaited):
            found[uid] = SCHEDULED
    return found


def _check(entity_uid: UUID, outcome: Scheduled) -> None:
    """Raises what the person who asked for this one has to know."""
    survivor = survivors.survivors_of([entity_uid]).get(entity_uid)
    if survivor is not None:
        raise Merged(survivor)
    if HELD in outcome.passed_over.values():
        raise Held
    reason = outcome.passed_over.get(entity_uid)
    if reason == RESERVED:
        raise Reserved
    if reason == GONE:
        is_erased = recording.lock([entity_uid])[entity_uid].erased_event
        raise Erased if is_erased else NotFound


def _audit(
    act: Act, action: str, events: Collection[Event], codes: list[str], batch_id: UUID
) -> None:
    """An entry for each entity, all of one batch."""
    ids: dict[UUID, list[UUID]] = {}
    for event in events:
        ids.setdefault(event.entity_uid, []).append(event.event_id)
    add_entries(
        Entry(
            act=act,
            action=action,
            entity_uid=uid,
            event_ids=event_ids,
            codes=codes,
            result_count=len(event_ids),
            batch_id=batch_id if len(ids) > 1 else None,
        )
        for uid, event_ids in ids.items()
    )
