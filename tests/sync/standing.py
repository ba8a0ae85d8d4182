"""What a location's tables say, read past the product: for comparing locations in tests."""

import hashlib
from typing import Any

from tests.sync.locations import Location, eventually

# Rows of the fold without local columns: what must be the same everywhere.
DERIVED_SQL = {
    "entities": "SELECT entity_uid, entity_type, display_name, valid_from, valid_to, event_id, "
    "location_id, hashdiff FROM entities_entity ORDER BY entity_uid, valid_from",
    "details": "SELECT entity_uid, detail_code, value::text, valid_from, valid_to, event_id, "
    "location_id, hashdiff FROM entities_entitydetail ORDER BY entity_uid, detail_code, valid_from",
    "state": "SELECT entity_uid, attribute, value::text, event_id FROM entities_state "
    "ORDER BY entity_uid, attribute",
    "conflicts": "SELECT conflict_id, entity_uid, attribute, heads FROM entities_conflict "
    "WHERE closed_event IS NULL ORDER BY conflict_id",
    "survivors": "SELECT entity_uid, survivor_uid FROM entities_survivor ORDER BY entity_uid",
    "customers": "SELECT entity_uid, state, surname, name, dob, document_number, "
    "extra_fields::text, search_text, created_hlc, updated_hlc, location_id, merged_into "
    "FROM customers_customer ORDER BY entity_uid",
    "digests": "SELECT entity_uid, digest FROM events_head WHERE digest IS NOT NULL "
    "ORDER BY entity_uid",
}

PROGRESS_SQL = """
SELECT (SELECT jsonb_object_agg(origin, received::text) FROM events_origin),
       (SELECT count(*) FROM events_event WHERE sequence IS NULL),
       (SELECT count(*) FROM events_event WHERE state IN (1, 2, 3, 6)),
       (SELECT count(*) FROM events_event)
"""


def rows(location: Location, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    return location.rows(sql, *parameters)


def derived(location: Location) -> dict[str, str]:
    """One checksum per kind of derived row, so that a difference names its kind."""
    return {
        kind: hashlib.sha256(repr(rows(location, sql)).encode()).hexdigest()
        for kind, sql in DERIVED_SQL.items()
    }


def progress(location: Location) -> tuple[Any, ...]:
    return rows(location, PROGRESS_SQL)[0]


def are_complete(locations: list[Location], events: int) -> bool:
    """Does every location hold the same `events`, all sealed and folded?"""
    seen = [progress(location) for location in locations]
    _, unsealed, pending, count = seen[0]
    return unsealed == pending == 0 and count == events and all(each == seen[0] for each in seen)


def agree(locations: list[Location], *, deadline_s: float = 60) -> int:
    """Waits until all locations hold all events of all, then demands equal rows; how many."""

    def total() -> int:
        seen = {
            row for place in locations for row in rows(place, "SELECT event_id FROM events_event")
        }
        return len(seen)

    def is_quiet() -> bool:
        """First by what costs little: as many events everywhere, and the same ranges."""
        return are_complete(locations, progress(locations[0])[3])

    eventually(
        lambda: is_quiet() and are_complete(locations, total()),
        f"the same events everywhere: {[progress(each) for each in locations]}",
        deadline_s,
    )
    first, *others = [derived(location) for location in locations]
    for other in others:
        assert other == first
    return total()
