"""What one run of the search benchmark found → tables and pictures of docs/benchmarks."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import results, search_plots
from tests.benchmarks.results import ms_text, ratio_text
from tests.benchmarks.search_results import OURS, Quality, Results
from tests.benchmarks.search_targets import BIG, targets, times_faster

DOCUMENT = "search.md"
BEGIN_BIG = "<!-- figures of a big list: written by the command -->"
PICTURES = {
    "search-speed": "Time of a question, ours and others",
    "search-recall": "The right person among the first ten, by error in the name",
    "search-reliability": "How often a score comes true",
}
LARGE_UNITS = ((2**30, "GB"), (2**20, "MB"), (2**10, "kB"))


def write(found: Results, folder: Path) -> None:
    """Into the document, between the marks of a list of this size; and the pictures of a run
    beside other ways to search."""
    document = folder / DOCUMENT
    is_big = found.people >= BIG
    smaller = _p50_written(document) if is_big else None
    begin = BEGIN_BIG if is_big else results.BEGIN
    drawn = [] if is_big else search_plots.draw(found, folder)
    shown = [f"![{PICTURES[path.stem]}]({path.name})" for path in drawn]
    parts = [*shown, text(found, smaller_p50_ms=smaller)]
    results.put("\n\n".join(parts), document, begin=begin)


def text(found: Results, *, smaller_p50_ms: float | None = None) -> str:
    """All of it in Markdown, one table after the other."""
    tables = (
        _targets(found, smaller_p50_ms),
        _ways(found),
        _classes(found),
        _beside(found),
        _reliability(found),
        _refusals(found),
        _costs(found),
        _sizes(found),
        _http(found),
    )
    parts = [_head(found), *("\n".join(table) for table in map(list, tables) if table)]
    return "\n\n".join(parts)


def _head(found: Results) -> str:
    return (
        f"{found.at:%d %B %Y}, {found.machine}. {found.people:,} people, {found.names:,} different "
        f"names, {found.words:,} different words; questions of seed {found.seed}. Making and "
        f"loading the rows and building the index took {found.load_s:,.0f} s."
    )


def _targets(found: Results, smaller_p50_ms: float | None) -> Iterator[str]:
    rows = [
        (one.what, one.measured, f"{one.wanted}: {'met' if one.is_met else 'missed'}")
        for one in targets(found, smaller_p50_ms=smaller_p50_ms)
    ]
    yield from _table("| what | measured | wanted |", "|---|--:|---|", rows)


def _ways(found: Results) -> Iterator[str]:
    quality = {one.name: one for one in found.quality}
    rows = []
    for speed in found.speed:
        recall = quality[speed.name].overall if speed.name in quality else None
        rows.append(
            (
                speed.name,
                ms_text(speed.p50_ms),
                ms_text(speed.p95_ms),
                "" if speed.name == OURS else ratio_text(times_faster(found, speed)),
                f"{recall.at_1:.3f}" if recall else "",
                f"{recall.at_10:.3f}" if recall else "",
                f"{speed.times:,}",
            )
        )
    yield from _table(
        "| way to search | p50 | p95 | SINS is faster | recall@1 | recall@10 | questions |",
        "|---|--:|--:|--:|--:|--:|--:|",
        rows,
    )


def _classes(found: Results) -> Iterator[str]:
    """Ours on all its questions, the others on those that all were asked."""
    others = [one for one in found.quality if one.name != OURS]
    rows = [
        (kind, f"{recall.asked:,}", f"{recall.at_1:.3f}", f"{recall.at_10:.3f}",
         *(_at_10(other, kind) for other in others))
        for kind, recall in {**found.whole.classes, "all": found.whole.overall}.items()
    ]  # fmt: skip
    names = "".join(f" {other.name} @10 |" for other in others)
    yield from _table(
        f"| error in the name | questions | {OURS} @1 | {OURS} @10 |{names}",
        "|---|--:|--:|--:|" + "--:|" * len(others),
        rows,
    )


def _beside(found: Results) -> Iterator[str]:
    rows = [
        (kind, f"{recall.asked:,}", f"{recall.at_1:.3f}", f"{recall.at_10:.3f}")
        for kind, recall in found.whole.beside.items()
    ]
    yield from _table(
        f"| other questions | asked | {OURS} @1 | {OURS} @10 |", "|---|--:|--:|--:|", rows
    )


def _reliability(found: Results) -> Iterator[str]:
    rows = [
        (f"{one.least:.1f}–{one.most:.1f}", f"{one.answers:,}", f"{one.mean_score:.3f}",
         f"{one.share:.3f}")
        for one in found.reliability
        if one.answers
    ]  # fmt: skip
    yield from _table(
        "| score of the first answer | answers | mean score | of these right |",
        "|---|--:|--:|--:|",
        rows,
    )


def _refusals(found: Results) -> Iterator[str]:
    rows = [
        (
            f"strangers, {one.kind}",
            f"{one.asked:,}",
            f"{one.let_through:,} above {one.threshold:.2f}",
        )
        for one in found.strangers
    ]
    rows += [
        (f"nonsense, {one.kind}", f"{one.asked:,}", f"{one.asked - one.empty:,} at all")
        for one in found.nonsense
    ]
    yield from _table("| who is not on the list | asked | answered |", "|---|--:|--:|", rows)


def _costs(found: Results) -> Iterator[str]:
    rows = [
        (one.name, _amount(one.with_index, one.unit), _amount(one.without, one.unit),
         f"{one.ratio:.2f} ×")
        for one in found.costs
    ]  # fmt: skip
    yield from _table(
        "| cost of the index | with it | without | ratio |", "|---|--:|--:|--:|", rows
    )


def _sizes(found: Results) -> Iterator[str]:
    rows = [(name, bytes_text(count)) for name, count in found.sizes.items()]
    yield from _table("| on disk | size |", "|---|--:|", rows)


def _http(found: Results) -> Iterator[str]:
    if not (http := found.http):
        return
    row = (
        f"{http.clients}",
        f"{http.writes_per_s:,.0f}/s",
        f"{http.applied_per_s:,.0f}/s",
        f"{http.searches_per_s:,.0f}/s",
        ms_text(http.p50_ms),
        ms_text(http.p95_ms),
        f"{http.found_after_write:,} of {http.looked_for:,}",
    )
    yield from _table(
        "| clients over HTTP | writes beside them | from peers | searches | p50 | p95 "
        "| found right after the write |",
        "|--:|--:|--:|--:|--:|--:|--:|",
        [row],
    )


def _table(head: str, line: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Nothing without rows: that part was not measured."""
    if rows:
        yield from (head, line, *(f"| {' | '.join(row)} |" for row in rows))


def _amount(value: float, unit: str) -> str:
    return ms_text(value) if unit == "ms" else f"{value:,.1f} {unit}"


def _at_10(quality: Quality, kind: str) -> str:
    recall = quality.overall if kind == "all" else quality.classes.get(kind)
    return f"{recall.at_10:.3f}" if recall and recall.asked else ""


def bytes_text(count: int) -> str:
    for size, unit in LARGE_UNITS:
        if count >= size:
            value = count / size
            return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{count} bytes"


def _p50_written(document: Path) -> float | None:
    """Ours of the smaller list, as its own table says it: the big one is held against it."""
    before, _, _ = document.read_text().partition(BEGIN_BIG)
    row = re.search(rf"^\| {OURS} \| ([\d.,]+) ms \|", before, re.M)
    return float(row.group(1).replace(",", "")) if row else None
