"""How all locations stand as seen from here: for `GET sync`, metrics, and the pill on each page."""

import time
from collections.abc import Mapping
from datetime import datetime
from itertools import combinations
from typing import Any

from django.conf import settings

from events import own_heartbeat, peers, ranges, restoring
from events.clock import instant_of, us_of
from events.heartbeat import Heartbeat
from events.peers import Known
from events.ranges import Ranges

# This many idle heartbeats may fail to come before a location counts as not heard.
MISSED_HEARTBEATS = 3


def sync_state() -> dict[str, Any]:
    """API.md `GET sync`. `identical` is None while it cannot be said: something is on its way."""
    now_us = time.time_ns() // 1000
    locations = _locations(now_us)
    here = locations[settings.LOCATION_ID].heartbeat
    highest = peers.highest_sealed(locations)
    return {
        "location_id": here.location_id,
        "origin": here.origin,
        "identical": identical([place.heartbeat for place in locations.values()]),
        "locations": [_row(place, highest, instant_of(now_us)) for place in locations.values()],
    }


def sync_pill() -> dict[str, Any]:
    """For every page: `state` is in_sync, behind, down or alone, `sentence` says it in words."""
    state = sync_state()
    rows = state["locations"]
    silent_s = MISSED_HEARTBEATS * settings.HEARTBEAT_IDLE_S
    for row in rows:
        row["state"] = "down" if row["lag_s"] > silent_s else "up"
        row["name"] = settings.LOCATION_NAME if row["location_id"] == state["location_id"] else ""
    others = [row for row in rows if row["location_id"] != state["location_id"]]
    here = next(row for row in rows if row["location_id"] == state["location_id"])
    word, sentence = _verdict(here, others, is_different=state["identical"] is False)
    waiting = None if restoring.is_open() else restoring.waiting()
    if waiting is not None:
        word, sentence = "behind", f"Restoring: waits for {waiting.words}"
    return {"state": word, "sentence": sentence, "locations": rows}


def identical(heartbeats: list[Heartbeat]) -> bool | None:
    """True: measured equal everywhere; False: two that folded the same differ; else None."""
    answer: bool | None = True
    for one, other in combinations(heartbeats, 2):
        if not one.is_comparable(other):
            answer = None
        elif one.digest != other.digest:
            return False
    return answer if len(heartbeats) > 1 else None


def _verdict(
    here: Mapping[str, Any], others: list[dict[str, Any]], *, is_different: bool
) -> tuple[str, str]:
    if not others:
        return "alone", "No other location yet"
    if is_different:
        return "down", "Locations differ"
    silent = [row["location_id"] for row in others if row["state"] == "down"]
    if silent:
        return "down", f"{', '.join(silent)} not heard"
    if here["unsealed"]:
        return "behind", f"{here['unsealed']:,} to send"
    behind = max([here, *others], key=lambda row: int(row["lag_events"]))
    if behind["lag_events"]:
        return "behind", f"{behind['location_id']} {behind['lag_events']:,} behind"
    if here["pending"]:
        return "behind", f"{here['pending']:,} waiting"
    return "in_sync", "In sync"


def _locations(now_us: int) -> dict[str, Known]:
    """All that were ever heard and this one as of now, by location_id."""
    found = peers.known()
    kept = found.get(settings.LOCATION_ID)
    here = own_heartbeat.now(now_us=now_us, kept=kept.heartbeat if kept else None)
    found[settings.LOCATION_ID] = Known(here, instant_of(now_us))
    return dict(sorted(found.items()))


def _row(place: Known, highest: dict[str, int], now: datetime) -> dict[str, Any]:
    heartbeat = place.heartbeat
    return {
        "location_id": heartbeat.location_id,
        "origin": heartbeat.origin,
        "seen_at": place.seen_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "lag_events": _count(peers.missing(heartbeat.received, highest)),
        "lag_s": max(0.0, (now - place.seen_at).total_seconds()),
        "sealed": heartbeat.sealed,
        "unsealed": heartbeat.unsealed,
        "pending": heartbeat.pending,
        "wants": _count(heartbeat.wants),
        "digest": heartbeat.digest,
        "conflicts": heartbeat.conflicts,
        "dead_letters": heartbeat.dead_letters,
        "clock_offset_ms": (heartbeat.at - us_of(place.seen_at)) // 1000,
    }


def _count(progress: Mapping[str, Ranges]) -> int:
    return sum(ranges.count(part) for part in progress.values())
