"""The inbox: open conflicts with what each side said, newest first, a page at a time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from entities.assertions import SURVIVOR, claimed_survivor, contested
from entities.timelines import winners_of
from events import sql
from events.clock import instant_of, us_of
from events.event import Event, decode
from events.paging import Page, Window, page_of

# Of an entity that is not there now, the name that it had last.
CONFLICTS_SQL = """
SELECT conflict.conflict_id, conflict.entity_uid, named.display_name, conflict.attribute,
       conflict.opened_hlc, conflict.heads
FROM (
    SELECT * FROM entities_conflict WHERE CONDITIONS
    ORDER BY DIRECTION LIMIT %(limit)s OFFSET %(offset)s
) AS conflict
LEFT JOIN LATERAL (
    SELECT display_name FROM entities_entity AS version
    WHERE version.entity_uid = conflict.entity_uid ORDER BY valid_from DESC LIMIT 1
) AS named ON true
ORDER BY conflict.opened_hlc DESC, conflict.conflict_id DESC
"""
NEWEST_FIRST = "opened_hlc DESC, conflict_id DESC"
OLDEST_FIRST = "opened_hlc, conflict_id"
OPEN = "closed_event IS NULL"
OF_ENTITY = "entity_uid = %(entity_uid)s"
OLDER = "(opened_hlc, conflict_id) < (%(opened_hlc)s, %(conflict_id)s)"
NEWER = "(opened_hlc, conflict_id) > (%(opened_hlc)s, %(conflict_id)s)"

# The heads, and what else was ever said of the attribute: one of these holds now. One head of an
# item about a survivor is an event of that other entity.
CLAIMS_SQL = """
SELECT conflict.conflict_id, event.event_id, event.location_id, event.actor, event.hlc, event.raw
FROM entities_conflict AS conflict
CROSS JOIN LATERAL (
    SELECT * FROM events_event
    WHERE entity_uid = conflict.entity_uid AND codes @> ARRAY[conflict.attribute]
        AND event_id <> ALL(conflict.heads)
    UNION ALL
    SELECT * FROM events_event WHERE event_id = ANY(conflict.heads)
) AS event
WHERE conflict.conflict_id = ANY(%(conflict_ids)s::uuid[]) AND event.state IN (0, 4)
ORDER BY conflict.conflict_id, event.hlc, event.origin, event.event_id
"""


class ConflictKey(NamedTuple):
    """Its place in the inbox: the conflict with the greatest one is the newest."""

    opened_hlc: int
    conflict_id: UUID


class Claim(NamedTuple):
    """What the log holds of one event about a conflict's attribute; `event` None: erased."""

    event_id: UUID
    location_id: str
    actor: str
    hlc: int
    event: Event | None


def conflicts_page(
    *, window: Window[ConflictKey], entity_uid: UUID | None = None
) -> Page[dict[str, Any]]:
    """Rows as the API's `conflicts`; `heads` in the order in which they were written. Two
    statements, whatever the size."""
    conditions = [OPEN] if entity_uid is None else [OPEN, OF_ENTITY]
    found = _rows(window, conditions, entity_uid)
    claims = _claims([conflict_id for conflict_id, *_ in found])
    return page_of([_row(row, claims[row[0]]) for row in found], window=window)


def conflict_key(row: Mapping[str, Any]) -> ConflictKey:
    """For the page after or before the one that ends with this row."""
    return ConflictKey(us_of(row["opened_at"]), row["conflict_id"])


def _rows(
    window: Window[ConflictKey], conditions: Sequence[str], entity_uid: UUID | None
) -> list[tuple[Any, ...]]:
    key = window.after or window.before
    if key is not None:
        conditions = [*conditions, OLDER if window.after else NEWER]
    direction = OLDEST_FIRST if window.before else NEWEST_FIRST
    statement = CONFLICTS_SQL.replace("CONDITIONS", " AND ".join(conditions))
    return sql.fetch(
        statement.replace("DIRECTION", direction),
        {
            **(key._asdict() if key else {}),
            "entity_uid": entity_uid,
            "limit": window.size + 1,
            "offset": window.offset,
        },
    )


def _claims(conflict_ids: Sequence[UUID]) -> Mapping[UUID, list[Claim]]:
    claims: defaultdict[UUID, list[Claim]] = defaultdict(list)
    rows = sql.fetch(CLAIMS_SQL, {"conflict_ids": list(conflict_ids)})
    for conflict_id, event_id, location_id, actor, hlc, raw in rows:
        event = None if raw is None else decode(bytes(raw))
        claims[conflict_id].append(Claim(event_id, location_id, actor, hlc, event))
    return claims


def _row(row: Sequence[Any], claims: Sequence[Claim]) -> dict[str, Any]:
    conflict_id, entity_uid, display_name, attribute, opened_hlc, heads = row
    return {
        "conflict_id": conflict_id,
        "entity_uid": entity_uid,
        "display_name": display_name,
        "attribute": attribute,
        "opened_at": instant_of(opened_hlc),
        "holds": _holding_event(claims, attribute),
        "heads": [_head(claim, attribute) for claim in claims if claim.event_id in heads],
    }


def _head(claim: Claim, attribute: str) -> dict[str, Any]:
    return {
        "event_id": claim.event_id,
        "value": _value(claim.event, attribute) if claim.event else None,
        "location_id": claim.location_id,
        "actor": claim.actor,
        "at": instant_of(claim.hlc),
    }


def _value(event: Event, attribute: str) -> Any:
    if attribute == SURVIVOR:
        return claimed_survivor(event)
    return contested(event)[attribute]


def _holding_event(claims: Iterable[Claim], attribute: str) -> UUID | None:
    """Whose assertion holds now; it need not be a head: a back-dated one may hold no more."""
    if attribute == SURVIVOR:
        return next((claim.event_id for claim in claims if _is_end(claim.event)), None)
    winners = winners_of([claim.event for claim in claims if claim.event])
    assertions = winners.get(attribute)
    return assertions[-1].event_id if assertions else None


def _is_end(event: Event | None) -> bool:
    return event is None or claimed_survivor(event) is None
