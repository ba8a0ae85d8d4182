"""Fold what folds: an event whose projection fails is set aside alone, the rest goes on."""

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from events import deadletters, log, sql
from events.database_errors import is_passing, sqlstate_of
from events.deadletters import SetAside
from events.event import Event
from events.models import EventState

logger = logging.getLogger(__name__)

STATE_SQL = "UPDATE events_event SET state = %(state)s WHERE event_id = ANY(%(ids)s::uuid[])"

STALE_SQL = "UPDATE events_head SET stale = %(stale)s WHERE entity_uid = ANY(%(uids)s::uuid[])"


class EventName(NamedTuple):
    """What is left to say of an event whose bytes cannot be read."""

    event_id: UUID
    origin: str
    entity_uid: UUID


def fold_what_folds(events: Sequence[Event], *, now: datetime) -> list[Event]:
    """Fold events that are in the log with state folded; those that cannot be are marked failed,
    their entities stale, and returned. Must run in a transaction."""
    failed = _fold_or_halve(sorted(events, key=lambda event: event.entity_uid))
    set_aside(failed, now=now)
    return failed


def set_aside(failed: Sequence[Event | EventName], *, now: datetime) -> None:
    """Mark events as failed and their entities as stale, with a dead letter for each."""
    if not failed:
        return
    set_state(failed, EventState.FAILED)
    uids = sorted({event.entity_uid for event in failed})
    log.lock_heads(uids)
    set_stale(uids, stale=True)
    letters = [
        SetAside("projection_failed", None, origin=event.origin, entity_uid=event.entity_uid)
        for event in failed
    ]
    deadletters.set_aside(letters, now=now)


def set_state(events: Sequence[Event | EventName], state: EventState) -> None:
    if events:
        ids = [event.event_id for event in events]
        sql.execute(STATE_SQL, {"state": int(state), "ids": ids})


def set_stale(uids: Sequence[UUID], *, stale: bool) -> None:
    sql.execute(STALE_SQL, {"stale": stale, "uids": list(uids)})


def _fold_or_halve(events: Sequence[Event]) -> list[Event]:
    """Sorted by entity, so that locks are always taken in uid order."""
    # Whatever a projector raises for one entity's events must not stop all the others; trouble
    # that passes by itself goes up, and the batch is tried again.
    if not events:
        return []
    try:
        with transaction.atomic():
            log.fold_in(events)
    except Exception as error:
        if is_passing(error):
            raise
        uids = sorted({event.entity_uid for event in events})
        if len(uids) == 1:
            _log_failure(error, uids[0])
            return list(events)
        border = uids[len(uids) // 2]
        left = [event for event in events if event.entity_uid < border]
        right = [event for event in events if event.entity_uid >= border]
        return _fold_or_halve(left) + _fold_or_halve(right)
    return []


def _log_failure(error: Exception, entity_uid: UUID) -> None:
    """Without the error's message: a database error repeats the values."""
    logger.error(
        "events.projection_failed",
        extra={
            "entity_uid": str(entity_uid),
            "error.type": type(error).__name__,
            "error.code": sqlstate_of(error),
            "error.stack_trace": "".join(traceback.format_tb(error.__traceback__)),
        },
    )
