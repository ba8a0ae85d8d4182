"""The version tables as the projection reads them: rows → what the fold had given before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from entities.folded import Conflict, DetailVersion, EntityVersion, Folded, StateValue
from events import sql
from events.clock import us_of

LOAD_ENTITIES_SQL = """
SELECT id, entity_uid, location_id, hashdiff, sort_key,
       entity_type, display_name, valid_from, valid_to, event_id
FROM entities_entity WHERE entity_uid = ANY(%(uids)b::uuid[])
ORDER BY entity_uid, valid_from
"""

LOAD_DETAILS_SQL = """
SELECT id, entity_uid, location_id, hashdiff, search_text,
       detail_code, value::text, valid_from, valid_to, event_id
FROM entities_entitydetail WHERE entity_uid = ANY(%(uids)b::uuid[])
ORDER BY entity_uid, detail_code, valid_from
"""

LOAD_STATE_SQL = """
SELECT entity_uid, attribute, value::text, event_id
FROM entities_state WHERE entity_uid = ANY(%(uids)b::uuid[])
ORDER BY entity_uid, attribute
"""

# Who is merged into one that is no more is told by entities/survivors.py, not by the fold.
LOAD_OPEN_CONFLICTS_SQL = """
SELECT entity_uid, conflict_id, attribute, heads, opened_hlc
FROM entities_conflict
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND closed_event IS NULL AND attribute <> 'survivor'
ORDER BY entity_uid, attribute, conflict_id
"""


class StoredEntity(NamedTuple):
    """`text`: what the row is ordered and looked through by."""

    row_id: int
    location_id: str
    hashdiff: bytes
    text: str
    version: EntityVersion


class StoredDetail(NamedTuple):
    row_id: int
    location_id: str
    hashdiff: bytes
    text: str
    version: DetailVersion


@dataclass(slots=True)
class Stored:
    """What the tables hold of one entity; of conflicts only the open ones."""

    entity_rows: list[StoredEntity] = field(default_factory=list)
    detail_rows: list[StoredDetail] = field(default_factory=list)
    state: list[StateValue] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def folded(self, erased_event: UUID | None) -> Folded:
        """As the fold gave it, except for the voided events, which only the log knows."""
        return Folded(
            entity_versions=tuple(row.version for row in self.entity_rows),
            detail_versions=tuple(row.version for row in self.detail_rows),
            state=tuple(self.state),
            conflicts=tuple(self.conflicts),
            erased_event=erased_event,
        )

    def locations(self) -> Iterator[tuple[UUID, str]]:
        """Which location each provenance event comes from."""
        for row in self.entity_rows:
            yield row.version.event_id, row.location_id
        for detail in self.detail_rows:
            yield detail.version.event_id, detail.location_id


def load(uids: Collection[UUID]) -> dict[UUID, Stored]:
    """All rows of these entities: one statement a table, whatever their number."""
    stored = {uid: Stored() for uid in uids}
    if not stored:
        return stored
    params = {"uids": list(stored)}
    for row_id, uid, location_id, digest, text, *version in sql.fetch_bound(
        LOAD_ENTITIES_SQL, params
    ):
        entity_type, display_name, start, end, event_id = version
        entity = EntityVersion(entity_type, display_name, *_span(start, end), event_id)
        stored[uid].entity_rows.append(StoredEntity(row_id, location_id, digest, text, entity))
    for row_id, uid, location_id, digest, text, *version in sql.fetch_bound(
        LOAD_DETAILS_SQL, params
    ):
        code, value, start, end, event_id = version
        detail = DetailVersion(code, orjson.loads(value), *_span(start, end), event_id)
        stored[uid].detail_rows.append(StoredDetail(row_id, location_id, digest, text, detail))
    for uid, attribute, value, event_id in sql.fetch_bound(LOAD_STATE_SQL, params):
        stored[uid].state.append(StateValue(attribute, orjson.loads(value), event_id))
    for uid, *conflict in sql.fetch_bound(LOAD_OPEN_CONFLICTS_SQL, params):
        conflict_id, attribute, heads, opened_hlc = conflict
        stored[uid].conflicts.append(Conflict(conflict_id, attribute, tuple(heads), opened_hlc))
    return stored


def _span(start: datetime, end: datetime | None) -> tuple[int, int | None]:
    return us_of(start), None if end is None else us_of(end)
