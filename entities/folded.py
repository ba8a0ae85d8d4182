"""What a fold comes to: versions, state and conflicts as values, and their digest."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True)
class EntityVersion:
    """Instants in µs; `valid_to` None = current; `event_id` is the provenance of rule 5."""

    entity_type: str | None
    display_name: str | None
    valid_from: int
    valid_to: int | None
    event_id: UUID


@dataclass(frozen=True, slots=True)
class DetailVersion:
    """As EntityVersion, for one detail code; `value` is never null."""

    detail_code: str
    value: Any
    valid_from: int
    valid_to: int | None
    event_id: UUID


@dataclass(frozen=True, slots=True)
class StateValue:
    """The non-null value that holds now, with the event whose assertion won."""

    attribute: str
    value: Any
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Conflict:
    """`heads` are event ids in ascending order; `opened_hlc` is the greatest hlc among them."""

    conflict_id: UUID
    attribute: str
    heads: tuple[UUID, ...]
    opened_hlc: int


@dataclass(frozen=True, slots=True)
class Folded:
    """What the events of one entity come to. Tuples are in canonical order: entity versions by
    valid_from, detail versions by (code, valid_from), state and conflicts by attribute."""

    entity_versions: tuple[EntityVersion, ...] = ()
    detail_versions: tuple[DetailVersion, ...] = ()
    state: tuple[StateValue, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    erased_event: UUID | None = None
    voided: frozenset[UUID] = frozenset()


EMPTY = Folded()


def digest(entity_uid: UUID, folded: Folded) -> bytes | None:
    """SHA-256 that is equal at every location with the same events; None for an entity that has
    neither versions nor state. Conflicts are left out: they follow from the same events."""
    rows: list[list[Any]] = [
        ["detail", row.detail_code, row.value, row.valid_from, row.valid_to, row.event_id]
        for row in details_in_order(folded.detail_versions)
    ]
    rows += [
        ["entity", row.entity_type, row.display_name, row.valid_from, row.valid_to, row.event_id]
        for row in sorted(folded.entity_versions, key=lambda row: row.valid_from)
    ]
    rows += [
        ["state", row.attribute, row.value, None, None, row.event_id]
        for row in state_in_order(folded.state)
    ]
    return _sha256([entity_uid, rows]) if rows else None


def hashdiff(*values: Any) -> bytes:
    """SHA-256 over exact canonical values: "smith" and "Smith" differ, and so do 1 and true."""
    return _sha256(values)


def details_in_order(rows: Iterable[DetailVersion]) -> tuple[DetailVersion, ...]:
    return tuple(sorted(rows, key=lambda row: (row.detail_code, row.valid_from)))


def state_in_order(rows: Iterable[StateValue]) -> tuple[StateValue, ...]:
    return tuple(sorted(rows, key=lambda row: row.attribute))


def _sha256(content: Any) -> bytes:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
