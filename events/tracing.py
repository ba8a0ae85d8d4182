"""The way of events between locations, told in the log: found by any of their request ids."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any
from uuid import UUID

from events.arrivals import Arrival
from events.kafka import Message

logger = logging.getLogger(__name__)

REQUEST_HEADER = "requestid"


def say_sent(rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of sealed events (sequence, entity_uid, request_id, …) that were given to Kafka."""
    if rows:
        logger.info(
            "events.sent",
            extra={
                "http.request.id": sorted({str(row[2]) for row in rows}),
                "sins.events": len(rows),
            },
        )


def say_received(stored: Sequence[Arrival], messages: Sequence[Message], *, now_us: int) -> None:
    """Events that are folded in here now: a line for each location that they came from, with how
    old they have become on the way."""
    request_ids = _request_ids(messages)
    by_origin: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in stored:
        by_origin[arrival.event.location_id].append(arrival)
    for origin, arrivals in sorted(by_origin.items()):
        ages_ms = [max(0, now_us - arrival.event.hlc) / 1000 for arrival in arrivals]
        logger.info(
            "events.received",
            extra={
                "http.request.id": sorted({_request_id(each, request_ids) for each in arrivals}),
                "labels.origin": origin,
                "sins.events": len(arrivals),
                "sins.latency_ms": round(max(ages_ms), 3),
                "sins.latency_p50_ms": round(median(ages_ms), 3),
            },
        )


def _request_ids(messages: Sequence[Message]) -> Mapping[tuple[int, int], str]:
    """By partition and offset, as the headers say; what is no id is passed over."""
    found = {}
    for message in messages:
        try:
            request_id = UUID(message.headers.get(REQUEST_HEADER, b"").decode())
        except ValueError:
            continue
        found[(message.partition, message.offset)] = str(request_id)
    return found


def _request_id(arrival: Arrival, known: Mapping[tuple[int, int], str]) -> str:
    """The header's, or the event's own where the header is missing."""
    source = arrival.source
    place = (source.partition, source.offset) if source else (-1, -1)
    return known.get(place, str(arrival.event.request_id))
