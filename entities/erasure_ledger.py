"""The ledger of erasures: who is to be erased, who was, why, and which locations have confirmed it.

Its rows follow from the events, so that it is the same at every location; ids, codes and instants
only. Confirmations are what this location heard of the others.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction

from entities.erasure_rules import has_confirmed
from entities.members import Members, members
from events import erasers, sql
from events.clock import instant_of
from events.event import decode
from events.paging import Slice, slice_of

# An entity that is erased says all of it by the event that erased it.
ERASED_SQL = """
SELECT DISTINCT ON (entity_uid) entity_uid, event_id, location_id, hlc, raw FROM events_event
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND type = 'entity.erased.v1' AND state = 0
ORDER BY entity_uid, hlc, origin, event_id
"""

SCHEDULED_SQL = """
SELECT state.entity_uid, state.value::text, state.event_id, event.hlc, event.location_id
FROM entities_state state JOIN events_event event USING (event_id)
WHERE state.entity_uid = ANY(%(uids)b::uuid[]) AND state.attribute = 'erasure'
"""

DROP_SQL = "DELETE FROM entities_erasure WHERE entity_uid = ANY(%(uids)b::uuid[])"

COLUMNS = (
    "entity_uid",
    "basis",
    "scheduled_event",
    "scheduled_us",
    "execute_after_us",
    "location_id",
    "erased_event",
    "erased_us",
    "unanswered",
)

WRITE_SQL = """
INSERT INTO entities_erasure AS old (entity_uid, basis, scheduled_event, scheduled_us,
    execute_after_us, location_id, erased_event, erased_us, unanswered)
SELECT entity_uid, basis, scheduled_event, scheduled_us, execute_after_us, location_id,
    erased_event, erased_us, unanswered::text[]
FROM unnest(%(entity_uid)s::uuid[], %(basis)s::text[], %(scheduled_event)s::uuid[],
    %(scheduled_us)s::bigint[], %(execute_after_us)s::bigint[], %(location_id)s::text[],
    %(erased_event)s::uuid[], %(erased_us)s::bigint[], %(unanswered)s::text[])
    AS said (entity_uid, basis, scheduled_event, scheduled_us, execute_after_us, location_id,
        erased_event, erased_us, unanswered)
ON CONFLICT (entity_uid) DO UPDATE SET (basis, scheduled_event, scheduled_us, execute_after_us,
    location_id, erased_event, erased_us, unanswered)
    = (excluded.basis, excluded.scheduled_event, excluded.scheduled_us, excluded.execute_after_us,
    excluded.location_id, excluded.erased_event, excluded.erased_us, excluded.unanswered)
"""

ROW_SQL = """
SELECT entity_uid, basis, scheduled_event, scheduled_us, execute_after_us, location_id,
    erased_event, erased_us, unanswered FROM entities_erasure
"""

CONFIRMED_SQL = """
SELECT entity_uid, location_id, confirmed_at FROM entities_erasureconfirmation
WHERE entity_uid = ANY(%(uids)s::uuid[]) ORDER BY location_id
"""

# Not confirmed by all yet, oldest first.
OPEN_SQL = """
SELECT erasure.entity_uid, erasure.erased_us, event.origin, event.sequence,
    array(SELECT location_id FROM entities_erasureconfirmation told
        WHERE told.entity_uid = erasure.entity_uid)
FROM entities_erasure erasure JOIN events_event event ON event.event_id = erasure.erased_event
WHERE erasure.is_confirmed = false AND erasure.erased_event IS NOT NULL
    AND (erasure.erased_us, erasure.entity_uid) > (%(after)s, %(after_uid)s::uuid)
ORDER BY erasure.erased_us, erasure.entity_uid LIMIT %(limit)s
"""

CONFIRM_SQL = """
INSERT INTO entities_erasureconfirmation (entity_uid, location_id, confirmed_at)
SELECT uid, location_id, %(now)s FROM unnest(%(uids)s::uuid[], %(locations)s::text[])
    AS told (uid, location_id)
ON CONFLICT (entity_uid, location_id) DO NOTHING
"""

COMPLETE_SQL = """
UPDATE entities_erasure SET is_confirmed = true WHERE entity_uid = ANY(%(uids)s::uuid[])
"""

BATCH = 1_000
NO_UID = UUID(int=0)


Row = tuple[Any, ...]


class _Open(NamedTuple):
    """An erasure that not all have confirmed; where its event is in its origin's sequence."""

    entity_uid: UUID
    erased_us: int
    origin: str
    sequence: int | None
    confirmed_by: list[str]

    @property
    def confirmed(self) -> frozenset[str]:
        return frozenset(self.confirmed_by)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One erasure, scheduled or done; `location_id`: where. `confirmed`: location -> since when
    this location knows it. `unanswered`: who had not answered at the legal deadline."""

    entity_uid: UUID
    basis: str
    scheduled_event: UUID | None
    scheduled_at: datetime | None
    execute_after: datetime | None
    location_id: str
    erased_event: UUID | None
    erased_at: datetime | None
    unanswered: tuple[str, ...]
    confirmed: Mapping[str, datetime]
    unconfirmed: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        """Everywhere, as far as anybody is known to be there."""
        return self.erased_event is not None and not self.unconfirmed


@dataclass(frozen=True, slots=True)
class Verified:
    """What is known of an erasure, and what this database still has of the entity."""

    row: LedgerRow | None
    leftovers: Mapping[str, int]


def refresh(entity_uids: Collection[UUID]) -> None:
    """Make the ledger say of these entities what their events do. Called by the projection."""
    if not entity_uids:
        return
    params = {"uids": sorted(entity_uids)}
    rows = {uid: _scheduled(uid, *rest) for uid, *rest in sql.fetch_bound(SCHEDULED_SQL, params)}
    rows |= {uid: _erased(uid, *rest) for uid, *rest in sql.fetch_bound(ERASED_SQL, params)}
    gone = [uid for uid in params["uids"] if uid not in rows]
    if gone:
        sql.execute_bound(DROP_SQL, {"uids": gone})
    if rows:
        columns = zip(*rows.values(), strict=True)
        sql.execute(WRITE_SQL, dict(zip(COLUMNS, map(list, columns), strict=True)))


def rows(*, is_erased: bool, limit: int, after: tuple[int, UUID] | None = None) -> Slice[LedgerRow]:
    """Those that are done, the newest first, or those that are scheduled, the next one first.
    `after`: instant in µs and id of the last row of the page before."""
    column, order = ("erased_us", "DESC") if is_erased else ("execute_after_us", "ASC")
    sign = "<" if is_erased else ">"
    known = "IS NOT NULL" if is_erased else "IS NULL"
    beyond = f"AND ({column}, entity_uid) {sign} (%(at)s, %(uid)s::uuid)" if after else ""
    at, uid = after or (0, NO_UID)
    statement = (
        f"{ROW_SQL} WHERE erased_event {known} {beyond} "
        f"ORDER BY {column} {order}, entity_uid {order} LIMIT %(limit)s"
    )
    found = sql.fetch(statement, {"at": at, "uid": uid, "limit": limit + 1})
    return slice_of(_ledger_rows(found), limit)


def row_of(entity_uid: UUID) -> LedgerRow | None:
    found = sql.fetch(f"{ROW_SQL} WHERE entity_uid = %(uid)s", {"uid": entity_uid})
    return next(iter(_ledger_rows(found)), None)


def verify(entity_uid: UUID) -> Verified:
    """Where it was erased, who has not confirmed, and what is left of it here."""
    row = row_of(entity_uid)
    is_erased = row is not None and row.erased_event is not None
    return Verified(row, erasers.leftovers([entity_uid]) if is_erased else {})


def note_confirmations(*, now: datetime) -> int:
    """Write down which locations say by their heartbeats that they have erased; how many times."""
    known = members(here=settings.LOCATION_ID)
    noted, after, after_uid = 0, -1, NO_UID
    while True:
        with transaction.atomic():
            window = {"after": after, "after_uid": after_uid, "limit": BATCH}
            found = [_Open(*row) for row in sql.fetch(OPEN_SQL, window)]
            noted += _confirm(found, known, now)
        if len(found) < BATCH:
            return noted
        after, after_uid = found[-1].erased_us, found[-1].entity_uid


def _confirm(found: Sequence[_Open], known: Members, now: datetime) -> int:
    told: list[tuple[UUID, str]] = []
    complete = []
    for one in found:
        new = {name for name in known.locations - one.confirmed if _confirms(one, name, known)}
        told += [(one.entity_uid, name) for name in sorted(new)]
        if known.locations <= one.confirmed | new:
            complete.append(one.entity_uid)
    if told:
        uids, names = zip(*told, strict=True)
        sql.execute(CONFIRM_SQL, {"uids": list(uids), "locations": list(names), "now": now})
    if complete:
        sql.execute(COMPLETE_SQL, {"uids": complete})
    return len(told)


def _confirms(one: _Open, location_id: str, known: Members) -> bool:
    """This location has erased whatever is in its ledger as erased."""
    if location_id == settings.LOCATION_ID:
        return True
    heartbeat = known.heard.get(location_id)
    return heartbeat is not None and has_confirmed(
        origin=one.origin, sequence=one.sequence, location_id=location_id, heartbeat=heartbeat
    )


def _scheduled(uid: UUID, value: str, event_id: UUID, hlc: int, location_id: str) -> Row:
    said = orjson.loads(value)
    execute_after = said["execute_after"]
    return (uid, said["basis"], event_id, hlc, execute_after, location_id, None, None, "{}")


def _erased(uid: UUID, event_id: UUID, location_id: str, hlc: int, raw: bytes) -> Row:
    said = decode(bytes(raw)).data
    scheduled = said.get("scheduled")
    return (
        uid,
        said["basis"],
        UUID(scheduled) if scheduled else None,
        said.get("scheduled_at"),
        said.get("execute_after"),
        location_id,
        event_id,
        hlc,
        sql.array_literal(said.get("unanswered", ())),
    )


def _ledger_rows(found: Sequence[tuple[Any, ...]]) -> list[LedgerRow]:
    uids = [row[0] for row in found]
    confirmed: dict[UUID, dict[str, datetime]] = {uid: {} for uid in uids}
    for uid, location_id, at in sql.fetch(CONFIRMED_SQL, {"uids": uids}) if uids else ():
        confirmed[uid][location_id] = at
    known = members(here=settings.LOCATION_ID).locations if uids else frozenset()
    return [_ledger_row(row, confirmed[row[0]], known) for row in found]


def _ledger_row(
    row: tuple[Any, ...], confirmed: Mapping[str, datetime], known: frozenset[str]
) -> LedgerRow:
    uid, basis, scheduled, scheduled_us, after_us, location_id, erased, erased_us, silent = row
    missing = tuple(sorted(known - confirmed.keys())) if erased else ()
    return LedgerRow(
        entity_uid=uid,
        basis=basis,
        scheduled_event=scheduled,
        scheduled_at=None if scheduled_us is None else instant_of(scheduled_us),
        execute_after=None if after_us is None else instant_of(after_us),
        location_id=location_id,
        erased_event=erased,
        erased_at=None if erased_us is None else instant_of(erased_us),
        unanswered=tuple(silent),
        confirmed=confirmed,
        unconfirmed=missing,
    )
