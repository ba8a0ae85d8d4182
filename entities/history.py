"""What entities were: as of an instant, version by version, event by event."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from entities.queries import CurrentEntity
from entities.refusals import NotFound
from events import sql
from events.clock import instant_of, us_of
from events.event import decode

MAX_ROWS = 1_000

AS_OF_SQL = """
SELECT entity_type, display_name FROM entities_entity
WHERE entity_uid = %(uid)s AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
ORDER BY valid_from
"""

DETAILS_AS_OF_SQL = """
SELECT detail_code, value::text FROM entities_entitydetail
WHERE entity_uid = %(uid)s AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)
ORDER BY detail_code
"""

# An entity's own version comes before the details that begin with it.
HISTORY_SQL = """
SELECT kind, detail_code, value, entity_type, display_name, valid_from, valid_to, is_current,
       hashdiff, event_id, version.location_id, event.actor, version.recorded_at
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
WHERE (valid_from, detail_code) > (%(valid_from)s, %(code)s)
ORDER BY valid_from, detail_code
LIMIT %(limit)s
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


def as_of(entity_uid: UUID, instant_us: int) -> CurrentEntity | None:
    """The entity as it was; None outside its life. `state` is not kept over time: empty."""
    parameters = {"uid": entity_uid, "at": instant_of(instant_us)}
    versions = sql.fetch_bound(AS_OF_SQL, parameters)
    if not versions:
        return None
    entity_type, display_name = versions[0]
    details = {
        code: orjson.loads(value) for code, value in sql.fetch_bound(DETAILS_AS_OF_SQL, parameters)
    }
    return CurrentEntity(entity_uid, entity_type, display_name, details)


def history(
    entity_uid: UUID, *, after: HistoryKey | None = None, limit: int = MAX_ROWS
) -> list[dict[str, Any]]:
    """Its versions by valid_from, oldest first. Raises NotFound for an entity never heard of."""
    start = after or _BEFORE_ALL_VERSIONS
    rows = sql.fetch_bound(
        HISTORY_SQL,
        {
            "uid": entity_uid,
            "valid_from": start.valid_from,
            "code": start.code,
            "limit": _bounded(limit),
        },
    )
    if not rows and not is_known(entity_uid):
        raise NotFound
    return [_version(row) for row in rows]


def history_key(row: dict[str, Any]) -> HistoryKey:
    """For the page after the one that ends with this row."""
    return HistoryKey(row["valid_from"], row.get("detail_code", ""))


def events_of_entity(
    entity_uid: UUID, *, after: EventKey | None = None, limit: int = MAX_ROWS
) -> list[dict[str, Any]]:
    """Its events by key: what was said, when, by whom. An erased one has lost its values.
    Raises NotFound for an entity never heard of."""
    start = after or _BEFORE_ALL_EVENTS
    rows = sql.fetch_bound(
        EVENTS_SQL, {"uid": entity_uid, "limit": _bounded(limit), **start._asdict()}
    )
    if not rows and not is_known(entity_uid):
        raise NotFound
    return [_event(row) for row in rows]


def event_key(row: dict[str, Any]) -> EventKey:
    """For the page after the one that ends with this row."""
    return EventKey(us_of(row["at"]), row["origin"], row["event_id"])


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
