"""The past of one entity: as of an instant, version by version, event by event. The past of all
of them: entities/as_of.py and entities/diff_rows.py."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from entities.as_of import entities_as_of, entity_as_of
from entities.counts import limited_count
from entities.diff_rows import ChangeKey, change_key, changes, diff
from entities.entity_rows import EntityRow
from entities.queries import standing
from entities.refusals import Erased, NotFound
from events import sql
from events.clock import MAX_INSTANT_US, instant_of, us_of
from events.event import decode
from events.paging import Page, Slice, Window, page_of, slice_of

__all__ = [
    "MAX_ROWS",
    "ChangeKey",
    "EventKey",
    "HistoryKey",
    "change_key",
    "changes",
    "diff",
    "entities_as_of",
    "entity_as_of",
    "entity_at_last",
    "event_key",
    "events_of_entity",
    "history",
    "history_key",
    "history_page",
    "is_known",
]

MAX_ROWS = 1_000

# An entity's own version comes before the details that begin with it.
VERSIONS_SQL = """
SELECT kind, detail_code, value, entity_type, display_name, valid_from, valid_to, is_current,
       hashdiff, event_id, version.location_id, event.actor,
       coalesce(event.recorded_at, version.recorded_at) AS recorded_at
FROM (
    SELECT 'entity' AS kind, '' COLLATE "C" AS detail_code, NULL AS value, entity_type,
           display_name, valid_from, valid_to, is_current, hashdiff, event_id, location_id,
           recorded_at
    FROM entities_entity WHERE entity_uid = %(uid)s
    UNION ALL
    SELECT 'detail', detail_code, value::text, NULL, NULL, valid_from, valid_to, is_current,
           hashdiff, event_id, location_id, recorded_at
    FROM entities_entitydetail WHERE entity_uid = %(uid)s
) AS version
LEFT JOIN events_event AS event USING (event_id)
"""
HISTORY_SQL = (
    VERSIONS_SQL
    + """WHERE (valid_from, detail_code) > (%(valid_from)s, %(code)s)
ORDER BY valid_from, detail_code LIMIT %(limit)s OFFSET %(offset)s
"""
)
HISTORY_BEFORE_SQL = (
    VERSIONS_SQL
    + """WHERE (valid_from, detail_code) < (%(valid_from)s, %(code)s)
ORDER BY valid_from DESC, detail_code DESC LIMIT %(limit)s
"""
)

ALL_VERSIONS_SQL = """
SELECT FROM entities_entity WHERE entity_uid = %(uid)s
UNION ALL SELECT FROM entities_entitydetail WHERE entity_uid = %(uid)s
"""

# Pending events are left out: nobody can say yet what they mean here.
EVENTS_SQL = """
SELECT event_id, type, origin, sequence, location_id, actor, role, request_id, reason_code, codes,
       hlc, raw
FROM events_event
WHERE entity_uid = %(uid)s AND state IN (0, 4, 5)
  AND (hlc, origin, event_id) > (%(hlc)s, %(origin)s, %(event_id)s)
ORDER BY hlc, origin, event_id
LIMIT %(limit)s
"""

LAST_END_SQL = """
SELECT valid_to FROM entities_entity WHERE entity_uid = %(uid)s ORDER BY valid_from DESC LIMIT 1
"""

IS_KNOWN_SQL = "SELECT 1 FROM events_head WHERE entity_uid = %(uid)s AND revision > 0"


# What follows in these statements after the parts that differ by kind.
VERSION_COLUMNS = (
    "valid_from",
    "valid_to",
    "is_current",
    "hashdiff",
    "event_id",
    "location_id",
    "actor",
    "recorded_at",
)
EVENT_COLUMNS = (
    "event_id",
    "type",
    "origin",
    "sequence",
    "location_id",
    "actor",
    "role",
    "request_id",
    "reason_code",
    "codes",
)


class HistoryKey(NamedTuple):
    """Where a page of history ended; `code` is "" for an entity version."""

    valid_from: datetime
    code: str


class EventKey(NamedTuple):
    """Where a page of events ended: the total order of events."""

    hlc: int
    origin: str
    event_id: UUID


_BEFORE_ALL_VERSIONS = HistoryKey(datetime.fromisoformat("0001-01-01T00:00:00+00:00"), "")
_BEFORE_ALL_EVENTS = EventKey(0, "", UUID(int=0))


def is_known(entity_uid: UUID) -> bool:
    """Has anything ever been folded for it here, deleted or erased since or not?"""
    return bool(sql.fetch_bound(IS_KNOWN_SQL, {"uid": entity_uid}))


def entity_at_last(uid: UUID) -> EntityRow:
    """The entity as it is, also of a merged one, or as it was when its life ended last. Raises
    NotFound (never lived), Erased."""
    ends = sql.fetch_bound(LAST_END_SQL, {"uid": uid})
    end = ends[0][0] if ends else None
    return entity_as_of(uid, instant_us=MAX_INSTANT_US if end is None else us_of(end) - 1)


def history_page(entity_uid: UUID, *, window: Window[HistoryKey]) -> Page[dict[str, Any]]:
    """Its versions by valid_from, oldest first. Raises NotFound for an entity never heard of, and
    Erased."""
    rows = _versions(entity_uid, window)
    count, is_estimated = limited_count(ALL_VERSIONS_SQL, {"uid": entity_uid})
    if not count:
        _check_readable(entity_uid)
    return page_of(rows, window=window, count=count, is_estimated=is_estimated)


def history(
    entity_uid: UUID, *, after: HistoryKey | None = None, limit: int = MAX_ROWS
) -> Slice[dict[str, Any]]:
    """As history_page, without a count. Raises NotFound for an entity never heard of."""
    rows = _versions(entity_uid, Window(size=_bounded(limit), after=after))
    if not rows and not is_known(entity_uid):
        raise NotFound
    return slice_of(rows, _bounded(limit))


def _check_readable(entity_uid: UUID) -> None:
    """Raises NotFound, Erased."""
    is_erased, _ = standing(entity_uid)
    if is_erased:
        raise Erased
    if not is_known(entity_uid):
        raise NotFound


def history_key(row: dict[str, Any]) -> HistoryKey:
    """For the page after the one that ends with this row."""
    return HistoryKey(row["valid_from"], row.get("detail_code", ""))


def events_of_entity(
    entity_uid: UUID, *, after: EventKey | None = None, limit: int = MAX_ROWS
) -> Slice[dict[str, Any]]:
    """Its events by key: what was said, when, by whom. An erased one has lost its values.
    Raises NotFound for an entity never heard of."""
    start, size = after or _BEFORE_ALL_EVENTS, _bounded(limit)
    rows = sql.fetch_bound(EVENTS_SQL, {"uid": entity_uid, "limit": size + 1, **start._asdict()})
    if not rows and not is_known(entity_uid):
        raise NotFound
    return slice_of([_event(row) for row in rows], size)


def event_key(row: dict[str, Any]) -> EventKey:
    """For the page after the one that ends with this row."""
    return EventKey(us_of(row["at"]), row["origin"], row["event_id"])


def _versions(entity_uid: UUID, window: Window[HistoryKey]) -> list[dict[str, Any]]:
    """Those of the window and one more on its far side, if there is one; oldest first."""
    key = window.before or window.after or _BEFORE_ALL_VERSIONS
    rows = sql.fetch_bound(
        HISTORY_BEFORE_SQL if window.before else HISTORY_SQL,
        {
            "uid": entity_uid,
            "valid_from": key.valid_from,
            "code": key.code,
            "limit": window.size + 1,
            "offset": window.offset,
        },
    )
    if window.before:
        rows.reverse()
    return [_version(row) for row in rows]


def _bounded(limit: int) -> int:
    return max(1, min(limit, MAX_ROWS))


def _version(row: tuple[Any, ...]) -> dict[str, Any]:
    kind, detail_code, value, entity_type, display_name, *rest = row
    if kind == "entity":
        what: dict[str, Any] = {"display_name": display_name, "entity_type": entity_type}
    else:
        what = {"detail_code": detail_code, "value": orjson.loads(value)}
    version = {"type": kind, **what, **dict(zip(VERSION_COLUMNS, rest, strict=True))}
    version["hashdiff"] = version["hashdiff"].hex()
    return version


def _event(row: tuple[Any, ...]) -> dict[str, Any]:
    *envelope, hlc, raw = row
    event = decode(bytes(raw)) if raw is not None else None
    data = event.data if event else {}
    name = {"display_name": data["display_name"]} if "display_name" in data else {}
    return {
        **dict(zip(EVENT_COLUMNS, envelope, strict=True)),
        "at": instant_of(hlc),
        "valid_from": instant_of(event.valid_from if event else hlc),
        "reason": data.get("reason"),
        **name,
        "details": data.get("details", {}),
    }
