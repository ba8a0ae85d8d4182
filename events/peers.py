"""The last heartbeat of each location: kept when heard, read by healing and the sync pages."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from events import ranges, sql
from events.heartbeat import Heartbeat, InvalidHeartbeatError, of_dict, to_json
from events.ranges import Ranges

logger = logging.getLogger(__name__)

KEEP_SQL = """
INSERT INTO events_peer (location_id, status, seen_at)
VALUES (%(location_id)s, %(status)s::jsonb, %(seen_at)s)
ON CONFLICT (location_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at
"""

KNOWN_SQL = "SELECT location_id, status, seen_at FROM events_peer ORDER BY location_id"


@dataclass(frozen=True, slots=True)
class Known:
    """A location as last heard."""

    heartbeat: Heartbeat
    seen_at: datetime

    def is_active(self, *, now: datetime, silent_s: float) -> bool:
        return (now - self.seen_at).total_seconds() < silent_s


def keep(heartbeat: Heartbeat, *, seen_at: datetime) -> None:
    sql.execute(
        KEEP_SQL,
        {
            "location_id": heartbeat.location_id,
            "status": to_json(heartbeat).decode(),
            "seen_at": seen_at,
        },
    )


def known() -> dict[str, Known]:
    """All locations ever heard, this one included, by location_id."""
    found = {}
    for location_id, status, seen_at in sql.fetch(KNOWN_SQL):
        try:
            found[location_id] = Known(of_dict(orjson.loads(status)), seen_at)
        except InvalidHeartbeatError as error:
            logger.warning(
                "events.kept_heartbeat_invalid",
                extra={"labels.peer": location_id, "field": str(error)},
            )
    return found


def highest_sealed(locations: dict[str, Known]) -> dict[str, int]:
    """The highest sequence of each origin that anybody is known to have."""
    highest: dict[str, int] = {}
    for place in locations.values():
        heard = place.heartbeat
        seen = {origin: ranges.highest(has) for origin, has in heard.received.items()}
        seen[heard.origin] = max(heard.sealed, seen.get(heard.origin, 0))
        for origin, sequence in seen.items():
            highest[origin] = max(sequence, highest.get(origin, 0))
    return highest


def missing(received: Mapping[str, Ranges], highest: Mapping[str, int]) -> dict[str, Ranges]:
    """Of each origin the sequences up to the highest that were not received."""
    holes = {
        origin: ranges.minus(((1, last),), received.get(origin, ()))
        for origin, last in highest.items()
        if last
    }
    return {origin: hole for origin, hole in holes.items() if hole}
