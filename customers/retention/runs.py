"""A run of retention: previewed → approved → scheduled in batches → erased → proven by the ledger.

A location runs only those whose customers were created there, so that no two ever race. What was
previewed is what is erased, but for whoever is due no more or is held by then.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.entries import add_entry
from customers.models import RetentionOutcome, RetentionRun
from customers.retention.due import NO_UID, THESE, due_sql, with_policies
from customers.retention.policies import active_policies
from customers.retention.policy import DAY_US, Policy
from entities import erasing, survivors
from entities.erasure_rules import RETENTION
from entities.members import members
from entities.refusals import NotFound
from events import sql
from events.clock import instant_of
from events.errors import Refused
from events.principal import Act

# Customers scheduled in one transaction; records merged into them come beside.
BATCH = 1_000


class NotOpen(Refused):
    """The run cannot be approved or withdrawn any more."""

    code = "not_open"
    status = 409


class NobodyDue(Refused):
    """There is nobody whom this location would erase."""

    code = "nobody_due"
    status = 409

    def __init__(self) -> None:
        super().__init__("Nobody is due here now, so there is nothing to run.")


@dataclass(frozen=True, slots=True)
class Preview:
    """How many a run would erase (`due`), leave because of a hold, and leave to other locations;
    `run_id` None: a dry run, nothing is kept."""

    due: int
    held: int
    elsewhere: int
    run_id: int | None


def served_locations() -> list[str]:
    """Whose customers this location erases: its own, and those of whoever it is the heir of."""
    here = settings.LOCATION_ID
    return members(here=here).answered_for_by(here)


# A merged record is none of its own: it leaves with the one that stands for it, and a hold on it
# holds both.
TO_RUN = """
SELECT due.entity_uid, due.place, due.due_us,
    person.created_location = ANY(%(here)s::text[]) AS is_here,
    person.is_held OR EXISTS (
        SELECT FROM entities_survivor AS told JOIN customers_customer AS loser USING (entity_uid)
        WHERE told.survivor_uid = due.entity_uid AND loser.is_held) AS is_held
FROM due JOIN customers_customer AS person USING (entity_uid)
WHERE NOT EXISTS (SELECT FROM entities_state AS said
        WHERE said.entity_uid = due.entity_uid AND said.attribute = 'erasure')
    AND NOT EXISTS (SELECT FROM customers_retentionitem AS item JOIN customers_retentionrun AS run
            ON run.id = item.run_id
        WHERE item.entity_uid = due.entity_uid AND item.outcome = 'due'
            AND run.approved_at IS NOT NULL AND run.withdrawn_at IS NULL)
"""
# Two that preview at once would keep the same people. A number of its own: whoever places a hold
# announces it under 5172 (events/in_flight.py) and waits for nobody.
LOCK_SQL = "SELECT pg_advisory_xact_lock(5173)"
COUNT_SQL = """
SELECT count(*) FILTER (WHERE is_here AND NOT is_held), count(*) FILTER (WHERE is_here AND is_held),
    count(*) FILTER (WHERE NOT is_here)
FROM (TO_RUN) AS candidate
""".replace("TO_RUN", TO_RUN)
KEEP_SQL = """
, candidate AS (TO_RUN), kept AS (
    INSERT INTO customers_retentionitem (run_id, entity_uid, policy_code, due_us, outcome)
    SELECT %(run)s, entity_uid, (%(codes)s::text[])[place], due_us,
        CASE WHEN is_held THEN 'held' ELSE 'due' END
    FROM candidate WHERE is_here
    RETURNING outcome
)
SELECT count(*) FILTER (WHERE outcome = 'due'), count(*) FILTER (WHERE outcome = 'held'),
    (SELECT count(*) FROM candidate WHERE NOT is_here)
FROM kept
""".replace("TO_RUN", TO_RUN)


def preview_run(
    act: Act,
    *,
    policies: Sequence[Policy] | None = None,
    until_us: int | None = None,
    policy_code: str | None = None,
    is_dry_run: bool = False,
) -> Preview:
    """Who would be erased now, kept for an approval unless it is a dry run. `until_us`: as if it
    were that instant, for dry runs. Raises NotFound, NobodyDue."""
    chosen = _chosen(policies, policy_code)
    params = with_policies(chosen) | {
        "until": until_us if is_dry_run and until_us is not None else act.now_us,
        "here": served_locations(),
    }
    if is_dry_run:
        due, held, elsewhere = sql.fetch(due_sql() + COUNT_SQL, params)[0]
        return Preview(due, held, elsewhere, None)
    with transaction.atomic():
        sql.fetch(LOCK_SQL)
        RetentionRun.objects.filter(
            policy_code=policy_code, approved_at=None, withdrawn_at=None
        ).delete()  # what nobody approved is looked at anew
        run = RetentionRun.objects.create(
            until_us=act.now_us,
            policy_code=policy_code,
            previewed_by=act.principal.actor,
            previewed_at=instant_of(act.now_us),
        )
        more = {"run": run.id, "codes": [policy.code for policy in chosen]}
        due, held, elsewhere = sql.fetch(due_sql() + KEEP_SQL, params | more)[0]
        if not due:
            raise NobodyDue
        RetentionRun.objects.filter(id=run.id).update(elsewhere=elsewhere)
        add_entry(
            act, action="retention_run.previewed", result_count=due, codes=_codes(policy_code)
        )
    return Preview(due, held, elsewhere, run.id)


def start_runs(act: Act, *, policy_code: str | None = None) -> None:
    """Begin what policies without approval ask for, whenever that should have been. Raises
    NotFound."""
    free = [policy for policy in _chosen(None, policy_code) if not policy.needs_approval]
    if not free:
        return
    with suppress(NobodyDue), transaction.atomic():
        run_id = preview_run(act, policies=free).run_id
        if run_id is not None:
            approve_run(act, run_id=run_id)


def awaiting_approval(act: Act, *, policy_code: str | None = None) -> int:
    """How many are due here by policies that need an approval. Raises NotFound."""
    asking = [policy for policy in _chosen(None, policy_code) if policy.needs_approval]
    return preview_run(act, policies=asking, is_dry_run=True).due if asking else 0


def approve_run(act: Act, *, run_id: int) -> None:
    """What was previewed may go; the worker schedules it. Raises NotFound, NotOpen."""
    with transaction.atomic():
        run = _locked(run_id)
        if run.approved_at is not None or run.withdrawn_at is not None:
            raise NotOpen("This run was approved or withdrawn already.")
        run.approved_by, run.approved_at = act.principal.actor, instant_of(act.now_us)
        run.save(update_fields=["approved_by", "approved_at"])
        count = run.items.filter(outcome=RetentionOutcome.DUE).count()
        add_entry(act, action="retention_run.approved", result_count=count)


def withdraw_run(act: Act, *, run_id: int, reason: str) -> None:
    """Nobody of it goes: neither who waits nor who is scheduled and not erased yet. Raises
    NotFound, NotOpen when all are erased."""
    with transaction.atomic():
        run = _locked(run_id)
        if run.withdrawn_at is not None:
            raise NotOpen("This run was withdrawn already.")
        waiting = _waiting(now_us=FOR_EVER_US, run_id=run_id)
        is_left = run.items.filter(outcome=RetentionOutcome.DUE).exists()
        if not waiting and not is_left:
            raise NotOpen("This run has ended; what is erased cannot be brought back.")
        run.withdrawn_by, run.withdrawn_at = act.principal.actor, instant_of(act.now_us)
        run.save(update_fields=["withdrawn_by", "withdrawn_at"])
        if waiting:
            _spare(act, waiting, reason=reason)
        add_entry(act, action="retention_run.withdrawn", result_count=len(waiting))


# Several workers pass over what another one is at. Whoever withdraws the run waits for the batches
# that are under way, and finds them scheduled; none begins after that.
CLAIM_SQL = """
SELECT item.entity_uid, item.policy_code FROM customers_retentionitem AS item
JOIN customers_retentionrun AS run ON run.id = item.run_id
WHERE item.run_id = %(run)s AND item.outcome = 'due' AND run.withdrawn_at IS NULL
ORDER BY item.entity_uid LIMIT %(limit)s FOR UPDATE OF item SKIP LOCKED FOR KEY SHARE OF run
"""
OPEN_RUNS_SQL = """
SELECT id FROM customers_retentionrun AS run
WHERE approved_at IS NOT NULL AND withdrawn_at IS NULL AND EXISTS (
    SELECT FROM customers_retentionitem WHERE run_id = run.id AND outcome = 'due')
ORDER BY id
"""
GROUPS_SQL = """
SELECT survivor_uid, entity_uid FROM entities_survivor
WHERE survivor_uid = ANY(%(uids)s::uuid[])
"""
STILL_DUE_SQL = "SELECT entity_uid FROM due"
OUTCOME_SQL = """
UPDATE customers_retentionitem SET outcome = %(outcome)s, execute_after_us = %(at)s
WHERE run_id = %(run)s AND entity_uid = ANY(%(uids)s::uuid[])
"""


def open_runs() -> list[int]:
    """Approved, and not all of them scheduled."""
    return [run_id for (run_id,) in sql.fetch(OPEN_RUNS_SQL)]


def schedule_batch(act: Act, *, run_id: int, limit: int = BATCH) -> int:
    """Schedule the erasure of up to so many of a run who are still due and not held; how many items
    were looked at. Those of one delay leave at one instant, each with all merged into them."""
    with transaction.atomic():
        codes = dict(sql.fetch(CLAIM_SQL, {"run": run_id, "limit": limit}))
        if not codes:
            return 0
        survivors.lock()
        groups = _groups(codes)
        due = still_due(codes, until_us=act.now_us)
        by_delay: dict[int, list[UUID]] = {}
        for uid, policy in due.items():
            by_delay.setdefault(policy.delay_days, []).append(uid)
        for delay_days, leaving in sorted(by_delay.items()):
            at_us = act.now_us + delay_days * DAY_US
            outcome = erasing.schedule_erasures(
                act,
                entity_uids=[
                    *leaving,
                    *(loser for uid in leaving for loser in groups.get(uid, ())),
                ],
                execute_after_us=at_us,
                basis=RETENTION,
            )
            held = {uid for uid in leaving if outcome.passed_over.get(uid) == erasing.HELD}
            chosen = set(outcome.entity_uids)
            _settle(run_id, chosen.intersection(leaving), RetentionOutcome.SCHEDULED, at_us)
            _settle(run_id, held, RetentionOutcome.HELD)
            _settle(run_id, set(leaving) - chosen - held, RetentionOutcome.NO_LONGER_DUE)
        _settle(run_id, codes.keys() - due.keys(), RetentionOutcome.NO_LONGER_DUE)
        return len(codes)


def still_due(codes: Mapping[UUID, str], *, until_us: int) -> dict[UUID, Policy]:
    """Those who are due by the very policy that was approved for them; `codes`: who by which."""
    found: dict[UUID, Policy] = {}
    for policy in active_policies():
        uids = [uid for uid, code in codes.items() if code == policy.code]
        if uids:
            params = with_policies([policy]) | {"until": until_us, "uids": uids}
            rows = sql.fetch(due_sql(only=THESE) + STILL_DUE_SQL, params)
            found |= {uid: policy for (uid,) in rows}
    return found


# Those whom a run has leave and nobody else asked to be erased, by the index that erasing goes by.
WAITING_SQL = """
SELECT planned.execute_after_us, planned.entity_uid, item.run_id, item.policy_code
FROM entities_erasure AS planned JOIN customers_retentionitem AS item
    ON item.entity_uid = planned.entity_uid AND item.outcome = 'scheduled'
WHERE planned.erased_event IS NULL AND planned.execute_after_us <= %(now)s
    AND planned.basis = 'retention' AND (%(run)s::bigint IS NULL OR item.run_id = %(run)s)
    AND (planned.execute_after_us, planned.entity_uid, item.run_id)
        > (%(after_us)s, %(after_uid)s::uuid, %(after_run)s)
ORDER BY planned.execute_after_us, planned.entity_uid, item.run_id LIMIT %(limit)s
"""
FOR_EVER_US = 2**53 - 1


class Waiting(NamedTuple):
    """An item that is scheduled, and neither erased nor cancelled."""

    execute_after_us: int
    entity_uid: UUID
    run_id: int
    policy_code: str


BEFORE_ALL = Waiting(0, NO_UID, 0, "")


def spare_changed(make_act: Callable[[], Act], *, limit: int = BATCH) -> int:
    """Take back the erasure of those whose day has come and who are not due any more: somebody
    changed them meanwhile, here or elsewhere, or the policy did. All are looked at, `limit` in a
    transaction; how many were spared."""
    spared, after = 0, BEFORE_ALL
    while True:
        looked_at, count = _spare_page(make_act(), after=after, limit=limit)
        spared += count
        if len(looked_at) < limit:
            return spared
        after = looked_at[-1]


def _spare_page(act: Act, *, after: Waiting, limit: int) -> tuple[list[Waiting], int]:
    """Whom it looked at, and how many of them were spared."""
    with transaction.atomic():
        items = _waiting(now_us=act.now_us, after=after, limit=limit)
        codes = {item.entity_uid: item.policy_code for item in items}
        due = still_due(codes, until_us=act.now_us)
        spared = [item for item in items if item.entity_uid not in due]
        if spared:
            _spare(act, spared, reason="No longer due.")
        return items, len(spared)


def _waiting(
    *, now_us: int, run_id: int | None = None, after: Waiting = BEFORE_ALL, limit: int | None = None
) -> list[Waiting]:
    params = {
        "now": now_us,
        "run": run_id,
        "limit": limit,
        "after_us": after.execute_after_us,
        "after_uid": after.entity_uid,
        "after_run": after.run_id,
    }
    return [Waiting(*row) for row in sql.fetch(WAITING_SQL, params)]


def _spare(act: Act, items: Sequence[Waiting], *, reason: str) -> None:
    uids = [item.entity_uid for item in items]
    losers = [loser for group in _groups(uids).values() for loser in group]
    erasing.cancel_erasures(act, entity_uids=[*uids, *losers], reason=reason)
    for run_id in {item.run_id for item in items}:
        of_run = [item.entity_uid for item in items if item.run_id == run_id]
        _settle(run_id, of_run, RetentionOutcome.NO_LONGER_DUE)


def _chosen(policies: Sequence[Policy] | None, code: str | None) -> list[Policy]:
    """Raises NotFound for a code that no active policy has."""
    active = active_policies() if policies is None else list(policies)
    chosen = active if code is None else [one for one in active if one.code == code.upper()]
    if code is not None and not chosen:
        raise NotFound
    return chosen


def _locked(run_id: int) -> RetentionRun:
    """Raises NotFound."""
    run = RetentionRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise NotFound
    return run


def _groups(uids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Survivor → the records merged into it, which leave with it."""
    found: dict[UUID, list[UUID]] = {}
    for survivor, loser in sql.fetch(GROUPS_SQL, {"uids": list(uids)}):
        found.setdefault(survivor, []).append(loser)
    return found


def _settle(
    run_id: int, uids: Collection[UUID], outcome: RetentionOutcome, at_us: int | None = None
) -> None:
    if uids:
        values: dict[str, Any] = {"run": run_id, "uids": list(uids), "at": at_us}
        sql.execute(OUTCOME_SQL, values | {"outcome": outcome.value})


def _codes(policy_code: str | None) -> list[str]:
    return [policy_code.upper()] if policy_code else []
