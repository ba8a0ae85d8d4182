"""What one run found, and how it reads: lines for the terminal, tables for docs/benchmarks."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.benchmarks.measuring import Outcome
from tests.benchmarks.serving import Served

BEGIN, END = "<!-- figures: written by the command -->", "<!-- end of figures -->"
HTTP_TARGET = 5


@dataclass(frozen=True, slots=True)
class Depth:
    """A page so many rows deep, as of an instant."""

    rows: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Results:
    at: datetime
    machine: str
    counts: Mapping[str, int]
    outcomes: Sequence[Outcome]
    depths: Sequence[Depth]
    served: Sequence[Served]


def machine(postgres_version: str) -> str:
    """What it runs on, and whether it had the machine to itself."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    memory = f"{pages / 2**30:.0f} GiB"
    return (
        f"{os.cpu_count()} cores, {memory}, PostgreSQL {postgres_version.split()[0]}, "
        f"Python {platform.python_version()}, load before the run {os.getloadavg()[1]:.1f}"
    )


def table(outcomes: Iterable[Outcome]) -> list[str]:
    """Markdown: one line a question."""
    lines = [
        "| question | SQL p50 | p95 | call p50 | usual form | SQL p50 | p95 | ratio | target |",
        "|---|--:|--:|--:|---|--:|--:|--:|---|",
    ]
    for outcome in outcomes:
        ours, naive = outcome.ours, outcome.naive
        cells = [
            outcome.contest.name,
            f"{ms_text(ours.sql_p50)} ({ours.statements})",
            ms_text(ours.sql_p95),
            ms_text(ours.call_p50),
            outcome.contest.naive_name,
            f"{ms_text(naive.sql_p50)} ({naive.statements})",
            ms_text(naive.sql_p95),
            ratio_text(outcome.ratio),
            _target(outcome),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def depth_table(depths: Iterable[Depth]) -> list[str]:
    lines = ["| rows before the page | by key, SQL p50 | by OFFSET, SQL p50 |", "|--:|--:|--:|"]
    for depth in depths:
        ours, naive = depth.outcome.ours, depth.outcome.naive
        lines.append(f"| {depth.rows:,} | {ms_text(ours.sql_p50)} | {ms_text(naive.sql_p50)} |")
    return lines


def http_table(served: Sequence[Served]) -> list[str]:
    lines = [
        "| list of 25 over HTTP | page | requests/s | p50 | p95 | ours is faster |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for one in served:
        times = times_faster(served, one)
        cells = [
            one.form.name,
            one.form.page,
            f"{one.requests_per_s:,.1f}",
            ms_text(one.p50_ms),
            ms_text(one.p95_ms),
            "" if times is None else ratio_text(times),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def times_faster(served: Sequence[Served], one: Served) -> float | None:
    """How many times more requests the product's form answers, the first of the same page."""
    ours = next(other for other in served if other.form.page == one.form.page)
    return None if ours is one else ours.requests_per_s / one.requests_per_s


def text(results: Results) -> str:
    """All of it in Markdown."""
    rows = ", ".join(f"{count:,} {name}" for name, count in results.counts.items())
    parts = [
        [f"{results.at:%d %B %Y}, {results.machine}. {rows}."],
        table(results.outcomes),
        depth_table(results.depths),
        http_table(results.served),
    ]
    return "\n\n".join("\n".join(part) for part in parts)


def write(results: Results, document: Path) -> None:
    put(text(results), document)


def put(figures: str, document: Path, *, begin: str = BEGIN) -> None:
    """Between the markers of the document; what people wrote around them stays."""
    old = document.read_text()
    before, _, rest = old.partition(begin)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{begin}\n\n{figures}\n\n{END}{after}")


def missed(results: Results) -> list[str]:
    """A sentence per target that this run did not reach."""
    sentences = [
        f"{outcome.contest.name}: {ms_text(outcome.ours.sql_p50)}, {ratio_text(outcome.ratio)}"
        for outcome in (*results.outcomes, *(depth.outcome for depth in results.depths))
        if outcome.is_good is False
    ]
    usual = results.served[1]  # of the first page, counted as usual
    times = times_faster(results.served, usual)
    if times is not None and times < HTTP_TARGET:
        sentences.append(f"a list over HTTP: {ratio_text(times)}")
    return sentences


def ratio_text(ratio: float) -> str:
    return f"{ratio:,.0f} ×" if ratio >= 10 else f"{ratio:.1f} ×"


def ms_text(value: float) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} ms"


def _target(outcome: Outcome) -> str:
    contest = outcome.contest
    wanted = []
    if contest.most_sql_ms is not None:
        wanted.append(f"≤ {contest.most_sql_ms:g} ms")
    if contest.least_ratio is not None:
        wanted.append(f"≥ {contest.least_ratio:g} ×")
    if not wanted:
        return ""
    return f"{', '.join(wanted)}: {'met' if outcome.is_good else 'missed'}"
