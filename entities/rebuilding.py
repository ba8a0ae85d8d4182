"""All entities folded from the log again: what the tables say otherwise is named and put right."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from entities import erasure_ledger, projection, version_changes, version_rows, version_writes
from entities.fold import Folded, digest, fold
from entities.version_writes import Changes
from events import log, sql
from events.models import EventState
from events.principal import Act
from events.projectors import Head

# Entities per transaction: heads stay locked for a fraction of a second.
SLICE = 500

# Whoever has an event, a head or a row: rows without any event are found, too.
NEXT_UIDS_SQL = """
SELECT entity_uid FROM (
    (SELECT DISTINCT entity_uid FROM events_event WHERE entity_uid > %(after)s
     ORDER BY entity_uid LIMIT %(limit)s)
    UNION (SELECT entity_uid FROM events_head WHERE entity_uid > %(after)s
           ORDER BY entity_uid LIMIT %(limit)s)
    UNION (SELECT DISTINCT entity_uid FROM entities_entity WHERE entity_uid > %(after)s
           ORDER BY entity_uid LIMIT %(limit)s)
    UNION (SELECT DISTINCT entity_uid FROM entities_entitydetail WHERE entity_uid > %(after)s
           ORDER BY entity_uid LIMIT %(limit)s)
    UNION (SELECT DISTINCT entity_uid FROM entities_state WHERE entity_uid > %(after)s
           ORDER BY entity_uid LIMIT %(limit)s)
) AS known ORDER BY entity_uid LIMIT %(limit)s
"""

COUNT_SQL = "SELECT count(*) FROM events_head"

# Also of events whose bytes an erasure removed: the envelope stays.
ENVELOPES_SQL = """
SELECT entity_uid, event_id, origin, entity_seq, hlc, location_id, state FROM events_event
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND state IN (0, 4, 5)
ORDER BY entity_uid, origin, entity_seq
"""

NO_UID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Difference:
    """An entity whose rows were not what its events say; `parts` names tables, never values."""

    entity_uid: UUID
    parts: tuple[str, ...]


@dataclass(slots=True)
class Rebuilt:
    entities: int = 0
    events: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Envelopes:
    """What the heads and rows of a slice should say beside the values."""

    heads: Mapping[UUID, Head]
    locations: Mapping[UUID, str]
    voided: frozenset[UUID]


def entity_count() -> int:
    """About how many `rebuild` will go through."""
    return int(sql.fetch_bound(COUNT_SQL, {})[0][0])


def rebuild(
    act: Act,
    *,
    is_dry_run: bool = False,
    on_progress: Callable[[int], object] = lambda count: None,
) -> Rebuilt:
    """Fold everything anew, slice by slice, and write what differs, read models included; a dry
    run only compares. Writers go on meanwhile. `on_progress` gets the entities just done."""
    rebuilt = Rebuilt()
    for uids in _slices():
        with transaction.atomic():
            _rebuild_slice(uids, rebuilt, is_dry_run=is_dry_run)
        rebuilt.entities += len(uids)
        on_progress(len(uids))
    if not is_dry_run:
        add_entry(
            act,
            action="entities.rebuilt",
            hit_ids=[difference.entity_uid for difference in rebuilt.differences],
            result_count=len(rebuilt.differences),
        )
    return rebuilt


def _slices() -> Iterator[list[UUID]]:
    after = NO_UID
    while rows := sql.fetch_bound(NEXT_UIDS_SQL, {"after": after, "limit": SLICE}):
        uids = [uid for (uid,) in rows]
        after = uids[-1]
        yield uids


def _rebuild_slice(uids: Sequence[UUID], rebuilt: Rebuilt, *, is_dry_run: bool) -> None:
    heads = log.lock_heads(uids)
    stored = version_rows.load(uids)
    envelopes = _envelopes(uids)
    changes, written = Changes(), []
    for uid, events in log.events_of(uids).items():
        rebuilt.events += len(events)
        folded = fold(events)
        found = Changes()
        version_changes.add_changed(
            found,
            uid,
            stored=stored[uid],
            folded=folded,
            closed_by=projection.closed_by(stored[uid], folded, events),
            locations=envelopes.locations,
        )
        _settle(found, folded, envelopes)
        head = _with_digest(envelopes.heads.get(uid) or Head(uid), uid, folded, heads[uid])
        parts = found.tables()
        if head != heads[uid]:
            parts.append("events_head")
            written.append(head)
        if parts:
            rebuilt.differences.append(Difference(uid, tuple(parts)))
            changes.add(found)
    if not is_dry_run:
        version_writes.write(changes, envelopes.locations)
        log.save_heads(written)
        erasure_ledger.refresh(uids)
        projection.refresh_read_models(uids, held=heads.keys())
        log.forget_if_erased(uids)


def _settle(found: Changes, folded: Folded, envelopes: Envelopes) -> None:
    """Of what is written each time anyway only what is not so yet counts as different."""
    found.voided = [event_id for event_id in folded.voided if event_id not in envelopes.voided]
    if folded.erased_event:
        found.conflict_wipes = []


def _with_digest(expected: Head, uid: UUID, folded: Folded, present: Head) -> Head:
    expected.digest = digest(uid, folded)
    expected.erased_event = folded.erased_event
    expected.stale = present.stale
    return expected


def _envelopes(uids: Sequence[UUID]) -> Envelopes:
    heads: dict[UUID, Head] = {}
    locations: dict[UUID, str] = {}
    voided: set[UUID] = set()
    for uid, event_id, origin, entity_seq, hlc, location_id, state in sql.fetch_bound(
        ENVELOPES_SQL, {"uids": list(uids)}
    ):
        head = heads.setdefault(uid, Head(uid))
        head.revision += 1
        head.last_hlc = max(head.last_hlc, hlc)
        head.last_key = max(head.last_key, f"{hlc:016d} {origin} {event_id}")
        if entity_seq == head.vv.get(origin, 0) + 1:
            head.vv[origin] = entity_seq
        locations[event_id] = location_id
        if state == EventState.VOIDED:
            voided.add(event_id)
    return Envelopes(heads, locations, frozenset(voided))
