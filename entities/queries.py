"""What entities are now: current versions and state, bounded, in an explicit order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from entities.assertions import asserted, is_detail_code, is_same_value
from entities.entity_rows import (
    EntityRow,
    completing_now,
    fetch_prepared_entities,
)
from entities.refusals import Erased, Merged, NotFound
from events import sql
from events.event import Event

ENTITY_NOW_SQL = completing_now(
    "SELECT * FROM entities_entity WHERE entity_uid = %(uid)s AND valid_to IS NULL",
    order="page.entity_uid",
)

# Of any uid there is one row.
STANDING_SQL = """
SELECT EXISTS (SELECT FROM events_head WHERE entity_uid = %(uid)s AND erased_event IS NOT NULL),
    (SELECT survivor_uid FROM entities_survivor WHERE entity_uid = %(uid)s)
"""

CURRENT_SQL = """
SELECT entity_uid, entity_type, display_name
FROM entities_entity WHERE entity_uid = ANY(%(uids)b::uuid[]) AND is_current
ORDER BY entity_uid
"""

CURRENT_DETAILS_SQL = """
SELECT entity_uid, detail_code, value::text
FROM entities_entitydetail WHERE entity_uid = ANY(%(uids)b::uuid[]) AND is_current
ORDER BY entity_uid, detail_code
"""

STATE_SQL = """
SELECT entity_uid, attribute, value::text
FROM entities_state WHERE entity_uid = ANY(%(uids)b::uuid[])
ORDER BY entity_uid, attribute
"""

OPEN_CONFLICT_COUNT_SQL = "SELECT count(*) FROM entities_conflict WHERE closed_event IS NULL"


@dataclass(slots=True)
class CurrentEntity:
    """An entity as it is now. `details` by code, `state` by attribute (alive, merged_into, …)."""

    entity_uid: UUID
    entity_type: str | None
    display_name: str | None
    details: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)


def entity_now(uid: UUID) -> EntityRow:
    """The living entity. Raises Erased, NotFound (never heard of, deleted), Merged."""
    rows = fetch_prepared_entities(ENTITY_NOW_SQL, {"uid": uid})
    is_erased, survivor = standing(uid)
    if is_erased:
        raise Erased
    if not rows:
        raise NotFound
    if survivor is not None:
        raise Merged(survivor)
    return rows[0]


def standing(uid: UUID) -> tuple[bool, UUID | None]:
    """Whether it was erased, and which entity stands for it, if it was merged."""
    is_erased, survivor = sql.fetch_bound(STANDING_SQL, {"uid": uid})[0]
    return is_erased, survivor


def current(entity_uids: Collection[UUID]) -> dict[UUID, CurrentEntity]:
    """The living ones among these entities; the others are left out, also those that come to life
    between the three statements."""
    parameters = {"uids": list(entity_uids)}
    found = {
        uid: CurrentEntity(uid, entity_type, display_name)
        for uid, entity_type, display_name in sql.fetch_bound(CURRENT_SQL, parameters)
    }
    for uid, code, value in sql.fetch_bound(CURRENT_DETAILS_SQL, parameters):
        if uid in found:
            found[uid].details[code] = orjson.loads(value)
    for uid, attribute, value in sql.fetch_bound(STATE_SQL, parameters):
        if uid in found:
            found[uid].state[attribute] = orjson.loads(value)
    return found


def open_conflict_count() -> int:
    """Of this location; the index on open conflicts makes it cheap."""
    return int(sql.fetch_bound(OPEN_CONFLICT_COUNT_SQL, {})[0][0])


def superseded(*, entity_uid: UUID, events: Sequence[Event]) -> list[str]:
    """The attributes that these back-dated events asserted without changing what holds now,
    because something later stands: codes in order."""
    back_dated = [event for event in events if event.valid_from < event.hlc]
    if not back_dated:
        return []
    entity = current([entity_uid]).get(entity_uid)
    now = _values_now(entity) if entity else {}
    return sorted(
        {
            attribute
            for event in back_dated
            for attribute, value in asserted(event).items()
            if (is_detail_code(attribute) or attribute in now)
            and not is_same_value(now.get(attribute), value)
        }
    )


def _values_now(entity: CurrentEntity) -> Mapping[str, Any]:
    return {
        **entity.details,
        "entity_type": entity.entity_type,
        "display_name": entity.display_name,
    }
