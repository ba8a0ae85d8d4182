"""Rows beside fold → the rows that differ. Pure: nothing is read or written here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from entities.folded import Folded
from entities.version_rows import Stored, StoredDetail, StoredEntity
from entities.version_writes import (
    Changes,
    detail_hash,
    detail_text,
    entity_hash,
    entity_text,
)


def add_new(changes: Changes, uid: UUID, folded: Folded) -> None:
    """Of an entity that has no rows yet."""
    changes.entity_inserts += [
        (uid, version, entity_hash(version)) for version in folded.entity_versions
    ]
    changes.detail_inserts += [
        (uid, version, detail_hash(version)) for version in folded.detail_versions
    ]
    changes.state_upserts += [(uid, value) for value in folded.state]
    changes.conflict_upserts += [(uid, conflict) for conflict in folded.conflicts]
    changes.voided += folded.voided


def add_changed(
    changes: Changes,
    uid: UUID,
    *,
    stored: Stored,
    folded: Folded,
    closed_by: Mapping[UUID, UUID],
    locations: Mapping[UUID, str] | None = None,
) -> None:
    """`closed_by`: conflict id → what ended it, for each stored conflict that is open no more.

    `locations` of all provenance events, if given, hashes and search texts are held against the
    rows, too: only a rebuild doubts what was written from the same event.
    """
    _add_entity_rows(changes, uid, stored, folded, locations)
    _add_detail_rows(changes, uid, stored, folded, locations)
    _add_state(changes, uid, stored, folded)
    if folded.erased_event:
        changes.conflict_wipes.append(uid)
        return
    known = {conflict.conflict_id for conflict in stored.conflicts}
    changes.conflict_upserts += [
        (uid, conflict) for conflict in folded.conflicts if conflict.conflict_id not in known
    ]
    changes.conflict_closings += closed_by.items()
    changes.voided += folded.voided


def gone_conflicts(stored: Stored, folded: Folded) -> list[UUID]:
    still_open = {conflict.conflict_id for conflict in folded.conflicts}
    return [row.conflict_id for row in stored.conflicts if row.conflict_id not in still_open]


def _add_entity_rows(
    changes: Changes,
    uid: UUID,
    stored: Stored,
    folded: Folded,
    locations: Mapping[UUID, str] | None,
) -> None:
    old = {row.version.valid_from: row for row in stored.entity_rows}
    for version in folded.entity_versions:
        row = old.pop(version.valid_from, None)
        if row is None:
            changes.entity_inserts.append((uid, version, entity_hash(version)))
        elif row.version != version or not _is_true(row, entity_hash, entity_text, locations):
            changes.entity_updates.append((row.row_id, version, entity_hash(version)))
    changes.entity_deletes += _ids(old.values())


def _add_detail_rows(
    changes: Changes,
    uid: UUID,
    stored: Stored,
    folded: Folded,
    locations: Mapping[UUID, str] | None,
) -> None:
    old = {(row.version.detail_code, row.version.valid_from): row for row in stored.detail_rows}
    for version in folded.detail_versions:
        row = old.pop((version.detail_code, version.valid_from), None)
        if row is None:
            changes.detail_inserts.append((uid, version, detail_hash(version)))
        elif row.version != version or not _is_true(row, detail_hash, detail_text, locations):
            changes.detail_updates.append((row.row_id, version, detail_hash(version)))
    changes.detail_deletes += _ids(old.values())


def _add_state(changes: Changes, uid: UUID, stored: Stored, folded: Folded) -> None:
    old = {value.attribute: value for value in stored.state}
    for value in folded.state:
        if old.pop(value.attribute, None) != value:
            changes.state_upserts.append((uid, value))
    changes.state_deletes += [(uid, attribute) for attribute in old]


def _is_true(
    row: StoredEntity | StoredDetail,
    hash_of: Callable[[Any], bytes],
    text_of: Callable[[Any], str],
    locations: Mapping[UUID, str] | None,
) -> bool:
    """Does what follows from the version stand beside it in the row?"""
    if locations is None:
        return True
    location_id = locations.get(row.version.event_id)
    return (
        row.location_id == location_id
        and row.hashdiff == hash_of(row.version)
        and row.text == text_of(row.version)
    )


def _ids(rows: Iterable[StoredEntity | StoredDetail]) -> list[int]:
    return [row.row_id for row in rows]
