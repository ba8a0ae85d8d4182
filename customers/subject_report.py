"""All that is held about one person, for the person: records, versions, events, and who looked.

A person is every record that stands for them: the survivor of merges, and all merged into it.
Versions and events come a page at a time, record by record; all else is small and on every page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from audit.transactions import Asked, Transaction, list_transactions
from customers import queries
from customers.models import CustomerState
from customers.queries import CustomerErased
from customers.retention import due
from customers.retention.policies import active_policies
from customers.retention.policy import reason_in_words
from customers.rows import CustomerRow
from entities import erasing, event_record, history, holding, inbox, survivors
from entities.erasing import Awaited
from entities.erasure_rules import has_confirmed
from entities.history import EventKey, HistoryKey
from entities.holding import Hold
from entities.members import members
from entities.refusals import InvalidCursor
from events import sql
from events.clock import MAX_INSTANT_US, instant_of
from events.heartbeat import Heartbeat
from events.paging import Window

MAX_ROWS = 1_000
# Of each record; all of them are in its access log.
MOST_LOOKS = 25
MOST_CONFLICTS = 100
VERSIONS, EVENTS = "versions", "events"
PARTS = (VERSIONS, EVENTS)

# Why somebody is held can warn the person of what a court has ordered to be kept from them. That
# they are held is told; the reason is read at the hold itself, by a provider who decides.
_HELD_BACK = ("reason", "reference")

PAIRS_SQL = """
SELECT a, b, score, found_at FROM customers_duplicate
WHERE a = ANY(%(uids)s::uuid[]) OR b = ANY(%(uids)s::uuid[])
ORDER BY score DESC, a, b
"""

DUE_OF_SQL = "SELECT entity_uid, place, due_us FROM due ORDER BY due_us, entity_uid"

# What could not be read is no event, but was sent about this person.
UNREAD_SQL = """
SELECT id, entity_uid, reason_code, first_seen, coalesce(length(raw), 0) FROM events_deadletter
WHERE entity_uid = ANY(%(uids)s::uuid[]) AND resolved_at IS NULL ORDER BY id
"""

LAST_EVENTS_SQL = """
SELECT origin, max(sequence), bool_or(sequence IS NULL) FROM events_event
WHERE entity_uid = ANY(%(uids)s::uuid[]) GROUP BY origin ORDER BY origin
"""

Row = dict[str, Any]


class Place(NamedTuple):
    """Where a page ended: in which record's versions or events, and after which; None: before."""

    entity_uid: UUID
    part: str
    key: HistoryKey | EventKey | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when a record stays, and by which policy; `reason` in words."""

    entity_uid: UUID
    policy: str
    reason: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """The newest entries of a record's access log; `has_more`: there are older ones."""

    entity_uid: UUID
    entries: Sequence[Transaction]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """`records`: who stands for the person first. `next`: where the next page begins."""

    subject: UUID
    records: Sequence[CustomerRow]
    holds: Sequence[Hold]
    erasure: Awaited | None
    kept: Sequence[Kept]
    conflicts: Sequence[Row]
    duplicates: Sequence[Row]
    unread: Sequence[Row]
    locations: Mapping[str, bool]
    looked: Sequence[Looked]
    versions: Sequence[Row]
    events: Sequence[Row]
    next: Place | None

    @property
    def uids(self) -> list[UUID]:
        return [record.entity_uid for record in self.records]


def subject_report(
    *, uid: UUID, here: str, limit: int = MAX_ROWS, after: Place | None = None
) -> SubjectReport:
    """Also of a deleted customer; of a merged one, that of who stands for it. Raises
    CustomerNotFound, CustomerErased."""
    queries.known_customer(uid=uid)
    subject = survivors.survivors_of([uid]).get(uid, uid)
    uids = [subject, *survivors.losers_of(subject)]
    versions, events, following = _told(uids, limit, after)
    return SubjectReport(
        subject=subject,
        records=_records(uids),
        holds=holding.holds_of(subject),
        erasure=erasing.awaited_erasure(subject),
        kept=_kept(uids),
        conflicts=_conflicts(uids),
        duplicates=_duplicates(uids),
        unread=_unread(uids),
        locations=_locations(uids, here),
        looked=[_looked(one) for one in uids],
        versions=versions,
        events=events,
        next=following,
    )


def _records(uids: Sequence[UUID]) -> list[CustomerRow]:
    """In this order. Raises CustomerErased, when the one who stands for the others is."""
    found = {row.entity_uid: row for row in queries.find_customers(uids=uids)}
    records = [found[uid] for uid in uids if uid in found]
    if records and records[0].state == CustomerState.ERASED:
        raise CustomerErased
    return records


def _told(
    uids: Sequence[UUID], limit: int, after: Place | None
) -> tuple[list[Row], list[Row], Place | None]:
    """Versions, events, and where the next page begins. Raises InvalidCursor."""
    told: dict[str, list[Row]] = {part: [] for part in PARTS}
    places = [Place(uid, part, None) for uid in uids for part in PARTS]
    for start in places if after is None else _from(after, places):
        room = limit - sum(map(len, told.values()))
        if not room:
            return told[VERSIONS], told[EVENTS], start
        rows, key = _rows(start, room)
        told[start.part] += rows
        if key is not None:
            return told[VERSIONS], told[EVENTS], start._replace(key=key)
    return told[VERSIONS], told[EVENTS], None


def _from(after: Place, places: Sequence[Place]) -> list[Place]:
    """Raises InvalidCursor for a place in another report, or of one that was un-merged since."""
    whole = after._replace(key=None)
    if whole not in places:
        raise InvalidCursor
    return [after, *places[places.index(whole) + 1 :]]


def _rows(start: Place, limit: int) -> tuple[list[Row], HistoryKey | EventKey | None]:
    """From there on, and the key of the last if more follow."""
    uid, part, key = start
    named: Row = {"entity_uid": uid}
    if part == VERSIONS:
        after = key if isinstance(key, HistoryKey) else None
        versions = history.history(uid, after=after, limit=limit)
        last = history.history_key(versions.rows[-1]) if versions.has_next else None
        return [named | row for row in versions.rows], last
    since = key if isinstance(key, EventKey) else None
    said = event_record.said_about(uid, after=since, limit=limit)
    end = history.event_key(said.rows[-1]) if said.has_next else None
    return [named | _tellable(row) for row in said.rows], end


def _tellable(row: Row) -> Row:
    if not row["type"].startswith("hold."):
        return {**row, "held_back": []}
    says = row["says"]
    return {
        **row,
        "says": {name: value for name, value in says.items() if name not in _HELD_BACK},
        "held_back": [name for name in _HELD_BACK if says.get(name)],
    }


def _kept(uids: Sequence[UUID]) -> list[Kept]:
    policies = active_policies()
    if not policies:
        return []
    rows = sql.fetch(
        due.due_sql(only=due.THESE) + DUE_OF_SQL,
        due.with_policies(policies) | {"until": MAX_INSTANT_US, "uids": list(uids)},
    )
    return [
        Kept(uid, policies[place - 1].code, reason_in_words(policies[place - 1]), instant_of(us))
        for uid, place, us in rows
    ]


def _conflicts(uids: Sequence[UUID]) -> list[Row]:
    window: Window[inbox.ConflictKey] = Window(size=MOST_CONFLICTS)
    return [row for uid in uids for row in inbox.conflicts_page(window=window, entity_uid=uid).rows]


def _duplicates(uids: Sequence[UUID]) -> list[Row]:
    """Who else may be this person: by id alone, because what they are called is theirs."""
    own = set(uids)
    return [
        {"entity_uid": a if a in own else b, "other": b if a in own else a, **told}
        for a, b, score, found_at in sql.fetch(PAIRS_SQL, {"uids": list(uids)})
        for told in [{"score": round(score, 3), "found_at": found_at}]
    ]


def _unread(uids: Sequence[UUID]) -> list[Row]:
    names = ("id", "entity_uid", "reason_code", "first_seen", "size_bytes")
    rows = sql.fetch(UNREAD_SQL, {"uids": list(uids)})
    return [dict(zip(names, row, strict=True)) for row in rows]


def _locations(uids: Sequence[UUID], here: str) -> dict[str, bool]:
    """All that are sent what is said, and whether each has said that it has the last of it."""
    known = members(here=here)
    lasts = sql.fetch(LAST_EVENTS_SQL, {"uids": list(uids)})
    return {
        location_id: location_id == here
        or all(_has(location_id, known.heard.get(location_id), *last) for last in lasts)
        for location_id in sorted(known.locations)
    }


def _has(
    location_id: str, heard: Heartbeat | None, origin: str, sequence: int | None, is_unsealed: bool
) -> bool:
    if origin.partition("/")[0] == location_id:
        return True
    return (
        heard is not None
        and not is_unsealed
        and has_confirmed(
            origin=origin, sequence=sequence, location_id=location_id, heartbeat=heard
        )
    )


def _looked(uid: UUID) -> Looked:
    page = list_transactions(Asked(subject=uid), limit=MOST_LOOKS)
    return Looked(uid, page.results, page.next is not None)
