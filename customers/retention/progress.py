"""How far the runs of this location are, and what proves it: their items beside the ledger."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings

from customers.models import RetentionRun
from entities.members import members
from entities.refusals import NotFound
from events import sql
from events.clock import instant_of

RunState = Literal["previewed", "approved", "waiting", "erasing", "erased", "proven", "withdrawn"]

COUNTS_SQL = """
SELECT item.run_id,
    count(*) FILTER (WHERE outcome = 'due'), count(*) FILTER (WHERE outcome = 'held'),
    count(*) FILTER (WHERE outcome = 'scheduled'),
    count(*) FILTER (WHERE outcome = 'no_longer_due'),
    count(ledger.erased_us), min(item.execute_after_us), max(ledger.erased_us)
FROM customers_retentionitem AS item
LEFT JOIN entities_erasure AS ledger
    ON ledger.entity_uid = item.entity_uid AND item.outcome = 'scheduled'
WHERE item.run_id = ANY(%(runs)s)
GROUP BY item.run_id
"""
CONFIRMED_SQL = """
SELECT item.run_id, said.location_id, count(*), max(said.confirmed_at)
FROM customers_retentionitem AS item
JOIN entities_erasureconfirmation AS said USING (entity_uid)
WHERE item.run_id = ANY(%(runs)s) AND item.outcome = 'scheduled'
GROUP BY 1, 2 ORDER BY 1, 2
"""
ERASED_EVENTS_SQL = """
SELECT ledger.erased_event FROM customers_retentionitem AS item
JOIN entities_erasure AS ledger USING (entity_uid)
WHERE item.run_id = %(run)s AND item.outcome = 'scheduled' AND ledger.erased_event IS NOT NULL
ORDER BY ledger.erased_event
"""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How many of a run's erasures a location has done; `at`: the last of them."""

    location_id: str
    count: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run: who did what when, how many of it are where, and which locations have confirmed."""

    id: int
    policy_code: str | None
    previewed_by: str
    previewed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    due: int  # not scheduled yet
    held: int
    scheduled: int  # erased ones among them
    no_longer_due: int
    erased: int
    elsewhere: int
    execute_after: datetime | None  # of the first
    erased_at: datetime | None  # of the last so far
    confirmed: tuple[Confirmed, ...]

    @property
    def state(self) -> RunState:
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.approved_at is None:
            return "previewed"
        if self.due:
            return "approved"
        if self.erased < self.scheduled:
            return "erasing" if self.erased else "waiting"
        return "proven" if all(one.count == self.scheduled for one in self.confirmed) else "erased"


def list_runs(*, limit: int, before: int | None = None) -> list[RunProgress]:
    """The newest first; `before`: an id."""
    runs = RetentionRun.objects.order_by("-id")
    if before is not None:
        runs = runs.filter(id__lt=before)
    return _progress(list(runs[:limit]))


def get_run(run_id: int) -> RunProgress:
    """Raises NotFound."""
    runs = list(RetentionRun.objects.filter(id=run_id))
    if not runs:
        raise NotFound
    return _progress(runs)[0]


def proof_of(run_id: int) -> str:
    """SHA-256 over the ids of the run's erasure events in order: any location can compute it from
    its own ledger."""
    ids = [str(event_id) for (event_id,) in sql.fetch(ERASED_EVENTS_SQL, {"run": run_id})]
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def _progress(runs: Sequence[RetentionRun]) -> list[RunProgress]:
    locations = members(here=settings.LOCATION_ID).locations
    ids = [run.id for run in runs]
    counts = {row[0]: row[1:] for row in sql.fetch(COUNTS_SQL, {"runs": ids})}
    told: dict[int, dict[str, Confirmed]] = {}
    for run_id, *said in sql.fetch(CONFIRMED_SQL, {"runs": ids}):
        told.setdefault(run_id, {})[said[0]] = Confirmed(*said)
    return [_of(run, counts.get(run.id), told.get(run.id, {}), locations) for run in runs]


def _of(
    run: RetentionRun,
    counts: tuple[Any, ...] | None,
    told: dict[str, Confirmed],
    locations: Collection[str],
) -> RunProgress:
    due, held, scheduled, no_longer_due, erased, at_us, erased_us = counts or (0,) * 5 + (None,) * 2
    return RunProgress(
        id=run.id,
        policy_code=run.policy_code,
        previewed_by=run.previewed_by,
        previewed_at=run.previewed_at,
        approved_by=run.approved_by,
        approved_at=run.approved_at,
        withdrawn_by=run.withdrawn_by,
        withdrawn_at=run.withdrawn_at,
        due=due,
        held=held,
        scheduled=scheduled,
        no_longer_due=no_longer_due,
        erased=erased,
        elsewhere=run.elsewhere,
        execute_after=None if at_us is None else instant_of(at_us),
        erased_at=None if erased_us is None else instant_of(erased_us),
        confirmed=tuple(told.get(name, Confirmed(name, 0, None)) for name in sorted(locations)),
    )
