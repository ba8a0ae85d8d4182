"""What a period changed, read from the versions that began or ended in it: never two snapshots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from entities.assertions import ALIVE, CREATED_TYPES, asserted
from entities.counts import expected_rows
from entities.diff import Step, Version, name_at, net_changes, steps_at
from entities.vocabulary import RESERVED_TYPES
from events import sql
from events.clock import MIN_INSTANT_US, instant_of, us_of
from events.event import Event, decode
from events.paging import Slice, slice_of

# Of a longer period all entities are walked by uid until the page is full: nearly each of them has
# changed, and to put so many in order first would cost more.
MOST_TOUCHED = 100_000

TOUCHED_SQL = """
SELECT entity_uid FROM entities_entity
    WHERE valid_from > %(start)s AND valid_from <= %(end)s AND FOLLOWING
UNION SELECT entity_uid FROM entities_entity
    WHERE valid_to > %(start)s AND valid_to <= %(end)s AND FOLLOWING
UNION SELECT entity_uid FROM entities_entitydetail
    WHERE valid_from > %(start)s AND valid_from <= %(end)s AND FOLLOWING
UNION SELECT entity_uid FROM entities_entitydetail
    WHERE valid_to > %(start)s AND valid_to <= %(end)s AND FOLLOWING
"""
ANY_SQL = "SELECT entity_uid FROM events_head WHERE FOLLOWING"
ONE_SQL = "SELECT entity_uid FROM events_head WHERE entity_uid = %(uid)s AND FOLLOWING"
FOLLOWING = "entity_uid > %(after)s"

# What was created and deleted in between, or changed there and back, has not changed. Candidates
# come in order, so that no more of them are looked at than fill the page.
CHANGED_SQL = """
SELECT touched.entity_uid FROM (CANDIDATES ORDER BY entity_uid) AS touched
CROSS JOIN LATERAL (
    SELECT array_agg(part ORDER BY part) FILTER (WHERE valid_from <= %(start)s) AS before,
        array_agg(part ORDER BY part) FILTER (WHERE valid_to IS NULL OR valid_to > %(end)s) AS after
    FROM (
        SELECT hashdiff AS part, valid_from, valid_to FROM entities_entity
        WHERE entity_uid = touched.entity_uid
            AND valid_from <= %(end)s AND (valid_to IS NULL OR valid_to > %(start)s)
        UNION ALL
        SELECT convert_to(detail_code, 'UTF8') || hashdiff, valid_from, valid_to
        FROM entities_entitydetail
        WHERE entity_uid = touched.entity_uid
            AND valid_from <= %(end)s AND (valid_to IS NULL OR valid_to > %(start)s)
    ) AS around
) AS state
WHERE state.before IS DISTINCT FROM state.after AND NOT EXISTS (
    SELECT FROM entities_entity reserved WHERE reserved.entity_uid = touched.entity_uid
        AND reserved.entity_type = ANY(%(reserved)s::text[]))
ORDER BY touched.entity_uid LIMIT %(limit)s
"""

VERSIONS_SQL = """
SELECT entity_uid, '' AS detail_code, valid_from, valid_to, hashdiff, event_id, entity_type,
    display_name, NULL AS value
FROM entities_entity WHERE entity_uid = ANY(%(uids)b::uuid[])
    AND valid_from <= %(end)s AND (valid_to IS NULL OR valid_to > %(start)s)
UNION ALL
SELECT entity_uid, detail_code, valid_from, valid_to, hashdiff, event_id, NULL, NULL, value::text
FROM entities_entitydetail WHERE entity_uid = ANY(%(uids)b::uuid[])
    AND valid_from <= %(end)s AND (valid_to IS NULL OR valid_to > %(start)s)
"""

# Each branch by its own index, in order, no further than the page.
_BRANCH = """(SELECT BORDER AS at, entity_uid FROM TABLE version
    WHERE BORDER > %(start)s AND BORDER <= %(end)s AND ONE
        AND (BORDER, entity_uid) >= (%(key_at)s, %(key_uid)s)
        AND NOT EXISTS (SELECT FROM entities_entity reserved
            WHERE reserved.entity_uid = version.entity_uid
                AND reserved.entity_type = ANY(%(reserved)s::text[]))
    ORDER BY BORDER, entity_uid LIMIT %(limit)s)"""
INSTANTS_SQL = (
    " UNION ".join(
        _BRANCH.replace("BORDER", border).replace("TABLE", table)
        for table in ("entities_entity", "entities_entitydetail")
        for border in ("valid_from", "valid_to")
    )
    + " ORDER BY at, entity_uid LIMIT %(limit)s"
)

TOUCHING_SQL = """
WITH asked AS (
    SELECT * FROM unnest(%(ats)b::timestamptz[], %(uids)b::uuid[]) AS asked (at, entity_uid)
)
SELECT asked.at, entity_uid, '' AS detail_code, valid_from, valid_to, hashdiff, event_id,
    entity_type, display_name, NULL AS value
FROM asked JOIN entities_entity USING (entity_uid)
WHERE valid_from <= asked.at AND (valid_to IS NULL OR valid_to >= asked.at)
UNION ALL
SELECT asked.at, entity_uid, detail_code, valid_from, valid_to, hashdiff, event_id, NULL, NULL,
    value::text
FROM asked JOIN entities_entitydetail USING (entity_uid)
WHERE valid_from = asked.at OR valid_to = asked.at
"""

# Versions do not say what ended them; the log does. Voided events said nothing. An event speaks of
# its own instant or, if its bytes name a valid_from, of an earlier one: no others need decoding.
EVENTS_SQL = """
SELECT raw, recorded_at FROM events_event
WHERE (event_id = ANY(%(ids)b::uuid[]) OR entity_uid = ANY(%(uids)b::uuid[]) AND hlc >= %(since)s
        AND (hlc = ANY(%(hlcs)b::bigint[]) OR position(%(back_dated)s::bytea in raw) > 0))
    AND state = 0
"""
BACK_DATED = b'"valid_from"'

_RANKS = {"entity": 0, "field": 1, "detail": 2}
_NAMES = {"entity": "action", "field": "field", "detail": "detail_code"}
NO_UID = UUID(int=0)


class ChangeKey(NamedTuple):
    """Where a page of changes ended; `name` is the action, field or detail code."""

    at: datetime
    entity_uid: UUID
    rank: int
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """An event, and when this location learned it."""

    event: Event
    recorded_at: datetime


def diff(
    *,
    from_us: int,
    to_us: int,
    entity_uid: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> Slice[dict[str, Any]]:
    """State at `to` less state at `from`, by entity_uid; definitions of the vocabulary are left
    out. Three statements at most, whatever the size."""
    if to_us <= from_us:
        return Slice((), False)
    period = {"start": instant_of(from_us), "end": instant_of(to_us)}
    candidates = {**period, "after": after, "uid": entity_uid}
    uids = [
        uid
        for (uid,) in sql.fetch_bound(
            CHANGED_SQL.replace("CANDIDATES", _candidates(candidates)),
            {**candidates, "reserved": sorted(RESERVED_TYPES), "limit": limit + 1},
        )
    ]
    found: dict[UUID, list[Version]] = {uid: [] for uid in uids[:limit]}
    for row in sql.fetch_bound(VERSIONS_SQL, {**period, "uids": list(found)}) if found else ():
        found[row[0]].append(_version(*row))
    rows = [
        {
            "entity_uid": uid,
            "display_name": name_at(versions, period["end"]),
            "changes": net_changes(versions, **period),
        }
        for uid, versions in found.items()
    ]
    return Slice(tuple(rows), len(uids) > limit)


def changes(
    *,
    from_us: int,
    to_us: int,
    entity_uid: UUID | None = None,
    after: ChangeKey | None = None,
    limit: int,
) -> Slice[dict[str, Any]]:
    """Every change after `from` up to `to`, oldest first, with the event that made it. Three
    statements, whatever the size."""
    instants = _instants(from_us, to_us, entity_uid, after, limit)
    if not instants:
        return Slice((), False)
    touching: dict[tuple[datetime, UUID], list[Version]] = {pair: [] for pair in instants}
    ats, uids = zip(*instants, strict=True)
    for at, *row in sql.fetch_bound(TOUCHING_SQL, {"ats": list(ats), "uids": list(uids)}):
        touching[at, row[0]].append(_version(*row))
    said = _said(touching)
    rows = [
        _change(step, uid, versions, said.get(uid, ()))
        for (at, uid), versions in touching.items()
        for step in steps_at(versions, at)
    ]
    if after is not None:
        rows = [row for row in rows if change_key(row) > after]
    return slice_of(rows, limit)


def change_key(row: Mapping[str, Any]) -> ChangeKey:
    """For the page after the one that ends with this row of `changes`."""
    kind = row["type"]
    return ChangeKey(row["at"], row["entity_uid"], _RANKS[kind], row[_NAMES[kind]])


def _candidates(parameters: Mapping[str, Any]) -> str:
    following = "true" if parameters["after"] is None else FOLLOWING
    if parameters["uid"] is not None:
        return ONE_SQL.replace("FOLLOWING", following)
    touched = TOUCHED_SQL.replace("FOLLOWING", following)
    if expected_rows(touched, parameters) > MOST_TOUCHED:
        return ANY_SQL.replace("FOLLOWING", following)
    return touched


def _instants(
    from_us: int, to_us: int, entity_uid: UUID | None, after: ChangeKey | None, limit: int
) -> list[tuple[datetime, UUID]]:
    """When something changed and of whom, in order; each instant changes something. With the key's
    own, of which all may have been told."""
    one = "true" if entity_uid is None else "entity_uid = %(uid)s"
    return [
        (at, uid)
        for at, uid in sql.fetch_bound(
            INSTANTS_SQL.replace("ONE", one),
            {
                "start": instant_of(from_us),
                "end": instant_of(to_us),
                "uid": entity_uid,
                "key_at": after.at if after else instant_of(MIN_INSTANT_US),
                "key_uid": after.entity_uid if after else NO_UID,
                "reserved": sorted(RESERVED_TYPES),
                "limit": limit + 2,
            },
        )
    ]


def _said(touching: Mapping[tuple[datetime, UUID], Sequence[Version]]) -> dict[UUID, list[Said]]:
    """The events that can have made these changes, by entity, in the order of events."""
    provenances = {version.event_id for versions in touching.values() for version in versions}
    rows = sql.fetch_bound(
        EVENTS_SQL,
        {
            "uids": list({uid for _, uid in touching}),
            "since": us_of(min(at for at, _ in touching)),
            "hlcs": list({us_of(at) for at, _ in touching}),
            "back_dated": BACK_DATED,
            "ids": list(provenances),
        },
    )
    found = [Said(decode(bytes(raw)), recorded_at) for raw, recorded_at in rows]
    said: dict[UUID, list[Said]] = {}
    for one in sorted(found, key=lambda one: one.event.key):
        said.setdefault(one.event.entity_uid, []).append(one)
    return said


def _change(
    step: Step, uid: UUID, versions: Sequence[Version], said: Sequence[Said]
) -> dict[str, Any]:
    lives = (version for version in versions if not version.detail_code)
    maker = _maker(step, said, is_alive=any(version.holds_at(step.at) for version in lives))
    return {
        "at": step.at,
        "entity_uid": uid,
        "display_name": name_at(versions, step.at),
        "type": step.kind,
        _NAMES[step.kind]: step.attribute,
        "before": step.before,
        "after": step.after,
        "event_id": maker.event.event_id if maker else step.event_id,
        "location_id": maker.event.location_id if maker else None,
        "actor": maker.event.actor if maker else None,
        "recorded_at": maker.recorded_at if maker else None,
    }


def _maker(step: Step, said: Sequence[Said], *, is_alive: bool) -> Said | None:
    """Who ended the life, for all that ended with it; else who spoke of the attribute for this very
    instant, last; else who gave life then (a restored value is an old one); else where the value
    comes from. `is_alive`: from this instant on."""
    then = [one for one in said if instant_of(one.event.valid_from) == step.at]
    provenance = next((one for one in said if one.event.event_id == step.event_id), None)
    if step.kind != "entity" and is_alive:
        if provenance in then:
            return provenance
        speakers = [one for one in then if step.attribute in asserted(one.event)]
        if speakers:
            return speakers[-1]
    speakers = [one for one in then if asserted(one.event).get(ALIVE) is is_alive]
    # Of several `created` only the earliest gives life; a later one may stand beside `restored`.
    givers = [one for one in speakers if one.event.type not in CREATED_TYPES] or speakers
    return givers[-1] if givers else provenance


def _version(
    uid: UUID,
    code: str,
    valid_from: datetime,
    valid_to: datetime | None,
    hashdiff: bytes,
    event_id: UUID,
    entity_type: str | None,
    display_name: str | None,
    value: str | None,
) -> Version:
    parsed = None if value is None else orjson.loads(value)
    return Version(
        uid, code, valid_from, valid_to, hashdiff, event_id, entity_type, display_name, parsed
    )
