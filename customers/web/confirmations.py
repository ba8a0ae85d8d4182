"""Which locations have all events of a customer: read from what each last said of its progress."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from events import peers, ranges, sql
from events.heartbeat import Heartbeat

# Served by UNIQUE (entity_uid, origin, entity_seq).
LAST_EVENTS_SQL = """
SELECT entity_uid, origin, max(sequence), bool_or(sequence IS NULL), max(hlc)
FROM events_event WHERE entity_uid = ANY(%(uids)s::uuid[])
GROUP BY entity_uid, origin ORDER BY entity_uid, origin
"""


@dataclass(frozen=True, slots=True)
class Last:
    """The end of one origin's events about one entity. `hlc` of its newest one, µs."""

    origin: str
    sequence: int | None
    is_unsealed: bool
    hlc: int


def confirmations(
    uids: Collection[UUID], *, here: str, now_us: int
) -> dict[str, list[dict[str, Any]]]:
    """Per entity id a chip for each known location: {location_id, confirmed, lag_s}.

    `lag_s` = how long ago the newest unconfirmed event was recorded, None when confirmed.
    """
    heard = {
        location_id: known.heartbeat
        for location_id, known in peers.known().items()
        if location_id != here
    }
    if not uids or not heard:
        return {}
    lasts: dict[str, list[Last]] = {}
    for uid, *last in sql.fetch(LAST_EVENTS_SQL, {"uids": list(uids)}):
        lasts.setdefault(str(uid), []).append(Last(*last))
    return {uid: _chips(found, heard, here, now_us) for uid, found in lasts.items()}


def _chips(
    lasts: Iterable[Last], heard: Mapping[str, Heartbeat], here: str, now_us: int
) -> list[dict[str, Any]]:
    chips: dict[str, dict[str, Any]] = {
        here: {"location_id": here, "confirmed": True, "lag_s": None}
    }
    for location_id, heartbeat in heard.items():
        missing = [last.hlc for last in lasts if not _is_confirmed(last, location_id, heartbeat)]
        chips[location_id] = {
            "location_id": location_id,
            "confirmed": not missing,
            "lag_s": max(0, now_us - max(missing)) / 1_000_000 if missing else None,
        }
    return [chips[location_id] for location_id in sorted(chips)]


def _is_confirmed(last: Last, location_id: str, heartbeat: Heartbeat) -> bool:
    """What a location recorded itself it has; all else must lie inside what it has received."""
    if last.origin.partition("/")[0] == location_id:
        return True
    if last.is_unsealed or last.sequence is None:
        return False
    return ranges.contains(heartbeat.received.get(last.origin, ()), last.sequence)
