"""Received but not folded: events that are due now, learned types, failed ones tried again."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from events import clock_floor, deadletters, log, sql
from events.clock import MAX_AHEAD_US, instant_of, is_ahead
from events.event import UPCASTS, Event, InvalidEvent, decode
from events.folding import EventName, fold_what_folds, set_aside, set_stale, set_state
from events.models import EventState
from events.principal import Act
from events.projectors import known_types
from events.receiving import WRITER, tell_observers

logger = logging.getLogger(__name__)

BATCH = 500

DUE_SQL = """
SELECT event_id, origin, entity_uid, hlc, raw FROM events_event
WHERE state = 1 AND hlc <= %(until)s AND raw IS NOT NULL
ORDER BY hlc LIMIT %(limit)s FOR UPDATE
"""

LEARNED_SQL = """
SELECT event_id, origin, entity_uid, hlc, raw FROM events_event
WHERE state = 2 AND type = ANY(%(types)s::text[]) AND raw IS NOT NULL
ORDER BY hlc LIMIT %(limit)s FOR UPDATE
"""

FAILED_SQL = """
SELECT event_id, origin, entity_uid, hlc, raw FROM events_event
WHERE state = 3 AND raw IS NOT NULL AND (hlc, event_id) > (%(hlc)s, %(event_id)s::uuid)
ORDER BY hlc, event_id LIMIT %(limit)s FOR UPDATE
"""

STALE_REST_SQL = """
SELECT DISTINCT entity_uid FROM events_event
WHERE state = 3 AND entity_uid = ANY(%(uids)s::uuid[])
"""

LOWEST_UID = UUID(int=0)


@transaction.atomic
def fold_due(act: Act) -> int:
    """Fold parked events whose time has come; how many."""
    until = max(act.now_us, clock_floor.current()) + MAX_AHEAD_US
    events, unreadable = _read(sql.fetch(DUE_SQL, {"until": until, "limit": BATCH}))
    _fold(act, events, unreadable)
    return len(events) + len(unreadable)


@transaction.atomic
def fold_learned(act: Act) -> int:
    """Fold events of types that were unknown when they came, or park them; how many."""
    types = sorted(known_types() | UPCASTS.keys())
    events, unreadable = _read(sql.fetch(LEARNED_SQL, {"types": types, "limit": BATCH}))
    highest = clock_floor.current()
    ahead: list[Event] = []
    due: list[Event] = []
    for event in events:
        is_early = is_ahead(hlc=event.hlc, wall_us=act.now_us, floor=highest)
        (ahead if is_early else due).append(event)
    set_state(ahead, EventState.PARKED)
    _fold(act, due, unreadable)
    return len(events) + len(unreadable)


def retry_failed(make_act: Callable[[], Act], *, limit: int) -> tuple[int, int]:
    """Try each failed event once more; how many were tried, and how many fold now."""
    tried = folded = 0
    hlc, event_id = 0, LOWEST_UID
    while tried < limit:
        act = make_act()
        now = instant_of(act.now_us)
        window = {"hlc": hlc, "event_id": event_id, "limit": min(BATCH, limit - tried)}
        with transaction.atomic():
            rows = sql.fetch(FAILED_SQL, window)
            if not rows:
                break
            events, unreadable = _read(rows)
            failed = {event.event_id for event in _retry(events, now=now)}
            set_aside(unreadable, now=now)
            if mended := [event for event in events if event.event_id not in failed]:
                tell_observers(act, mended)
        tried += len(rows)
        folded += len(events) - len(failed)
        event_id, _, _, hlc, _ = rows[-1]
    return tried, folded


def _read(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Event], list[EventName]]:
    """The events, and those that cannot be read: what came as an unknown type was taken unseen."""
    events, unreadable = [], []
    for event_id, origin, entity_uid, _, raw in rows:
        try:
            events.append(decode(bytes(raw)))
        except InvalidEvent as error:
            unreadable.append(EventName(event_id, origin, entity_uid))
            logger.error(
                "events.unreadable", extra={"event_id": str(event_id), "reason": error.detail}
            )
    return events, unreadable


def _fold(act: Act, events: Sequence[Event], unreadable: Sequence[EventName]) -> None:
    now = instant_of(act.now_us)
    _take_up(events)
    fold_what_folds(events, now=now)
    set_aside(unreadable, now=now)
    clock_floor.raise_to((event.hlc for event in events), writer=WRITER, wall_us=act.now_us)


def _take_up(events: Sequence[Event]) -> None:
    """What an event of an unknown type asserts could not be said before."""
    log.save_codes(events)
    set_state(events, EventState.FOLDED)


def _retry(events: Sequence[Event], *, now: datetime) -> list[Event]:
    uids = sorted({event.entity_uid for event in events})
    log.lock_heads(uids)
    deadletters.resolve_projected(uids, now=now)
    _take_up(events)
    failed = fold_what_folds(events, now=now)
    still = {uid for (uid,) in sql.fetch(STALE_REST_SQL, {"uids": uids})}
    set_stale([uid for uid in uids if uid not in still], stale=False)
    return failed
