"""One run: requests with the audit on and off by turns, then the chain's rates."""

import gc
import json
import logging
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock
from urllib.parse import quote

import matplotlib as mpl
from django.core.management import call_command
from django.test import Client
from matplotlib.figure import Figure

from audit import entries
from audit.chain import numbering as chain
from audit.chain import verification
from customers.models import Customer
from events import sql
from tests.benchmarks import plots, results
from tests.benchmarks.measuring import percentile

ITEMS = "/api/customers/items/"
WRITE_TARGET, READ_TARGET, VERIFY_TARGET = 0.15, 0.10, 100_000
WARM = 30

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
class Asked:
    """A request with the audit on and off; milliseconds, medians and 95th percentiles."""

    name: str
    target: float
    on_p50: float
    on_p95: float
    off_p50: float
    off_p95: float

    @property
    def cost(self) -> float:
        return self.on_p50 / self.off_p50 - 1


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
    asked = [ask(*question, rounds=rounds) for question in questions()]
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


def questions() -> list[tuple[str, float, Callable[[int], object]]]:
    client = Client(headers={"X-Role": "service_agent"}, SERVER_NAME="127.0.0.1")
    listed = Customer.objects.filter(state="listed").order_by("entity_uid")[:2_000]
    people = [(str(one.entity_uid), one.surname) for one in listed]

    def get(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.content

    def person(number: int) -> tuple[str, str]:
        return people[number % len(people)]

    def write(number: int) -> None:
        path, values = (
            f"{ITEMS}{person(number)[0]}/",
            {"extra_fields": {"EMAIL": f"ada{number}@example.org"}},
        )
        answer = client.patch(path, json.dumps(values), content_type="application/json")
        assert answer.status_code == 200, answer.content

    def create(number: int) -> None:
        values = json.dumps({"surname": f"Benchmark{number}", "name": "Ada"})
        path = f"{ITEMS}?allow_duplicate=1"
        assert client.post(path, values, content_type="application/json").status_code == 201

    return [
        ("change a customer", WRITE_TARGET, write),
        ("create a customer", WRITE_TARGET, create),
        ("read a customer", READ_TARGET, lambda number: get(f"{ITEMS}{person(number)[0]}/")),
        ("list 25 customers", READ_TARGET, lambda number: get(f"{ITEMS}?limit=25")),
        (
            "search",
            READ_TARGET,
            lambda number: get(f"{ITEMS}search/?q={quote(person(number)[1])}"),
        ),
    ]


@contextmanager
def switched_off() -> Iterator[None]:
    """No entry is made of what happens in here."""
    with mock.patch.object(entries, "_insert"):
        yield


def ask(name: str, target: float, form: Callable[[int], object], *, rounds: int) -> Asked:
    """By turns, the first of a pair now this one and now the other."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    gc.collect()
    for number in range(WARM + rounds):
        for is_on in (True, False) if number % 2 else (False, True):
            started = time.perf_counter()
            if is_on:
                form(2 * number)
            else:
                with switched_off():
                    form(2 * number + 1)
            taken[is_on].append((time.perf_counter() - started) * 1000)
    on, off = taken[True][WARM:], taken[False][WARM:]
    return Asked(
        name,
        target,
        on_p50=statistics.median(on),
        on_p95=percentile(on, 95),
        off_p50=statistics.median(off),
        off_p95=percentile(off, 95),
    )


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
        "| request | audit on, p50 | p95 | off, p50 | p95 | cost | target |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for one in found.asked:
        times = (one.on_p50, one.on_p95, one.off_p50, one.off_p95)
        said = "met" if one.cost <= one.target else "missed"
        cells = [one.name, *map(results.ms_text, times), f"{one.cost:.1%}"]
        lines.append(f"| {' | '.join(cells)} | ≤ {one.target:.0%}: {said} |")
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
