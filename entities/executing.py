"""Erasure, second step: what is scheduled here is erased for ever once the conditions hold.

Several workers may do it at once, at one location and at many: whoever comes second finds it done.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import Entry, add_entries
from entities import survivors
from entities.assertions import ERASED_TYPE
from entities.erasure_rules import RETENTION, Schedule, unanswered
from entities.holding import held_with_company
from entities.members import Members, members
from events import progress, recording, sql
from events.principal import Act
from events.ranges import Ranges

# Entities per transaction: heads stay locked for a second or two.
SLICE = 1_000

DUE_SQL = """
SELECT due.entity_uid, due.scheduled_event, due.basis, due.scheduled_us, due.execute_after_us,
    event.origin, event.sequence
FROM entities_erasure due JOIN events_event event ON event.event_id = due.scheduled_event
WHERE due.erased_event IS NULL AND due.execute_after_us <= %(now)s
    AND due.location_id = ANY(%(locations)s::text[])
    AND (due.execute_after_us, due.entity_uid) > (%(after)s, %(after_uid)s::uuid)
ORDER BY due.execute_after_us, due.entity_uid LIMIT %(limit)s
"""

# Of those, by the same event still, at the moment when their heads are locked.
STILL_SQL = """
SELECT due.entity_uid FROM entities_erasure due
JOIN unnest(%(uids)s::uuid[], %(event_ids)s::uuid[]) AS asked (uid, event_id)
    ON due.entity_uid = asked.uid AND due.scheduled_event = asked.event_id
WHERE due.erased_event IS NULL
"""

# Something about it came and could not be folded: it might be a hold, which keeps all records of
# a person.
PENDING_SQL = """
SELECT DISTINCT entity_uid FROM events_event
WHERE entity_uid = ANY(%(uids)s::uuid[]) AND state IN (1, 2, 3)
"""

# One side cancelled it without knowing of the other's schedule: people decide.
DISPUTED_SQL = """
SELECT DISTINCT dispute.entity_uid FROM entities_conflict dispute
JOIN events_event event ON event.event_id = ANY(dispute.heads)
WHERE dispute.entity_uid = ANY(%(uids)s::uuid[]) AND dispute.attribute = 'erasure'
    AND dispute.closed_event IS NULL AND event.type = 'erasure.cancelled.v1'
"""

NO_UID = UUID(int=0)


@dataclass(slots=True)
class Executed:
    """Of those that are due: how many were erased, and who waits. `waiting`: the locations that
    have not answered. `disputed`: about which people have to decide first, or something is not
    folded yet."""

    erased: int = 0
    waiting: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    held: list[UUID] = field(default_factory=list)
    disputed: list[UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """What this location knows of all locations, read before anybody is judged by it."""

    here: str
    members: Members
    received: Mapping[str, Ranges]
    deadline: timedelta

    def unanswered(self, due: Schedule) -> list[str]:
        return unanswered(
            due,
            here=self.here,
            members=self.members.locations,
            heard=self.members.heard,
            received=self.received,
        )


def execute_due(
    make_act: Callable[[], Act],
    *,
    limit: int | None = None,
    progress: Callable[[int], object] = lambda count: None,
    is_dry_run: bool = False,
) -> Executed:
    """Erase what was scheduled here (or by whose part this location plays) as far as it may be, at
    most `limit`. `progress` gets how many were just looked at. A dry run counts whom it would
    erase."""
    executed = Executed()
    after, after_uid = 0, NO_UID
    while limit is None or executed.erased < limit:
        act = make_act()
        size = SLICE if limit is None else min(SLICE, limit - executed.erased)
        known = _known()
        window = {"after": after, "after_uid": after_uid, "limit": size, "now": act.now_us}
        due = _due(window, known)
        if not due:
            break
        _execute(act, due, known, executed, is_dry_run=is_dry_run)
        progress(len(due))
        after, after_uid = due[-1].execute_after_us, due[-1].entity_uid
    return executed


def due_count(*, now_us: int) -> int:
    """How many `execute_due` would look at."""
    params = {"after": 0, "after_uid": NO_UID, "limit": None, "now": now_us}
    params["locations"] = _known().members.answered_for_by(settings.LOCATION_ID)
    return int(sql.fetch(f"SELECT count(*) FROM ({DUE_SQL}) AS due", params)[0][0])  # noqa: S608


def _known() -> _Known:
    here = settings.LOCATION_ID
    # Progress first: what a heartbeat that is read later tells of may be more, never less.
    received, _ = progress.known()
    deadline = timedelta(days=settings.ERASURE_DEADLINE_DAYS)
    return _Known(here, members(here=here), received, deadline)


def _due(window: Mapping[str, Any], known: _Known) -> list[Schedule]:
    locations = known.members.answered_for_by(known.here)
    return [Schedule(*row) for row in sql.fetch(DUE_SQL, {**window, "locations": locations})]


def _execute(
    act: Act, due: Sequence[Schedule], known: _Known, executed: Executed, *, is_dry_run: bool
) -> None:
    late: dict[UUID, list[str]] = {}
    ready = []
    for one in due:
        silent = known.unanswered(one)
        if silent and not one.is_past_deadline(now_us=act.now_us, deadline=known.deadline):
            executed.waiting[one.entity_uid] = tuple(silent)
            continue
        late[one.entity_uid] = silent
        ready.append(one)
    if not ready:
        return
    with transaction.atomic():
        free = list(_free(ready, executed, lock=not is_dry_run))
        if not is_dry_run:
            _record(act, free, late)
    executed.erased += len(free)


def _free(ready: Sequence[Schedule], executed: Executed, *, lock: bool) -> Iterator[Schedule]:
    """Those that nothing keeps, looked at with their heads locked."""
    uids = [one.entity_uid for one in ready]
    if lock:
        recording.lock(uids)
    params: dict[str, Any] = {"uids": uids, "event_ids": [one.event_id for one in ready]}
    still = {uid for (uid,) in sql.fetch(STILL_SQL, params)}
    held = held_with_company(uids)
    disputed = {uid for (uid,) in sql.fetch(DISPUTED_SQL, params)}
    disputed |= survivors.concerned(uids, _pending)
    for one in ready:
        if one.entity_uid not in still:
            continue
        if one.entity_uid in held:
            executed.held.append(one.entity_uid)
        elif one.entity_uid in disputed:
            executed.disputed.append(one.entity_uid)
        else:
            yield one


def _pending(uids: Collection[UUID]) -> set[UUID]:
    return {uid for (uid,) in sql.fetch(PENDING_SQL, {"uids": list(uids)})}


def _record(act: Act, free: Sequence[Schedule], late: Mapping[UUID, Sequence[str]]) -> None:
    """One event for each, ids and instants only: it stays for ever."""
    if not free:
        return
    drafts = [
        recording.Draft(
            one.entity_uid,
            ERASED_TYPE,
            {
                "basis": one.basis,
                "scheduled": str(one.event_id),
                "scheduled_at": one.scheduled_us,
                "execute_after": one.execute_after_us,
                **({"unanswered": list(late[one.entity_uid])} if late[one.entity_uid] else {}),
            },
            one.basis,
        )
        for one in free
    ]
    batch_id = uuid7()
    is_bulk = all(one.basis == RETENTION for one in free)
    events = recording.record(act, drafts, is_bulk=is_bulk, batch_id=batch_id)
    add_entries(
        Entry(
            act=act,
            action="entity.erased",
            entity_uid=event.entity_uid,
            event_ids=[event.event_id],
            codes=[event.reason_code or "", *late[event.entity_uid]],
            result_count=1,
            batch_id=batch_id if len(events) > 1 else None,
        )
        for event in events
    )
