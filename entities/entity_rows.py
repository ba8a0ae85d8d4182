"""Version rows → entities as callers see them: their details, when and where they were made.

What a statement selects as `page` (rows of entities_entity) is completed in that same statement:
one snapshot, whatever writers do meanwhile, and no further statements, whatever the size.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from events import sql
from events.clock import instant_of

# Three ranges of an index per entity: its details, its own versions, its events. Aggregates take
# the order of their subquery, which for details is that of the index: sorting five arrays apart
# would double the time. Pending events (1, 2, 3) are not folded, so they do not count.
_COMPLETED = """
SELECT page.entity_uid, page.entity_type, page.display_name, page.valid_from, page.valid_to,
    page.hashdiff, detail.codes, detail.items, detail.starts, detail.ends, detail.hashes,
    said.created, said.updated[1], said.location_ids[1], DIGEST
FROM page HEAD
CROSS JOIN LATERAL (
    SELECT array_agg(detail_code) FILTER (WHERE HOLDS) AS codes,
        array_agg(value::text) FILTER (WHERE HOLDS) AS items,
        array_agg(valid_from) FILTER (WHERE HOLDS) AS starts,
        array_agg(valid_to) FILTER (WHERE HOLDS) AS ends,
        array_agg(hashdiff) FILTER (WHERE HOLDS) AS hashes,
        array_agg(event_id) AS event_ids
    FROM (
        SELECT * FROM entities_entitydetail WHERE entity_uid = page.entity_uid BEGUN
        ORDER BY detail_code, valid_from) AS ordered
) detail
CROSS JOIN LATERAL (
    SELECT array_agg(event_id) AS event_ids FROM (
        SELECT event_id FROM entities_entity WHERE entity_uid = page.entity_uid BEGUN STATE) AS own
) own
CROSS JOIN LATERAL (
    SELECT min(hlc) AS created,
        array_agg(hlc) FILTER (WHERE PROVENANCE) AS updated,
        array_agg(location_id) FILTER (WHERE PROVENANCE) AS location_ids
    FROM (
        SELECT hlc, location_id, event_id FROM events_event
        WHERE entity_uid = page.entity_uid AND state IN (0, 4, 5)
        ORDER BY hlc DESC, origin DESC, event_id DESC) AS latest_first
) said
"""

_PROVENANCE = "event_id = ANY(detail.event_ids) OR event_id = ANY(own.event_ids)"
_NOW = {
    "PROVENANCE": _PROVENANCE,
    "HOLDS": "valid_to IS NULL",
    "HEAD": "LEFT JOIN events_head head ON head.entity_uid = page.entity_uid",
    "DIGEST": "head.digest",
    "BEGUN": "",
    "STATE": """UNION ALL SELECT event_id FROM entities_state
            WHERE entity_uid = page.entity_uid AND attribute IN ('alive', 'merged_into')""",
}
# As of an instant, what had not begun then has not been said yet; state is not kept over time.
_THEN = {
    "PROVENANCE": _PROVENANCE,
    "HOLDS": "valid_to IS NULL OR valid_to > %(at)s",
    "HEAD": "",
    "DIGEST": "NULL::bytea",
    "BEGUN": "AND valid_from <= %(at)s",
    "STATE": "",
}


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One detail of an entity; `hashdiff` in hexadecimal digits."""

    detail_code: str
    value: Any
    valid_from: datetime
    valid_to: datetime | None
    is_current: bool
    hashdiff: str


@dataclass(frozen=True, slots=True)
class EntityRow:
    """An entity now, or as it was: `valid_from`, `valid_to`, `is_current` are those of its version
    of type and name, as known today. `digest` is the head's; of an entity as it was there is none.
    """

    entity_uid: UUID
    entity_type: str | None
    display_name: str | None
    valid_from: datetime
    valid_to: datetime | None
    is_current: bool
    hashdiff: str
    details: tuple[DetailRow, ...]
    location_id: str
    created_at: datetime
    updated_at: datetime
    digest: bytes | None


def completing_now(page: str, *, order: str) -> str:
    """The statement that selects `page` and completes its rows with what holds now."""
    return _completing(page, order, _NOW)


def completing_then(page: str, *, order: str) -> str:
    """The same with what held at the instant `at`."""
    return _completing(page, order, _THEN)


def fetch_entities(statement: str, parameters: Mapping[str, Any]) -> list[EntityRow]:
    """The answers of a statement made by `completing_now` or `completing_then`."""
    return [_entity(row) for row in sql.fetch_bound(statement, parameters)]


def fetch_prepared_entities(statement: str, parameters: Mapping[str, Any]) -> list[EntityRow]:
    """The same, for a statement whose plan does not depend on the parameters."""
    return [_entity(row) for row in sql.fetch_prepared(statement, parameters)]


def _completing(page: str, order: str, parts: Mapping[str, str]) -> str:
    completed = _COMPLETED
    for name, part in parts.items():
        completed = completed.replace(name, part)
    return "WITH page AS MATERIALIZED (" + page + ")" + completed + " ORDER BY " + order


def _entity(row: tuple[Any, ...]) -> EntityRow:
    uid, entity_type, display_name, start, end, hashdiff, *rest = row
    *details, created_hlc, updated_hlc, location_id, digest = rest
    return EntityRow(
        entity_uid=uid,
        entity_type=entity_type,
        display_name=display_name,
        valid_from=start,
        valid_to=end,
        is_current=end is None,
        hashdiff=hashdiff.hex(),
        details=_details(details),
        location_id=location_id or "",
        created_at=instant_of(created_hlc or 0),
        updated_at=instant_of(updated_hlc or 0),
        digest=digest,
    )


def _details(columns: list[Any]) -> tuple[DetailRow, ...]:
    if columns[0] is None:
        return ()
    return tuple(
        DetailRow(code, orjson.loads(item), start, end, end is None, digest.hex())
        for code, item, start, end, digest in zip(*columns, strict=True)
    )
