"""Merges that hold → by what else than its own values a survivor is found; for its row and page.

A pure function of versions, merges and their events, as the row is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from customers.text_forms import Names
from events import sql
from events.event import decode

# By what each of these stands for, whatever way the merges went.
LOSERS_SQL = """
SELECT told.survivor_uid, entity.display_name,
    jsonb_object_agg(detail.detail_code, detail.value)
        FILTER (WHERE detail.detail_code IS NOT NULL)::text
FROM entities_survivor told
JOIN entities_entity entity
    ON entity.entity_uid = told.entity_uid AND entity.valid_to IS NULL
LEFT JOIN entities_entitydetail detail
    ON detail.entity_uid = told.entity_uid AND detail.valid_to IS NULL
    AND detail.detail_code IN ('SURNAME', 'NAME', 'DOCUMENT_NUMBER')
WHERE told.survivor_uid = ANY(%(uids)b::uuid[])
GROUP BY told.survivor_uid, told.entity_uid, entity.display_name
ORDER BY told.survivor_uid, told.entity_uid
"""

# The merges behind that. Which update brought the chosen values along is in the event only.
MERGES_SQL = """
SELECT told.survivor_uid, (state.value #>> '{}')::uuid, event.raw
FROM entities_survivor told
JOIN entities_state state
    ON state.entity_uid = told.entity_uid AND state.attribute = 'merged_into'
JOIN events_event event ON event.event_id = state.event_id
WHERE told.survivor_uid = ANY(%(uids)b::uuid[]) AND event.raw IS NOT NULL
ORDER BY told.survivor_uid, told.entity_uid
"""

# What held right before the update that a merge brought along, and the codes of what it ended. Such
# an update is true from the instant it was recorded. One that was taken back has ended nothing.
REPLACED_SQL = """
SELECT taken.survivor_uid, moment.at, entity.display_name, entity.valid_to = moment.at,
    jsonb_object_agg(detail.detail_code, detail.value)
        FILTER (WHERE detail.detail_code IS NOT NULL)::text,
    array_agg(detail.detail_code) FILTER (WHERE detail.valid_to = moment.at)
FROM unnest(%(survivors)b::uuid[], %(into)b::uuid[], %(chosen)b::uuid[])
    AS taken (survivor_uid, entity_uid, event_id)
JOIN events_event event USING (event_id, entity_uid)
CROSS JOIN LATERAL (
    SELECT timestamptz 'epoch' + event.hlc * interval '1 microsecond' AS at
) AS moment
JOIN entities_entity entity ON entity.entity_uid = taken.entity_uid
    AND entity.valid_from < moment.at
    AND (entity.valid_to IS NULL OR entity.valid_to >= moment.at)
LEFT JOIN entities_entitydetail detail ON detail.entity_uid = taken.entity_uid
    AND detail.detail_code IN ('SURNAME', 'NAME', 'DOCUMENT_NUMBER')
    AND detail.valid_from < moment.at
    AND (detail.valid_to IS NULL OR detail.valid_to >= moment.at)
GROUP BY taken.survivor_uid, taken.event_id, event.hlc, moment.at, entity.display_name,
    entity.valid_to
ORDER BY taken.survivor_uid, event.hlc, taken.event_id
"""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What the merge at that instant gave another value to: names, or a number, or both."""

    names: Names
    at: datetime


def other_names(uids: Collection[UUID]) -> Mapping[UUID, list[Names]]:
    """Of survivors: the names of all records that they stand for, then what the merges replaced."""
    found: defaultdict[UUID, list[Names]] = defaultdict(list)
    if not uids:
        return found
    for survivor, display_name, details in sql.fetch_bound(LOSERS_SQL, {"uids": list(uids)}):
        found[survivor].append(_names(display_name, _object(details)))
    for survivor, replaced in replaced_by_merges(uids).items():
        found[survivor] += [one.names for one in replaced]
    return found


def replaced_by_merges(uids: Collection[UUID]) -> Mapping[UUID, list[Replaced]]:
    """Of survivors: what held until a merge replaced it, by when that was."""
    found: defaultdict[UUID, list[Replaced]] = defaultdict(list)
    if not (taken := sorted(set(_taken(uids)))):
        return found
    survivors, into, chosen = map(list, zip(*taken, strict=True))
    parameters = {"survivors": survivors, "into": into, "chosen": chosen}
    for survivor, at, display_name, is_renamed, details, ended in sql.fetch_bound(
        REPLACED_SQL, parameters
    ):
        held = _names(display_name, _object(details))
        names = _ended(held, set(ended or ()), is_renamed=bool(is_renamed))
        if any(names):
            found[survivor].append(Replaced(names, at))
    return found


def _taken(uids: Collection[UUID]) -> Iterator[tuple[UUID, UUID, UUID]]:
    """Survivor, record that took values over, and the event that gave it these."""
    for survivor, into, raw in sql.fetch_bound(MERGES_SQL, {"uids": list(uids)}):
        if chosen := decode(bytes(raw)).data.get("chosen"):
            yield survivor, into, UUID(chosen)


def _ended(held: Names, ended: Collection[str], *, is_renamed: bool) -> Names:
    """Of a name in parts all that was its name; another name only while it was the only one."""
    is_other_ended = is_renamed and not (held.surname or held.name)
    is_name_ended = is_other_ended or not {"SURNAME", "NAME"}.isdisjoint(ended)
    return Names(
        *(held[:3] if is_name_ended else (None, None, None)),
        held.document_number if "DOCUMENT_NUMBER" in ended else None,
    )


def _names(display_name: str | None, details: Mapping[str, Any]) -> Names:
    surname, name, number = (
        None if (value := details.get(code)) is None else str(value)
        for code in ("SURNAME", "NAME", "DOCUMENT_NUMBER")
    )
    return Names(surname, name, display_name, number)


def _object(text: str | None) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(text) if text else {}
    return loaded
