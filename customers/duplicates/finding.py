"""`find_duplicates`: everybody on the list against whoever may be the same person.

Which pairs are worth comparing is made anew by each run, 300,000 people in half a minute; comparing
takes longer, so how far that is stands in the database: a run that was killed goes on there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from customers.duplicates import blocking, pairs
from customers.duplicates.blocking import LeftOut
from customers.duplicates.pairs import Key
from customers.models import FindingRun
from customers.search.weights_file import weights_in_use
from events import sql
from events.clock import instant_of
from events.errors import Refused
from events.leadership import LOCK_SPACE
from events.principal import Act

# Pairs at a time: two seconds, of which only the writing of what was found is a transaction.
SLICE = 5_000
START: Key = (UUID(int=0), UUID(int=0))
# No other number in this lock space is that of a task's name.
FINDING = -1

LOCK_SQL = "SELECT pg_try_advisory_lock(%(space)s, %(task)s)"
UNLOCK_SQL = "SELECT pg_advisory_unlock(%(space)s, %(task)s)"
TASK = {"space": LOCK_SPACE, "task": FINDING}


class AlreadyFinding(Refused):
    """Another find_duplicates runs at this location."""

    code = "already_finding"
    status = 409

    def __init__(self) -> None:
        super().__init__("Another find_duplicates is running at this location: wait until it ends.")


@dataclass(frozen=True, slots=True)
class Found:
    """`compared` and `kept` of the whole run, also of what an earlier process did; `left` = pairs
    still to be compared, by the next run."""

    compared: int
    kept: int
    left: int
    left_out: LeftOut
    is_resumed: bool


def find_duplicates(
    act: Act,
    *,
    least: float = pairs.LEAST_SCORE,
    is_dry_run: bool = False,
    limit: int | None = None,
    on_progress: Callable[[int, int], object] = lambda done, total: None,
) -> Found:
    """Compare all pairs worth it and keep those with at least this score. `limit`: compare so many
    now. `on_progress` gets how many are done and how many there are. Raises AlreadyFinding."""
    if not sql.fetch(LOCK_SQL, TASK)[0][0]:
        raise AlreadyFinding
    try:
        run, is_resumed = _run(act, least=least, is_new=is_dry_run)
        left_out = blocking.prepare()
        total = blocking.count_after((run.after_a, run.after_b))
        if limit is not None:
            total = min(total, limit)
        _compare(act, run, total, is_dry_run=is_dry_run, on_progress=on_progress)
        left = blocking.count_after((run.after_a, run.after_b))
        if not is_dry_run:
            _end(act, run, is_done=not left)
        return Found(run.compared, run.found, left, left_out, is_resumed)
    finally:
        blocking.clear()
        sql.fetch(UNLOCK_SQL, TASK)


def _run(act: Act, *, least: float, is_new: bool) -> tuple[FindingRun, bool]:
    """The run that did not end, if it was for the same; else a new one."""
    version = weights_in_use().version
    kept = FindingRun.objects.filter(least=least, weights_version=version).first()
    if kept is not None and not is_new:
        return kept, True
    run = FindingRun(
        started_at=instant_of(act.now_us),
        least=least,
        weights_version=version,
        after_a=START[0],
        after_b=START[1],
    )
    return run, False


def _compare(
    act: Act,
    run: FindingRun,
    total: int,
    *,
    is_dry_run: bool,
    on_progress: Callable[[int, int], object],
) -> None:
    done = 0
    while done < total:
        size = min(SLICE, total - done)
        candidates = blocking.next_pairs((run.after_a, run.after_b), limit=size)
        if not candidates:
            return
        people = pairs.people_of(pairs.uids_in(candidates))
        listed = {key for key, is_listed in candidates.items() if is_listed}
        judgement = pairs.judge(candidates, people, listed=listed, least=run.least)
        run.after_a, run.after_b = next(reversed(candidates))
        run.compared += len(candidates)
        if is_dry_run:
            run.found += len(judgement.keep)
        else:
            with transaction.atomic():
                if run._state.adding:
                    FindingRun.objects.all().delete()
                run.found += pairs.write(judgement, now=instant_of(act.now_us))
                run.save()
        done += len(candidates)
        on_progress(done, total)


def _end(act: Act, run: FindingRun, *, is_done: bool) -> None:
    with transaction.atomic():
        if is_done:
            FindingRun.objects.all().delete()
        add_entry(act, action="duplicates.found", result_count=run.found)
