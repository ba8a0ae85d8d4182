"""One run of the benchmark of retention: a list, questions to it, erasures by set and singly."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid5

from django.core.management import call_command
from django.db import connection

from customers.retention import due, policies, runs
from customers.retention.policy import DAY_US
from customers.rules import PERSON
from entities import erasing, executing
from entities.erasure_rules import RETENTION
from entities.load_input import History, Step
from entities.loading import load
from events import sql
from events.commands import command_act
from events.event import NAMESPACE
from events.principal import Act
from tests.benchmarks.results import BEGIN, END, machine

T = TypeVar("T")

SLICE = 1_000
YEARS_AGO = 3
DRY_RUN_S = 10.0  # "seconds"
PAGE = "retention.md"

# Those who stay: changed within the last two years. Their events are not there: nothing reads them.
STAYING_SQL = """
INSERT INTO customers_customer (entity_uid, state, surname, name, display_name, sort_key,
    search_text, extra_fields, created_hlc, updated_hlc, created_location, location_id, is_held,
    needs_match, word_ids)
SELECT gen_random_uuid(), 'listed', 'S' || number, 'N' || number, 'S' || number || ', N' || number,
    's' || number, 's' || number, '{}', %(now)s - (number %% 700) * %(day)s::bigint - number,
    %(now)s - (number %% 700) * %(day)s::bigint - number, 'loc1', 'loc1', false, false, '{}'
FROM generate_series(1, %(people)s) AS number
"""


LEFT_SQL = """
SELECT entity_uid FROM customers_customer AS person
WHERE state = 'listed' AND EXISTS (SELECT FROM events_head WHERE entity_uid = person.entity_uid)
    AND NOT EXISTS (SELECT FROM entities_state AS said
        WHERE said.entity_uid = person.entity_uid AND attribute = 'erasure')
LIMIT %(limit)s
"""


class Figure(NamedTuple):
    what: str
    value: str
    target: str = ""


def run(*, people: int, due: int, single: int, docs: Path | None) -> None:
    build(people=people, leaving=due + single)
    figures = [*ask(), *erase(due), *erase_singly(single)]
    lines = [*_table(figures), "", _setting(people, due)]
    print("\n".join(lines))
    if docs is not None:
        write(docs / PAGE, lines)


def build(*, people: int, leaving: int) -> None:
    call_command("migrate", verbosity=0)
    now_us = command_act("benchmark").now_us
    sql.execute(STAYING_SQL, {"people": people - leaving, "now": now_us, "day": DAY_US})
    long_ago = replace(command_act("benchmark"), now_us=now_us - YEARS_AGO * 365 * DAY_US)
    histories = (_history(number, long_ago.now_us) for number in range(leaving))
    while part := list(islice(histories, SLICE)):
        load(long_ago, histories=part)
    connection.cursor().execute("VACUUM (ANALYZE)")


def ask() -> list[Figure]:
    """A dry run over the whole list, the page's drawing, and its first rows."""
    active = policies.active_policies()
    act = command_act("benchmark")
    dry_s, found = _timed(lambda: runs.preview_run(act, is_dry_run=True))
    days_s, _ = _timed(lambda: due.count_per_day(active, now_us=act.now_us, days=90, here=["loc1"]))
    rows_s, _ = _timed(lambda: due.list_due(active, until_us=act.now_us, limit=25))
    return [
        Figure(f"dry run, {found.due:,} due", f"{dry_s:.2f} s", f"≤ {DRY_RUN_S:.0f} s"),
        Figure("counts of the next 90 days", f"{days_s:.2f} s"),
        Figure("first 25 rows of who is due", f"{rows_s:.2f} s"),
    ]


def erase(count: int) -> list[Figure]:
    """As the worker does, from preview to the last erased one."""
    preview_s, found = _timed(lambda: runs.preview_run(_act()))
    assert found.run_id is not None
    runs.approve_run(_act(), run_id=found.run_id)
    scheduled = 0
    started = time.perf_counter()
    while scheduled < count:
        limit = min(runs.BATCH, count - scheduled)
        scheduled += runs.schedule_batch(_act(), run_id=found.run_id, limit=limit)
    schedule_s = time.perf_counter() - started
    started = time.perf_counter()
    runs.spare_changed(_later)
    erased = executing.execute_due(_later, limit=count).erased
    erase_s = time.perf_counter() - started
    assert scheduled == erased == count, (scheduled, erased)
    return [
        Figure("preview kept", f"{preview_s:.2f} s"),
        Figure("scheduling", f"{count / schedule_s:,.0f}/s"),
        Figure("erasing", f"{count / erase_s:,.0f}/s"),
    ]


def erase_singly(count: int) -> list[Figure]:
    """The same for each by itself, as a loop over customers would."""
    uids = [uid for (uid,) in sql.fetch(LEFT_SQL, {"limit": count})]
    started = time.perf_counter()
    for uid in uids:
        at_us = _act().now_us
        erasing.schedule_erasures(
            _act(), entity_uids=[uid], execute_after_us=at_us, basis=RETENTION
        )
        executing.execute_due(_later, limit=1)
    seconds = time.perf_counter() - started
    return [Figure("scheduling and erasing one by one", f"{count / seconds:,.0f}/s")]


def write(page: Path, lines: Sequence[str]) -> None:
    """Between the marks; what people wrote around them stays."""
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text("\n".join([head + BEGIN, *lines, END + tail]), encoding="utf-8")


def _table(figures: Sequence[Figure]) -> list[str]:
    lines = ["| what | figure | goal |", "|---|--:|---|"]
    return lines + [f"| {one.what} | {one.value} | {one.target} |" for one in figures]


def _setting(people: int, count: int) -> str:
    (version,) = sql.fetch("SHOW server_version")[0]
    day = datetime.now(tz=UTC)
    return (
        f"{day.day} {day:%B %Y}, {people:,} customers, {count:,} erased in batches of "
        f"{runs.BATCH:,}; {machine(version)}."
    )


def _act() -> Act:
    return command_act("benchmark")


def _later() -> Act:
    """When the delay is over."""
    act = command_act("benchmark")
    return replace(act, now_us=act.now_us + 10 * DAY_US)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _history(number: int, born_us: int) -> History:
    details = {"SURNAME": f"Leaver{number}", "NAME": "Ada", "EMAIL": f"a{number}@example.org"}
    born = Step("created", born_us - 2, details)
    changed = Step("updated", born_us - 1, {"NAME": "Ada Maria"})
    return History(entity_uid=_uid(number), entity_type=PERSON, steps=(born, changed))


def _uid(number: int) -> UUID:
    return uuid5(NAMESPACE, f"leaver {number}")
