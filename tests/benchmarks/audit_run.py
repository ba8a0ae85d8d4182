"""One run: requests with the audit on and off by turns, then the chain's rates."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl
from django.core.management import call_command
from matplotlib.figure import Figure

from audit.chain import numbering as chain
from audit.chain import verification
from customers.models import Customer
from events import sql
from tests.benchmarks import plots, results
from tests.benchmarks.audit_costs import Asked, ask, questions

VERIFY_TARGET = 100_000

# Entries as a day of reading and searching makes them.
FILL_SQL = """
INSERT INTO audit_entry (audit_id, at, location_id, request_id, kind, actor, role, auth, action,
    outcome, entity_uid, hit_ids, query_hash, result_count, duration_us, address)
SELECT gen_random_uuid(), now() - (%(count)s - i) * interval '1 millisecond', 'loc1',
    gen_random_uuid(), CASE WHEN i %% 3 = 0 THEN 'search' ELSE 'read' END, 'user' || i %% 50,
    'service_agent', 'session',
    CASE WHEN i %% 3 = 0 THEN 'customer.searched' ELSE 'customer.read' END, 'ok',
    CASE WHEN i %% 3 = 0 THEN NULL ELSE gen_random_uuid() END,
    CASE WHEN i %% 3 = 0 THEN ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()]
        ELSE '{}' END,
    CASE WHEN i %% 3 = 0 THEN sha256(i::text::bytea) END, 3, 1234, '192.0.2.0/24'
FROM generate_series(1, %(count)s) i
"""


@dataclass(frozen=True, slots=True)
class Results:
    at: str
    machine: str
    people: int
    rounds: int
    entries: int
    asked: Sequence[Asked]
    numbered_per_s: float
    verified_per_s: float


def run(*, people: int, rounds: int, entries: int, docs: Path | None) -> None:
    logging.disable(logging.INFO)  # a line for each request: not what is compared
    call_command("migrate", verbosity=0)
    call_command("load_sample_data", extras=people)
    sql.execute("VACUUM ANALYZE")
    asked = [ask(question, rounds=rounds) for question in questions()]
    numbered_per_s, verified_per_s = rates(entries)
    found = Results(
        at=f"{datetime.now(UTC):%d %B %Y}",
        machine=results.machine(sql.fetch("SHOW server_version")[0][0]),
        people=Customer.objects.count(),
        rounds=rounds,
        entries=entries,
        asked=asked,
        numbered_per_s=numbered_per_s,
        verified_per_s=verified_per_s,
    )
    print(text(found))
    for sentence in missed(found):
        print(f"missed: {sentence}")
    if docs is not None:
        write(found, docs)


def rates(count: int) -> tuple[float, float]:
    """Entries per second that the worker numbers, and that are verified."""
    while chain.number_entries():
        pass
    sql.execute(FILL_SQL, {"count": count})
    sql.execute("VACUUM ANALYZE audit_entry")
    started, numbered = time.perf_counter(), 0
    while step := chain.number_entries():
        numbered += step
    numbered_per_s = numbered / (time.perf_counter() - started)
    sql.execute("VACUUM ANALYZE audit_entry")
    started = time.perf_counter()
    verdict = verification.verify()
    took_s = time.perf_counter() - started
    assert verdict.is_ok, verdict.sentence
    return numbered_per_s, (verdict.last or 0) / took_s


def text(found: Results) -> str:
    """All of it in Markdown."""
    head = (
        f"{found.at}, {found.machine}. {found.people:,} customers, {found.rounds:,} requests of "
        f"each kind, a chain of {found.entries:,} entries."
    )
    lines = [
        "| request | audit on, p50 | p95 | off, p50 | p95 | the entry | cost | target | CPU time |",
        "|---|--:|--:|--:|--:|--:|--:|---|--:|",
    ]
    for one in found.asked:
        times = (one.on_p50, one.on_p95, one.off_p50, one.off_p95, one.entry_p50)
        said = "met" if one.cost <= one.target else "missed"
        cells = [one.name, *map(results.ms_text, times), f"{one.cost:.1%}"]
        lines.append(f"| {' | '.join(cells)} | ≤ {one.target:.0%}: {said} | {one.cpu_cost:+.1%} |")
    said = "met" if found.verified_per_s >= VERIFY_TARGET else "missed"
    chained = [
        "| the chain | entries per second | target |",
        "|---|--:|---|",
        f"| number (`keep_audit`) | {found.numbered_per_s:,.0f} | |",
        f"| verify (`verify_audit`) | {found.verified_per_s:,.0f} | ≥ {VERIFY_TARGET:,}: {said} |",
    ]
    return "\n\n".join([head, "\n".join(lines), "\n".join(chained)])


def missed(found: Results) -> list[str]:
    sentences = [f"{one.name}: {one.cost:.1%}" for one in found.asked if one.cost > one.target]
    if found.verified_per_s < VERIFY_TARGET:
        sentences.append(f"verify: {found.verified_per_s:,.0f} entries/s")
    return sentences


def write(found: Results, docs: Path) -> None:
    """Tables, picture and data."""
    results.put(text(found), docs / "audit.md")
    data = {**asdict(found), "asked": [asdict(one) for one in found.asked]}
    (docs / "audit.json").write_text(json.dumps(data, indent=1) + "\n")
    with mpl.rc_context(plots.STYLE):
        plots.save({"audit": _picture(found)}, docs)


def _picture(found: Results) -> Figure:
    asked = found.asked[::-1]
    figure, axes = plots.new_figure(8, 0.6 * len(asked) + 1)
    for place, one in enumerate(asked):
        label_on, label_off = ("audit on", "audit off") if not place else (None, None)
        axes.barh(place + 0.2, one.on_p50, 0.38, color=plots.USUAL, label=label_on)
        axes.barh(place - 0.2, one.off_p50, 0.38, color=plots.OURS, label=label_off)
        axes.annotate(f" {one.cost:+.1%}", (one.on_p50, place + 0.2), va="center", fontsize=9)
    axes.set_yticks(range(len(asked)), [one.name for one in asked])
    axes.set_xlim(0, max(one.on_p50 for one in asked) * 1.15)
    axes.set_xlabel("median ms of a request")
    axes.grid(axis="x")
    figure.legend(loc="outside upper right", ncols=2)
    return figure
