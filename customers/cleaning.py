"""What a location does about those who are to leave: the loop of `cleanup_customers`."""

import time
from collections.abc import Callable

from django.db import transaction

from customers.retention import runs
from entities import erasure_ledger, executing
from entities.executing import Executed
from events import log, sql
from events.clock import instant_of
from events.principal import Act

# Confirmations are looked for this often; erasing waits for nobody.
NOTE_EVERY_S = 2.0
# Who has become due by policies that need no approval: days are counted, not minutes.
START_EVERY_S = 60.0

# Something came while its entity was being erased by another process.
OVERTAKEN_SQL = """
SELECT DISTINCT event.entity_uid FROM events_event event
JOIN events_head head ON head.entity_uid = event.entity_uid AND head.erased_event IS NOT NULL
WHERE event.state IN (1, 2, 3, 6) AND event.type NOT LIKE 'entity.erased.%%' LIMIT 1000
"""


class Cleaner:
    """A worker: begins runs of policies that need no approval, schedules what is approved, erases
    what is due, step by step, and notes who has confirmed."""

    def __init__(self, make_act: Callable[[], Act]) -> None:
        self._make_act = make_act
        self._next_note_at = self._next_start_at = 0.0
        self.erased = 0

    def step(self) -> bool:
        if time.monotonic() >= self._next_start_at:
            runs.start_runs(self._make_act())
            self._next_start_at = time.monotonic() + START_EVERY_S
        scheduled = schedule_approved(self._make_act)
        runs.spare_changed(self._make_act)
        executed = executing.execute_due(self._make_act, limit=executing.SLICE)
        self.erased += executed.erased
        if time.monotonic() >= self._next_note_at:
            self._note()
            self._next_note_at = time.monotonic() + NOTE_EVERY_S
        return scheduled + executed.erased > 0

    def close(self) -> None: ...

    def _note(self) -> None:
        erasure_ledger.note_confirmations(now=instant_of(self._make_act().now_us))
        forget_overtaken()


def schedule_approved(
    make_act: Callable[[], Act], *, progress: Callable[[int], object] = lambda count: None
) -> int:
    """Schedule all that is approved, batch by batch; how many were looked at."""
    total = 0
    for run_id in runs.open_runs():
        while count := runs.schedule_batch(make_act(), run_id=run_id):
            total += count
            progress(count)
    return total


def forget_overtaken() -> int:
    """Of entities that are erased what is still pending; how many entities."""
    with transaction.atomic():
        uids = [uid for (uid,) in sql.fetch(OVERTAKEN_SQL, {})]
        log.forget_if_erased(uids)
    return len(uids)


def told(executed: Executed, *, is_dry_run: bool) -> list[str]:
    """In sentences: how many, and who waits for whom."""
    verb = "would be" if is_dry_run else "were"
    lines = [f"{executed.erased:,} {verb} erased."]
    if executed.held:
        lines.append(f"{len(executed.held):,} wait because a hold stands.")
    if executed.disputed:
        lines.append(f"{len(executed.disputed):,} wait until people decide, or events are folded.")
    silent = sorted({name for names in executed.waiting.values() for name in names})
    if silent:
        lines.append(f"{len(executed.waiting):,} wait for an answer of {', '.join(silent)}.")
    return lines
