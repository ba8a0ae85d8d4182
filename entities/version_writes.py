"""What differs between rows and fold, written set-based: one statement per table and verb."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from uuid import UUID

import orjson

from entities.folded import Conflict, DetailVersion, EntityVersion, StateValue, hashdiff
from entities.text_forms import search_text, sort_key
from events import sql
from events.clock import instant_of
from events.models import EventState

DELETE_ENTITIES_SQL = "DELETE FROM entities_entity WHERE id = ANY(%(ids)b::bigint[])"

# A version that only ends keeps its recorded_at: what it says was learned when it began.
UPDATE_ENTITIES_SQL = """
UPDATE entities_entity AS old
SET entity_type = new.entity_type, display_name = new.display_name, sort_key = new.sort_key,
    valid_to = new.valid_to, hashdiff = new.hashdiff, event_id = new.event_id,
    location_id = new.location_id,
    recorded_at = CASE WHEN (old.event_id, old.hashdiff) = (new.event_id, new.hashdiff)
                  THEN old.recorded_at ELSE now() END
FROM unnest(%(ids)b::bigint[], %(types)b::text[], %(names)b::text[], %(texts)b::text[],
            %(ends)b::timestamptz[], %(hashes)b::bytea[], %(event_ids)b::uuid[],
            %(locations)b::text[])
     AS new(id, entity_type, display_name, sort_key, valid_to, hashdiff, event_id, location_id)
WHERE old.id = new.id
"""

INSERT_ENTITIES_SQL = """
INSERT INTO entities_entity (entity_uid, entity_type, display_name, sort_key, valid_from, valid_to,
                             hashdiff, event_id, location_id, recorded_at)
SELECT *, now()
FROM unnest(%(uids)b::uuid[], %(types)b::text[], %(names)b::text[], %(texts)b::text[],
            %(starts)b::timestamptz[], %(ends)b::timestamptz[], %(hashes)b::bytea[],
            %(event_ids)b::uuid[], %(locations)b::text[])
"""

DELETE_DETAILS_SQL = "DELETE FROM entities_entitydetail WHERE id = ANY(%(ids)b::bigint[])"

UPDATE_DETAILS_SQL = """
UPDATE entities_entitydetail AS old
SET value = new.value::jsonb, search_text = new.search_text, valid_to = new.valid_to,
    hashdiff = new.hashdiff, event_id = new.event_id, location_id = new.location_id,
    recorded_at = CASE WHEN (old.event_id, old.hashdiff) = (new.event_id, new.hashdiff)
                  THEN old.recorded_at ELSE now() END
FROM unnest(%(ids)b::bigint[], %(values)b::text[], %(texts)b::text[], %(ends)b::timestamptz[],
            %(hashes)b::bytea[], %(event_ids)b::uuid[], %(locations)b::text[])
     AS new(id, value, search_text, valid_to, hashdiff, event_id, location_id)
WHERE old.id = new.id
"""

INSERT_DETAILS_SQL = """
INSERT INTO entities_entitydetail (entity_uid, detail_code, value, search_text, valid_from,
                                   valid_to, hashdiff, event_id, location_id, recorded_at)
SELECT entity_uid, detail_code, value::jsonb, search_text, valid_from, valid_to, hashdiff,
       event_id, location_id, now()
FROM unnest(%(uids)b::uuid[], %(codes)b::text[], %(values)b::text[], %(texts)b::text[],
            %(starts)b::timestamptz[], %(ends)b::timestamptz[], %(hashes)b::bytea[],
            %(event_ids)b::uuid[], %(locations)b::text[])
     AS new(entity_uid, detail_code, value, search_text, valid_from, valid_to, hashdiff, event_id,
            location_id)
"""

DELETE_STATE_SQL = """
DELETE FROM entities_state AS old
USING unnest(%(uids)b::uuid[], %(attributes)b::text[]) AS gone(entity_uid, attribute)
WHERE old.entity_uid = gone.entity_uid AND old.attribute = gone.attribute
"""

UPSERT_STATE_SQL = """
INSERT INTO entities_state (entity_uid, attribute, value, event_id)
SELECT entity_uid, attribute, value::jsonb, event_id
FROM unnest(%(uids)b::uuid[], %(attributes)b::text[], %(values)b::text[], %(event_ids)b::uuid[])
     AS new(entity_uid, attribute, value, event_id)
ON CONFLICT (entity_uid, attribute) DO UPDATE
SET value = EXCLUDED.value, event_id = EXCLUDED.event_id
"""

# A conflict that a void had closed may come back with the same heads: then it is open again.
UPSERT_CONFLICTS_SQL = """
INSERT INTO entities_conflict (conflict_id, entity_uid, attribute, heads, opened_hlc)
SELECT conflict_id, entity_uid, attribute, heads::uuid[], opened_hlc
FROM unnest(%(ids)b::uuid[], %(uids)b::uuid[], %(attributes)b::text[], %(heads)b::text[],
            %(opened)b::bigint[])
     AS new(conflict_id, entity_uid, attribute, heads, opened_hlc)
ON CONFLICT (conflict_id) DO UPDATE SET closed_event = NULL
"""

CLOSE_CONFLICTS_SQL = """
UPDATE entities_conflict AS old SET closed_event = new.closed_event
FROM unnest(%(ids)b::uuid[], %(closed)b::uuid[]) AS new(conflict_id, closed_event)
WHERE old.conflict_id = new.conflict_id
"""

WIPE_CONFLICTS_SQL = "DELETE FROM entities_conflict WHERE entity_uid = ANY(%(uids)b::uuid[])"

VOID_EVENTS_SQL = """
UPDATE events_event SET state = %(voided)s
WHERE event_id = ANY(%(event_ids)b::uuid[]) AND state = %(folded)s
"""

LOCATIONS_OF_EVENTS_SQL = """
SELECT event_id, location_id FROM events_event WHERE event_id = ANY(%(event_ids)b::uuid[])
"""

TABLE_OF_CHANGE = {
    "entity_deletes": "entities_entity",
    "entity_updates": "entities_entity",
    "entity_inserts": "entities_entity",
    "detail_deletes": "entities_entitydetail",
    "detail_updates": "entities_entitydetail",
    "detail_inserts": "entities_entitydetail",
    "state_deletes": "entities_state",
    "state_upserts": "entities_state",
    "conflict_upserts": "entities_conflict",
    "conflict_closings": "entities_conflict",
    "conflict_wipes": "entities_conflict",
    "voided": "events_event",
}

Inserted = tuple[UUID, Any, bytes]
Updated = tuple[int, Any, bytes]


@dataclass(slots=True)
class Changes:
    """What has to be written so that the rows say what the folds say. Updates name the row,
    inserts the entity; the second part is the version, the third its hashdiff."""

    entity_deletes: list[int] = field(default_factory=list)
    entity_updates: list[Updated] = field(default_factory=list)
    entity_inserts: list[Inserted] = field(default_factory=list)
    detail_deletes: list[int] = field(default_factory=list)
    detail_updates: list[Updated] = field(default_factory=list)
    detail_inserts: list[Inserted] = field(default_factory=list)
    state_deletes: list[tuple[UUID, str]] = field(default_factory=list)
    state_upserts: list[tuple[UUID, StateValue]] = field(default_factory=list)
    conflict_upserts: list[tuple[UUID, Conflict]] = field(default_factory=list)
    conflict_closings: list[tuple[UUID, UUID]] = field(default_factory=list)
    conflict_wipes: list[UUID] = field(default_factory=list)
    voided: list[UUID] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        for item in fields(self):
            getattr(self, item.name).extend(getattr(other, item.name))

    def tables(self) -> list[str]:
        """Which tables have rows to be written."""
        return sorted(
            {TABLE_OF_CHANGE[item.name] for item in fields(self) if getattr(self, item.name)}
        )

    def provenances(self) -> set[UUID]:
        """The events of all rows to be written; each brings its location along."""
        rows = (
            self.entity_updates,
            self.entity_inserts,
            self.detail_updates,
            self.detail_inserts,
        )
        return {version.event_id for row in rows for _, version, _ in row}


def write(changes: Changes, locations: Mapping[UUID, str]) -> None:
    """Deletes, then updates, then inserts: so that no unique key is ever taken twice.

    `locations`: event id → location_id for the provenance events; the log is asked for others.
    """
    missing = changes.provenances() - locations.keys()
    if missing:
        locations = {**locations, **_locations_of(missing)}
    _write_entities(changes, locations)
    _write_details(changes, locations)
    _write_state(changes)
    _write_conflicts(changes)
    if changes.voided:
        states = {"voided": EventState.VOIDED.value, "folded": EventState.FOLDED.value}
        sql.execute_bound(VOID_EVENTS_SQL, {"event_ids": changes.voided, **states})


def entity_hash(version: EntityVersion) -> bytes:
    return hashdiff(version.entity_type, version.display_name)


def entity_text(version: EntityVersion) -> str:
    return sort_key(version.display_name)


def detail_hash(version: DetailVersion) -> bytes:
    return hashdiff(version.value)


def detail_text(version: DetailVersion) -> str:
    return search_text(version.value)


def _locations_of(event_ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(sql.fetch_bound(LOCATIONS_OF_EVENTS_SQL, {"event_ids": list(event_ids)}))


def _write_entities(changes: Changes, locations: Mapping[UUID, str]) -> None:
    if changes.entity_deletes:
        sql.execute_bound(DELETE_ENTITIES_SQL, {"ids": changes.entity_deletes})
    for statement, key, rows in (
        (UPDATE_ENTITIES_SQL, "ids", changes.entity_updates),
        (INSERT_ENTITIES_SQL, "uids", changes.entity_inserts),
    ):
        if rows:
            columns = _common_columns(key, rows, locations)
            columns["types"] = [version.entity_type for _, version, _ in rows]
            columns["names"] = [version.display_name for _, version, _ in rows]
            columns["texts"] = [entity_text(version) for _, version, _ in rows]
            sql.execute_bound(statement, columns)


def _write_details(changes: Changes, locations: Mapping[UUID, str]) -> None:
    if changes.detail_deletes:
        sql.execute_bound(DELETE_DETAILS_SQL, {"ids": changes.detail_deletes})
    for statement, key, rows in (
        (UPDATE_DETAILS_SQL, "ids", changes.detail_updates),
        (INSERT_DETAILS_SQL, "uids", changes.detail_inserts),
    ):
        if rows:
            columns = _common_columns(key, rows, locations)
            columns["codes"] = [version.detail_code for _, version, _ in rows]
            columns["values"] = [_json(version.value) for _, version, _ in rows]
            columns["texts"] = [detail_text(version) for _, version, _ in rows]
            sql.execute_bound(statement, columns)


def _common_columns(
    key: str, rows: Sequence[tuple[Any, Any, bytes]], locations: Mapping[UUID, str]
) -> dict[str, list[Any]]:
    return {
        key: [owner for owner, _, _ in rows],
        "starts": [instant_of(version.valid_from) for _, version, _ in rows],
        "ends": [
            None if version.valid_to is None else instant_of(version.valid_to)
            for _, version, _ in rows
        ],
        "hashes": [digest for _, _, digest in rows],
        "event_ids": [version.event_id for _, version, _ in rows],
        "locations": [locations[version.event_id] for _, version, _ in rows],
    }


def _write_state(changes: Changes) -> None:
    if changes.state_deletes:
        uids, attributes = zip(*changes.state_deletes, strict=True)
        sql.execute_bound(DELETE_STATE_SQL, {"uids": list(uids), "attributes": list(attributes)})
    if changes.state_upserts:
        sql.execute_bound(
            UPSERT_STATE_SQL,
            {
                "uids": [uid for uid, _ in changes.state_upserts],
                "attributes": [row.attribute for _, row in changes.state_upserts],
                "values": [_json(row.value) for _, row in changes.state_upserts],
                "event_ids": [row.event_id for _, row in changes.state_upserts],
            },
        )


def _write_conflicts(changes: Changes) -> None:
    if changes.conflict_wipes:
        sql.execute_bound(WIPE_CONFLICTS_SQL, {"uids": changes.conflict_wipes})
    if changes.conflict_closings:
        ids, closed = zip(*changes.conflict_closings, strict=True)
        sql.execute_bound(CLOSE_CONFLICTS_SQL, {"ids": list(ids), "closed": list(closed)})
    if changes.conflict_upserts:
        sql.execute_bound(
            UPSERT_CONFLICTS_SQL,
            {
                "ids": [row.conflict_id for _, row in changes.conflict_upserts],
                "uids": [uid for uid, _ in changes.conflict_upserts],
                "attributes": [row.attribute for _, row in changes.conflict_upserts],
                "heads": [
                    "{" + ",".join(map(str, row.heads)) + "}" for _, row in changes.conflict_upserts
                ],
                "opened": [row.opened_hlc for _, row in changes.conflict_upserts],
            },
        )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
