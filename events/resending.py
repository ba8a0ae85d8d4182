"""Peers' wants → topic: stored bytes again, by the origin or, if it is silent, by one other."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from events import peers, ranges, sql
from events.peers import Known
from events.producing import SENT_COLUMNS, send_event
from events.ranges import Ranges
from events.steady_producer import SteadyProducer

logger = logging.getLogger(__name__)

BATCH = 500

ANYBODY_WANTS_SQL = """
SELECT EXISTS (SELECT 1 FROM events_peer
    WHERE location_id <> %(here)s AND status -> 'wants' <> '{}'::jsonb)
"""

WANTED_SQL = f"""
SELECT {SENT_COLUMNS} FROM events_event
WHERE origin = %(origin)s AND sequence BETWEEN %(first)s AND %(last)s
ORDER BY sequence LIMIT %(limit)s
"""  # noqa: S608


def answers(
    locations: Mapping[str, Known], *, here: str, now: datetime, silent_s: float
) -> list[tuple[str, str, Ranges]]:
    """(asker, origin, ranges) that this location is the one to answer."""
    active = {
        location_id: place.heartbeat
        for location_id, place in locations.items()
        if location_id == here or place.is_active(now=now, silent_s=silent_s)
    }
    mine = active[here].received if here in active else {}
    found = []
    for asker, heartbeat in active.items():
        if asker == here:
            continue
        others = active.keys() - {asker, here}
        for origin, wanted in heartbeat.wants.items():
            part = ranges.both(wanted, mine.get(origin, ()))
            for other in others:
                if _goes_before(other, here, origin):
                    part = ranges.minus(part, active[other].received.get(origin, ()))
            if part:
                found.append((asker, origin, part))
    return found


def _goes_before(other: str, here: str, origin: str) -> bool:
    """The origin itself answers; what it lost, or is too silent to say, the smallest id."""
    owner = origin.partition("/")[0]
    return owner != here and (other == owner or other < here)


class Resending:
    """Remembers what was sent to whom, so that a range goes out once per RESEND_AFTER_S."""

    def __init__(self, producer: SteadyProducer) -> None:
        self._producer = producer
        self._sent: dict[tuple[str, str], list[tuple[float, Ranges]]] = defaultdict(list)

    def step(self, *, now: datetime, now_s: float) -> bool:
        """Answer a part of what is wanted; False when there was nothing."""
        here = settings.LOCATION_ID
        if not sql.fetch(ANYBODY_WANTS_SQL, {"here": here})[0][0]:
            return False
        due = answers(peers.known(), here=here, now=now, silent_s=settings.ORIGIN_SILENT_S)
        sent = [self._answer(asker, origin, part, now_s) for asker, origin, part in due]
        return any(sent)

    def _answer(self, asker: str, origin: str, wanted: Ranges, now_s: float) -> bool:
        recent = [
            (at_s, part)
            for at_s, part in self._sent[(asker, origin)]
            if now_s - at_s < settings.RESEND_AFTER_S
        ]
        for _, part in recent:
            wanted = ranges.minus(wanted, part)
        sent = self._send(origin, wanted)
        if sent:
            recent.append((now_s, sent))
            logger.info(
                "events.sent_again",
                extra={"asker": asker, "origin": origin, "count": ranges.count(sent)},
            )
        self._sent[(asker, origin)] = recent
        return bool(sent)

    def _send(self, origin: str, wanted: Ranges) -> Ranges:
        """The ranges that were queued: as much as there is room for now."""
        queued: list[int] = []
        for first, last in wanted:
            limit = min(BATCH, self._producer.room()) - len(queued)
            if limit <= 0:
                break
            window = {"origin": origin, "first": first, "last": last, "limit": limit}
            for row in sql.fetch(WANTED_SQL, window):
                if not send_event(self._producer, row, acked=set()):
                    return ranges.of(queued)
                queued.append(row[0])
        return ranges.of(queued)
