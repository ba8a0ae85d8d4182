"""The usual forms of the history core's questions, on the same tables and indexes.

They give less than the product's functions do (no counts, no created_at, no origin of a change),
so their times are flattered.
"""

# ruff: noqa: S608 (statements put together from the constants here)

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from entities.fold import Folded, fold
from events import log, sql

Row = tuple[Any, ...]
Rows = Sequence[Row]

ENTITY_COLUMNS = "entity_uid, entity_type, display_name, valid_from, valid_to, hashdiff"
DETAIL_COLUMNS = "entity_uid, detail_code, value::text, valid_from, valid_to, hashdiff"

# The operator that the exclusion constraint's index serves.
IN_RANGE = "tstzrange(valid_from, valid_to, '[)') @> %(at)s::timestamptz"
STANDS = "valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)"

RANGE_ONE_SQL = f"""
SELECT {ENTITY_COLUMNS} FROM entities_entity WHERE entity_uid = %(uid)s AND {IN_RANGE}
"""
RANGE_ONE_DETAILS_SQL = f"""
SELECT {DETAIL_COLUMNS} FROM entities_entitydetail
WHERE entity_uid = %(uid)s AND {IN_RANGE} ORDER BY detail_code
"""
RANGE_PAGE_SQL = f"""
SELECT {ENTITY_COLUMNS} FROM entities_entity WHERE {IN_RANGE}
ORDER BY entity_uid LIMIT %(size)s OFFSET %(offset)s
"""
OFFSET_PAGE_SQL = f"""
SELECT {ENTITY_COLUMNS} FROM entities_entity WHERE {STANDS}
ORDER BY entity_uid LIMIT %(size)s OFFSET %(offset)s
"""
DETAILS_OF_PAGE_SQL = f"""
SELECT {DETAIL_COLUMNS} FROM entities_entitydetail
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND {STANDS} ORDER BY entity_uid, detail_code
"""
CURRENT_PAGE_SQL = f"""
SELECT {ENTITY_COLUMNS} FROM entities_entity WHERE valid_to IS NULL
ORDER BY sort_key, entity_uid LIMIT %(size)s OFFSET %(offset)s
"""
CURRENT_DETAILS_SQL = f"""
SELECT {DETAIL_COLUMNS} FROM entities_entitydetail
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND valid_to IS NULL ORDER BY entity_uid, detail_code
"""

# Both snapshots whole, then what differs between them.
JOIN_ENTITIES_SQL = f"""
SELECT entity_uid, old.entity_type, old.display_name, new.entity_type, new.display_name
FROM (SELECT * FROM entities_entity WHERE {STANDS.replace("at)s", "from)s")}) AS old
FULL JOIN (SELECT * FROM entities_entity WHERE {STANDS.replace("at)s", "to)s")}) AS new
    USING (entity_uid)
WHERE (old.entity_type, old.display_name) IS DISTINCT FROM (new.entity_type, new.display_name)
   OR old.id IS NULL OR new.id IS NULL
ORDER BY entity_uid
"""
JOIN_DETAILS_SQL = f"""
SELECT entity_uid, detail_code, old.value::text, new.value::text
FROM (SELECT * FROM entities_entitydetail WHERE {STANDS.replace("at)s", "from)s")}) AS old
FULL JOIN (SELECT * FROM entities_entitydetail WHERE {STANDS.replace("at)s", "to)s")}) AS new
    USING (entity_uid, detail_code)
WHERE old.value IS DISTINCT FROM new.value
ORDER BY entity_uid, detail_code
"""

# All keys of a list in its order: what a reader would have passed on the way to a deep page.
AS_OF_KEYS_SQL = f"""
SELECT entity_uid FROM entities_entity WHERE {STANDS} ORDER BY entity_uid
"""
CURRENT_KEYS_SQL = """
SELECT entity_uid FROM entities_entity WHERE valid_to IS NULL ORDER BY sort_key, entity_uid
"""


class Place(NamedTuple):
    """A page: its instant (None = now), the row before it, and how many rows that is deep."""

    at: datetime | None
    after: UUID | None
    offset: int


def one_by_range(subject: tuple[UUID, datetime]) -> tuple[Rows, Rows]:
    params = dict(zip(("uid", "at"), subject, strict=True))
    return sql.fetch_bound(RANGE_ONE_SQL, params), sql.fetch_bound(RANGE_ONE_DETAILS_SQL, params)


def page_by_offset(place: Place, *, size: int) -> tuple[Rows, Rows]:
    return _page(OFFSET_PAGE_SQL, DETAILS_OF_PAGE_SQL, place, size)


def page_by_range(place: Place, *, size: int) -> tuple[Rows, Rows]:
    return _page(RANGE_PAGE_SQL, DETAILS_OF_PAGE_SQL, place, size)


def current_page_by_offset(place: Place, *, size: int) -> tuple[Rows, Rows]:
    return _page(CURRENT_PAGE_SQL, CURRENT_DETAILS_SQL, place, size)


def history_from_the_log(uid: UUID) -> Folded:
    """As where only events are kept: read all of an entity and fold them at each question."""
    return fold(log.events_of([uid])[uid])


def diff_by_full_join(window: tuple[datetime, datetime]) -> tuple[Rows, Rows]:
    params = dict(zip(("from", "to"), window, strict=True))
    return sql.fetch_bound(JOIN_ENTITIES_SQL, params), sql.fetch_bound(JOIN_DETAILS_SQL, params)


def _page(rows_sql: str, details_sql: str, place: Place, size: int) -> tuple[Rows, Rows]:
    params = {"at": place.at, "size": size, "offset": place.offset}
    rows = sql.fetch_bound(rows_sql, params)
    return rows, sql.fetch_bound(details_sql, {**params, "uids": [row[0] for row in rows]})
