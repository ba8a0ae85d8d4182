"""Received but not folded: events that are due now, learned types, failed ones tried again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from events import deadletters, floor, log, sql
from events.clock import MAX_AHEAD_US, instant_of
from events.event import Event, decode
from events.folding import fold_what_folds, set_stale, set_state
from events.models import EventState
from events.principal import Act
from events.projectors import known_types
from events.receiving import WRITER

BATCH = 500

DUE_SQL = """
SELECT raw FROM events_event WHERE state = 1 AND hlc <= %(until)s AND raw IS NOT NULL
ORDER BY hlc LIMIT %(limit)s FOR UPDATE
"""

LEARNED_SQL = """
SELECT raw FROM events_event WHERE state = 2 AND type = ANY(%(types)s::text[])
    AND raw IS NOT NULL
ORDER BY hlc LIMIT %(limit)s FOR UPDATE
"""

FAILED_SQL = """
SELECT raw FROM events_event WHERE state = 3 AND raw IS NOT NULL
    AND (hlc, event_id) > (%(hlc)s, %(event_id)s::uuid)
ORDER BY hlc, event_id LIMIT %(limit)s FOR UPDATE
"""

STALE_REST_SQL = """
SELECT DISTINCT entity_uid FROM events_event
WHERE state = 3 AND entity_uid = ANY(%(uids)s::uuid[])
"""

LOWEST_UID = "00000000-0000-0000-0000-000000000000"


@transaction.atomic
def fold_due(act: Act) -> int:
    """Fold parked events whose time has come; how many."""
    until = max(act.now_us, floor.current()) + MAX_AHEAD_US
    return _fold(act, sql.fetch(DUE_SQL, {"until": until, "limit": BATCH}))


@transaction.atomic
def fold_learned(act: Act) -> int:
    """Fold events of types that were unknown when they came; how many."""
    learned = {"types": sorted(known_types()), "limit": BATCH}
    return _fold(act, sql.fetch(LEARNED_SQL, learned))


def retry_failed(make_act: Callable[[], Act], *, limit: int) -> tuple[int, int]:
    """Try each failed event once more; how many were tried, and how many fold now."""
    tried = folded = 0
    hlc, event_id = 0, LOWEST_UID
    while tried < limit:
        act = make_act()
        window = {"hlc": hlc, "event_id": event_id, "limit": min(BATCH, limit - tried)}
        with transaction.atomic():
            events = [decode(bytes(raw)) for (raw,) in sql.fetch(FAILED_SQL, window)]
            if not events:
                break
            failed = _retry(events, now=instant_of(act.now_us))
        tried += len(events)
        folded += len(events) - len(failed)
        hlc, event_id = events[-1].hlc, str(events[-1].event_id)
    return tried, folded


def _fold(act: Act, rows: Sequence[tuple[Any, ...]]) -> int:
    events = [decode(bytes(raw)) for (raw,) in rows]
    if not events:
        return 0
    set_state(events, EventState.FOLDED)
    fold_what_folds(events, now=instant_of(act.now_us))
    floor.raise_to((event.hlc for event in events), writer=WRITER, wall_us=act.now_us)
    return len(events)


def _retry(events: Sequence[Event], *, now: datetime) -> list[Event]:
    uids = sorted({event.entity_uid for event in events})
    log.lock_heads(uids)
    deadletters.resolve_projected(uids, now=now)
    set_state(events, EventState.FOLDED)
    failed = fold_what_folds(events, now=now)
    still = {uid for (uid,) in sql.fetch(STALE_REST_SQL, {"uids": uids})}
    set_stale([uid for uid in uids if uid not in still], stale=False)
    return failed
