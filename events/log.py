"""The event log and the heads: append, load, lock, and count into the heads what was folded."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from events import erasers, erasing, sql
from events.event import Event, decode
from events.models import EventState
from events.projectors import Head, attributes_of, company_of, last_key_of, projectors


@dataclass(frozen=True, slots=True)
class Entry:
    """One event with its bytes, as it goes into the log."""

    event: Event
    raw: bytes | None  # None: the entity was erased where the event comes from
    sha256: bytes
    state: EventState = EventState.FOLDED
    sequence: int | None = None
    is_bulk: bool = False
    batch_id: UUID | None = None


APPEND_SQL = """
INSERT INTO events_event (event_id, origin, location_id, entity_uid, entity_seq, sequence, type,
    hlc, codes, actor, role, request_id, reason_code, batch_id, is_bulk, raw, sha256, state,
    recorded_at)
SELECT event_id, origin, split_part(origin, '/', 1), entity_uid, entity_seq, sequence, type,
    hlc, codes::text[], actor, role, request_id, reason_code, batch_id, is_bulk, raw, sha256,
    state, %(recorded_at)s
FROM unnest(%(event_ids)b::uuid[], %(origins)b::text[], %(entity_uids)b::uuid[],
    %(entity_seqs)b::int[], %(sequences)s::bigint[], %(types)b::text[], %(hlcs)b::bigint[],
    %(codes)b::text[], %(actors)b::text[], %(roles)b::text[], %(request_ids)b::uuid[],
    %(reason_codes)s::text[], %(batch_ids)s::uuid[], %(bulk)b::bool[], %(raws)b::bytea[],
    %(hashes)b::bytea[], %(states)b::smallint[])
    AS arrival (event_id, origin, entity_uid, entity_seq, sequence, type, hlc, codes, actor, role,
        request_id, reason_code, batch_id, is_bulk, raw, sha256, state)
ON CONFLICT (event_id) DO NOTHING
"""


def append(entries: Sequence[Entry], *, recorded_at: datetime) -> int:
    """Put the events into the log, in one statement. Returns how many were new."""
    events = [entry.event for entry in entries]
    return sql.execute_bound(
        APPEND_SQL,
        {
            "recorded_at": recorded_at,
            "event_ids": [event.event_id for event in events],
            "origins": [event.origin for event in events],
            "entity_uids": [event.entity_uid for event in events],
            "entity_seqs": [event.entity_seq for event in events],
            "sequences": [entry.sequence for entry in entries],
            "types": [event.type for event in events],
            "hlcs": [event.hlc for event in events],
            "codes": [sql.array_literal(_codes(entry)) for entry in entries],
            "actors": [event.actor for event in events],
            "roles": [event.role for event in events],
            "request_ids": [event.request_id for event in events],
            "reason_codes": [event.reason_code for event in events],
            "batch_ids": [entry.batch_id for entry in entries],
            "bulk": [entry.is_bulk for entry in entries],
            "raws": [entry.raw for entry in entries],
            "hashes": [entry.sha256 for entry in entries],
            "states": [int(entry.state) for entry in entries],
        },
    )


def _codes(entry: Entry) -> list[str]:
    """What it asserts, as far as it still says anything."""
    return sorted(attributes_of(entry.event)) if entry.raw is not None else []


# The guard of the table lets the codes of pending events change only.
SAVE_CODES_SQL = """
UPDATE events_event event SET codes = learned.codes::text[]
FROM unnest(%(ids)s::uuid[], %(codes)s::text[]) AS learned (event_id, codes)
WHERE event.event_id = learned.event_id AND event.codes <> learned.codes::text[]
"""


def save_codes(events: Sequence[Event]) -> None:
    """Of events still pending: what they assert, so that a partial re-fold finds them."""
    if events:
        sql.execute(
            SAVE_CODES_SQL,
            {
                "ids": [event.event_id for event in events],
                "codes": [sql.array_literal(sorted(attributes_of(event))) for event in events],
            },
        )


# Both in uid order: two writers that want the same entities queue instead of deadlocking.
MISSING_HEADS_SQL = """
INSERT INTO events_head (entity_uid, last_hlc, last_key, vv, revision, stale)
SELECT entity_uid, 0, '', '{}', 0, false FROM unnest(%(uids)b::uuid[]) AS wanted (entity_uid)
WHERE NOT EXISTS (SELECT 1 FROM events_head head WHERE head.entity_uid = wanted.entity_uid)
ORDER BY entity_uid
ON CONFLICT (entity_uid) DO NOTHING
"""

LOCK_HEADS_SQL = """
SELECT entity_uid, last_hlc, last_key, vv::text, revision, digest, erased_event, stale
FROM events_head WHERE entity_uid = ANY(%(uids)b::uuid[]) ORDER BY entity_uid FOR UPDATE
"""


def lock_heads(uids: Collection[UUID], arrivals: Sequence[Event] = ()) -> dict[UUID, Head]:
    """The heads of these entities, locked until the transaction ends; missing ones are made.
    Among them are those of whoever changes together with them, now or by the arrivals."""
    if not uids:
        return {}
    wanted = sorted(company_of(uids, arrivals))
    sql.execute_bound(MISSING_HEADS_SQL, {"uids": wanted})
    return {row[0]: _head(row) for row in sql.fetch_bound(LOCK_HEADS_SQL, {"uids": wanted})}


def _head(row: tuple[Any, ...]) -> Head:
    return Head(
        entity_uid=row[0],
        last_hlc=row[1],
        last_key=row[2],
        vv=orjson.loads(row[3]),
        revision=row[4],
        digest=row[5],
        erased_event=row[6],
        stale=row[7],
    )


SAVE_HEADS_SQL = """
UPDATE events_head head
SET last_hlc = new.last_hlc, last_key = new.last_key, vv = new.vv::jsonb,
    revision = new.revision, digest = new.digest, erased_event = new.erased_event,
    stale = new.stale
FROM unnest(%(uids)b::uuid[], %(last_hlcs)b::bigint[], %(last_keys)b::text[], %(vvs)b::text[],
    %(revisions)b::bigint[], %(digests)b::bytea[], %(erased)b::uuid[], %(stale)b::bool[])
    AS new (entity_uid, last_hlc, last_key, vv, revision, digest, erased_event, stale)
WHERE head.entity_uid = new.entity_uid
"""


def save_heads(heads: Collection[Head]) -> None:
    """Write the heads back, in one statement."""
    if not heads:
        return
    sql.execute_bound(
        SAVE_HEADS_SQL,
        {
            "uids": [head.entity_uid for head in heads],
            "last_hlcs": [head.last_hlc for head in heads],
            "last_keys": [head.last_key for head in heads],
            "vvs": [orjson.dumps(head.vv).decode() for head in heads],
            "revisions": [head.revision for head in heads],
            "digests": [head.digest for head in heads],
            "erased": [head.erased_event for head in heads],
            "stale": [head.stale for head in heads],
        },
    )


def fold_in(events: Sequence[Event], *, heads: Mapping[UUID, Head] | None = None) -> None:
    """Project events that are in the log and were never counted, then count them into the heads.

    Must run in a transaction; without `heads` it locks them.
    """
    if not events:
        return
    if heads is None:
        heads = lock_heads({event.entity_uid for event in events}, events)
    for projector in projectors():
        arrivals = [event for event in events if event.type in projector.types]
        if arrivals:
            projector.project(heads, arrivals)
    touched = {event.entity_uid: heads[event.entity_uid] for event in events}
    save_heads(_count_in(heads, [*events, *_forget(touched)]))


def forget_if_erased(uids: Collection[UUID]) -> None:
    """Remove what came of these entities without being folded, if they were erased here before.
    Must run in a transaction, with what came already in the log."""
    rows = sql.fetch_bound(LOCK_HEADS_SQL, {"uids": sorted(uids)}) if uids else []
    heads = {row[0]: _head(row) for row in rows}
    forgotten = _forget(heads)
    if forgotten:
        save_heads(_count_in(heads, forgotten))


def _forget(heads: Mapping[UUID, Head]) -> list[erasing.Forgotten]:
    """Of those that are erased; what was pending is to be counted now."""
    erased = [uid for uid, head in heads.items() if head.erased_event]
    if not erased:
        return []
    forgotten = erasing.forget_events(erased)
    erasers.erase(erased)
    for uid in erased:
        heads[uid].stale = False
    return forgotten


def _count_in(
    heads: Mapping[UUID, Head], events: Sequence[Event | erasing.Forgotten]
) -> list[Head]:
    by_entity: dict[UUID, list[Event | erasing.Forgotten]] = defaultdict(list)
    for event in events:
        by_entity[event.entity_uid].append(event)
    for uid, arrivals in by_entity.items():
        head = heads[uid]
        head.last_hlc = max(head.last_hlc, *(event.hlc for event in arrivals))
        head.last_key = max(head.last_key, *(last_key_of(event) for event in arrivals))
        head.revision += len(arrivals)
        for event in sorted(arrivals, key=lambda arrival: arrival.entity_seq):
            if event.entity_seq == head.vv.get(event.origin, 0) + 1:
                head.vv[event.origin] = event.entity_seq
    touched = [heads[uid] for uid in by_entity]
    _close_gaps([head for head in touched if head.revision != sum(head.vv.values())])
    return touched


# Only entities with a hole are asked for; the numbers beyond it are few.
BEYOND_PREFIX_SQL = """
SELECT event.entity_uid, event.origin, event.entity_seq
FROM unnest(%(uids)s::uuid[], %(vvs)s::text[]) AS head (entity_uid, vv)
JOIN events_event event ON event.entity_uid = head.entity_uid
    AND event.entity_seq > coalesce((head.vv::jsonb ->> event.origin)::int, 0)
WHERE event.state IN (0, 4, 5)
ORDER BY event.entity_uid, event.origin, event.entity_seq
"""


def _close_gaps(gappy: Sequence[Head]) -> None:
    """Move prefixes over what arrived before its predecessors did."""
    if not gappy:
        return
    heads = {head.entity_uid: head for head in gappy}
    rows = sql.fetch(
        BEYOND_PREFIX_SQL,
        {
            "uids": list(heads),
            "vvs": [orjson.dumps(head.vv).decode() for head in heads.values()],
        },
    )
    for entity_uid, origin, entity_seq in rows:
        vv = heads[entity_uid].vv
        if entity_seq == vv.get(origin, 0) + 1:
            vv[origin] = entity_seq


EVENTS_OF_SQL = """
SELECT entity_uid, raw FROM events_event
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND state IN (0, 4, 5) AND raw IS NOT NULL
    AND (%(attributes)s::text[] IS NULL OR codes && %(attributes)s::text[])
"""


def events_of(
    uids: Collection[UUID], *, attributes: Iterable[str] | None = None
) -> dict[UUID, list[Event]]:
    """The folded, voided and erased events of each entity, by key; with `attributes` only those
    that assert one of them. Every uid has an entry."""
    found: dict[UUID, list[Event]] = {uid: [] for uid in uids}
    wanted = None if attributes is None else sorted(attributes)
    params = {"uids": list(found), "attributes": wanted}
    for entity_uid, raw in sql.fetch_bound(EVENTS_OF_SQL, params):
        found[entity_uid].append(decode(raw))
    for events in found.values():
        events.sort(key=lambda event: event.key)
    return found


EVENTS_BY_ID_SQL = """
SELECT event_id, raw FROM events_event
WHERE event_id = ANY(%(event_ids)b::uuid[]) AND raw IS NOT NULL
"""


def events_by_id(event_ids: Collection[UUID]) -> dict[UUID, Event]:
    """Those of them that are here and not erased."""
    rows = sql.fetch_bound(EVENTS_BY_ID_SQL, {"event_ids": list(event_ids)})
    return {event_id: decode(raw) for event_id, raw in rows}
