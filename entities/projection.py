"""Events → versions: decides per entity how to fold, writes what differs, then the read models.

The only caller that touches the version tables. Whatever way is taken, the rows are those of
folding all events of the entity from scratch.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from entities import erasure_ledger, survivors, version_changes, version_rows, version_writes
from entities.assertions import ERASURE, MERGED_TYPE
from entities.fold import (
    KNOWN_TYPES,
    Folded,
    attributes_of,
    closing_event,
    closure,
    digest,
    fold,
    is_enough,
    refold,
)
from entities.succession import advance, is_fast, succeeds
from entities.version_rows import Stored
from entities.version_writes import Changes
from events import log
from events.event import Event
from events.projectors import Head, register_projector

ReadModel = Callable[[Collection[UUID]], None]

_read_models: list[ReadModel] = []


@dataclass(slots=True)
class Result:
    """What one entity comes to; `closed_by`: conflict id → the event that ended it."""

    folded: Folded
    closed_by: dict[UUID, UUID] = field(default_factory=dict)


class EntityProjector:
    """What `events` knows of entities."""

    types = KNOWN_TYPES

    def attributes_of(self, event: Event) -> frozenset[str]:
        return attributes_of(event)

    def company_of(self, uids: Collection[UUID], arrivals: Sequence[Event]) -> Collection[UUID]:
        """Whoever is linked to them by merges, and by those that arrive."""
        merges = [event for event in arrivals if event.type == MERGED_TYPE]
        if not merges:
            return survivors.company_of(uids)
        survivors.lock()
        into = {UUID(event.data["into"]) for event in merges}
        return into | survivors.company_of({*uids, *into})

    def project(self, heads: Mapping[UUID, Head], arrivals: Sequence[Event]) -> None:
        project(heads, arrivals)


def register() -> None:
    register_projector(EntityProjector())


def register_read_model(refresh: ReadModel) -> None:
    """`refresh(entity_uids)` runs after the version rows are written, in their transaction, with
    the heads of these entities locked."""
    if refresh not in _read_models:
        _read_models.append(refresh)


def refresh_read_models(uids: Collection[UUID], *, held: Collection[UUID]) -> None:
    """Also of those that stand for others, or do not, by what these came to; `held`: whose heads
    are locked."""
    concerned = {*uids, *survivors.refresh(uids, held=held)}
    for refresh in _read_models:
        refresh(concerned)


def project(heads: Mapping[UUID, Head], arrivals: Sequence[Event]) -> None:
    """Fold arrivals into rows: a handful of statements, whatever their number.

    Heads are locked and count what was folded before; the arrivals are in the log as folded.
    """
    by_entity = _by_entity(arrivals)
    stored = version_rows.load([uid for uid in by_entity if heads[uid].revision])
    locations = {event.event_id: event.location_id for event in arrivals}
    for rows in stored.values():
        locations.update(rows.locations())
    results: dict[UUID, Result] = {}
    late: dict[UUID, list[Event]] = {}
    for uid, events in by_entity.items():
        result = _without_log(heads[uid], stored.get(uid), events)
        if result is None:
            late[uid] = events
        else:
            results[uid] = result
    if late:
        results |= _from_log(heads, stored, late, locations)
    version_writes.write(_changes(stored, results), locations)
    for uid, result in results.items():
        heads[uid].digest = digest(uid, result.folded)
        heads[uid].erased_event = result.folded.erased_event
    erasure_ledger.refresh(
        [uid for uid, result in results.items() if _is_of_ledger(result.folded, stored.get(uid))]
    )
    refresh_read_models(by_entity.keys(), held=heads.keys())


def _is_of_ledger(folded: Folded, stored: Stored | None) -> bool:
    """Is or was it erased or to be erased?"""
    state = [*folded.state, *(stored.state if stored else ())]
    return bool(folded.erased_event) or any(value.attribute == ERASURE for value in state)


def _by_entity(arrivals: Iterable[Event]) -> dict[UUID, list[Event]]:
    by_entity: dict[UUID, list[Event]] = defaultdict(list)
    for event in sorted(arrivals, key=lambda event: event.key):
        by_entity[event.entity_uid].append(event)
    return by_entity


def _without_log(head: Head, stored: Stored | None, events: Sequence[Event]) -> Result | None:
    """A new entity is the fold of its arrivals; of a known one each event may succeed all before
    it. None: the log is needed."""
    if stored is None:
        return Result(fold(events))
    if head.stale:
        return None
    folded = stored.folded(head.erased_event)
    closed_by: dict[UUID, UUID] = {}
    last_hlc, vv, revision = head.last_hlc, dict(head.vv), head.revision
    for event in events:
        is_next = succeeds(event, last_hlc=last_hlc, vv=vv, revision=revision)
        if not is_next or not is_fast(folded, event):
            return None
        before = folded.conflicts
        folded = advance(folded, event)
        if before:
            kept = {conflict.conflict_id for conflict in folded.conflicts}
            ended = [row.conflict_id for row in before if row.conflict_id not in kept]
            closed_by |= dict.fromkeys(ended, event.event_id)
        last_hlc, revision = event.hlc, revision + 1
        if event.entity_seq == vv.get(event.origin, 0) + 1:
            vv[event.origin] = event.entity_seq
    return Result(folded, closed_by)


def _from_log(
    heads: Mapping[UUID, Head],
    stored: Mapping[UUID, Stored],
    late: Mapping[UUID, Sequence[Event]],
    locations: dict[UUID, str],
) -> dict[UUID, Result]:
    """Re-fold what the late events assert, or the whole entity; at most two reads of the log."""
    asserted = {uid: _asserted(events) for uid, events in late.items()}
    wanted = {
        uid: affected
        for uid, attributes in asserted.items()
        if not heads[uid].stale and (affected := closure(attributes)) is not None
    }
    results: dict[UUID, Result] = {}
    if wanted:
        attributes = frozenset[str]().union(*wanted.values())
        for uid, events in log.events_of(list(wanted), attributes=attributes).items():
            locations.update((event.event_id, event.location_id) for event in events)
            if is_enough(events, asserted[uid]):
                before = stored[uid].folded(heads[uid].erased_event)
                folded = refold(before, [*events, *late[uid]], asserted[uid])
                results[uid] = Result(folded, closed_by(stored[uid], folded, events))
    whole = [uid for uid in late if uid not in results]
    for uid, events in (log.events_of(whole) if whole else {}).items():
        locations.update((event.event_id, event.location_id) for event in events)
        folded = fold(events)
        results[uid] = Result(folded, closed_by(stored[uid], folded, events))
    return results


def _asserted(events: Iterable[Event]) -> frozenset[str]:
    return frozenset[str]().union(*map(attributes_of, events))


def closed_by(stored: Stored, folded: Folded, events: Sequence[Event]) -> dict[UUID, UUID]:
    """Conflict id → what ended it, for the stored conflicts that are open no more."""
    gone = set(version_changes.gone_conflicts(stored, folded))
    closers = {
        row.conflict_id: closing_event(events, row.attribute, row.heads)
        for row in stored.conflicts
        if row.conflict_id in gone
    }
    return {conflict_id: closer for conflict_id, closer in closers.items() if closer}


def _changes(stored: Mapping[UUID, Stored], results: Mapping[UUID, Result]) -> Changes:
    changes = Changes()
    for uid, result in results.items():
        if uid in stored:
            version_changes.add_changed(
                changes,
                uid,
                stored=stored[uid],
                folded=result.folded,
                closed_by=result.closed_by,
            )
        else:
            version_changes.add_new(changes, uid, result.folded)
    return changes
