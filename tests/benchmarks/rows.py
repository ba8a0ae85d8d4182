"""Events → lines of PostgreSQL's COPY for the tables that the product's fold would have written.

Cells are made by column name, and the names are held against the models: a column that the product
gained since fails loudly here instead of staying empty in the dataset.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson

from entities import text_forms
from entities.fold import attributes_of, digest, fold
from entities.folded import DetailVersion, EntityVersion
from entities.version_writes import detail_hash, entity_hash
from events import sql
from events.clock import instant_of
from events.event import Event, encode
from events.models import EventState
from events.projectors import last_key_of
from tests.benchmarks.histories import lives

Cells = Mapping[str, Any]

ENTITY, DETAIL, STATE, HEAD, EVENT = (
    "entities_entity",
    "entities_entitydetail",
    "entities_state",
    "events_head",
    "events_event",
)


@dataclass(slots=True)
class Rows:
    """Lines for COPY by table; those of events lack their last cell, the sequence, which only who
    puts the chunks together can give: (origin, line) each."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    entities: int = 0

    def add(self, table: str, cells: Cells) -> None:
        self.columns.setdefault(table, tuple(cells))
        self.lines.setdefault(table, []).append("\t".join(map(cell, cells.values())))

    def add_event(self, event: Event) -> None:
        cells = _event_cells(event)
        self.columns.setdefault(EVENT, (*cells, "sequence"))
        self.events.append((event.origin, "\t".join(map(cell, cells.values()))))


def rows_of_chunk(chunk: int, count: int) -> Rows:
    """Of `count` entities. Versions lie in the order in which they were learned, as in a table
    that grew: those of one entity are far apart."""
    rows = Rows()
    versions: list[tuple[str, str, Cells]] = []
    for events in lives(chunk, count):
        rows.entities += 1
        versions += _add_entity(rows, events)
    versions.sort(key=lambda version: version[0])
    for _, table, cells in versions:
        rows.add(table, cells)
    rows.events.sort(key=lambda event: event[1])  # an event's line begins with its id: by time
    return rows


def _add_entity(rows: Rows, events: list[Event]) -> Iterator[tuple[str, str, Cells]]:
    folded, uid = fold(events), events[0].entity_uid
    by_id = {event.event_id: event for event in events}
    for event in events:
        rows.add_event(event)
    for value in folded.state:
        rows.add(STATE, _state_cells(uid, value.attribute, value.value, value.event_id))
    rows.add(HEAD, _head_cells(uid, events, digest(uid, folded)))
    for version in folded.entity_versions:
        cells = _entity_cells(uid, version, by_id[version.event_id])
        yield cells["recorded_at"], ENTITY, cells
    for detail in folded.detail_versions:
        cells = _detail_cells(uid, detail, by_id[detail.event_id])
        yield cells["recorded_at"], DETAIL, cells


def _entity_cells(uid: UUID, version: EntityVersion, event: Event) -> Cells:
    return {
        **_version_cells(uid, version, event, entity_hash(version)),
        "entity_type": version.entity_type,
        "display_name": version.display_name,
        "sort_key": text_forms.sort_key(version.display_name),
    }


def _detail_cells(uid: UUID, version: DetailVersion, event: Event) -> Cells:
    return {
        **_version_cells(uid, version, event, detail_hash(version)),
        "detail_code": version.detail_code,
        "value": _json(version.value),
        "search_text": text_forms.search_text(version.value),
    }


def _version_cells(
    uid: UUID, version: EntityVersion | DetailVersion, event: Event, hashdiff: bytes
) -> dict[str, Any]:
    return {
        "entity_uid": uid,
        "valid_from": _instant(version.valid_from),
        "valid_to": None if version.valid_to is None else _instant(version.valid_to),
        "hashdiff": hashdiff,
        "event_id": event.event_id,
        "location_id": event.location_id,
        "recorded_at": _instant(event.hlc),
    }


def _state_cells(uid: UUID, attribute: str, value: Any, event_id: UUID) -> Cells:
    return {
        "entity_uid": uid,
        "attribute": attribute,
        "value": _json(value),
        "event_id": event_id,
    }


def _head_cells(uid: UUID, events: list[Event], checksum: bytes | None) -> Cells:
    last = events[-1]
    return {
        "entity_uid": uid,
        "last_hlc": last.hlc,
        "last_key": last_key_of(last),
        "vv": _json({**last.basevv, last.origin: last.entity_seq}),
        "revision": len(events),
        "digest": checksum,
        "erased_event": None,
        "stale": False,
    }


def _event_cells(event: Event) -> Cells:
    raw = encode(event)
    return {
        "event_id": event.event_id,
        "origin": event.origin,
        "location_id": event.location_id,
        "entity_uid": event.entity_uid,
        "entity_seq": event.entity_seq,
        "type": event.type,
        "hlc": event.hlc,
        "codes": sql.array_literal(sorted(attributes_of(event))),
        "actor": event.actor,
        "role": event.role,
        "request_id": event.request_id,
        "reason_code": event.reason_code,
        "batch_id": None,
        "is_bulk": False,
        "raw": raw,
        "sha256": hashlib.sha256(raw).digest(),
        "state": int(EventState.FOLDED),
        "recorded_at": _instant(event.hlc),
    }


def _instant(us: int) -> str:
    return instant_of(us).isoformat()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def cell(value: Any) -> str:
    """One cell in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)


def joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
