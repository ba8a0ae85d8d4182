"""One run: every question in both forms, then the lists over HTTP → tables and pictures."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.postgres import Address
from entities.api.paging import AFTER
from entities.http.cursors import uid_cursor
from events import sql
from tests.benchmarks import dataset, plots, results, serving
from tests.benchmarks.contests import PAGE, Subjects, as_of_page, contests
from tests.benchmarks.measuring import hold
from tests.benchmarks.results import Depth, Results
from tests.benchmarks.serving import Form, Served

ROUNDS = 100
DEPTHS = (0, 100, 1_000, 10_000, 100_000, 500_000, 800_000)
HTTP_ROUNDS = 3

AGENT = {"X-Role": "service_agent"}
OURS, USUAL, UNCOUNTED = "SINS", "PageNumberPagination", "the same, not counting"


def run(home: Path, address: Address, *, seconds: float, docs: Path | None) -> None:
    """About so many seconds per question; figures and pictures go into `docs`, if given."""
    dataset.verify()
    dataset.warm()
    found = _measured(home, address, seconds)
    print(results.text(found))
    for sentence in results.missed(found):
        print(f"Missed its target: {sentence}")
    if docs is not None:
        results.write(found, docs / "history.md")
        plots.draw(found, docs)


def _measured(home: Path, address: Address, seconds: float) -> Results:
    machine = results.machine(sql.fetch("SHOW server_version")[0][0])
    subjects = Subjects()
    outcomes = []
    for contest in contests(subjects):
        outcomes.append(hold(contest, rounds=ROUNDS, budget_s=seconds))
        print(f"{contest.name}: {results.ratio_text(outcomes[-1].ratio)}", flush=True)
    return Results(
        at=datetime.now(UTC),
        machine=machine,
        counts=dataset.counts(),
        outcomes=outcomes,
        depths=list(_depths(subjects, seconds / 3)),
        served=_served(home, address, _pages(subjects), seconds / 4),
    )


def _depths(subjects: Subjects, seconds: float) -> Iterator[Depth]:
    for depth in DEPTHS:
        if depth < len(subjects.as_of_keys):
            contest = as_of_page(subjects, depth, f"page {depth:,} deep", "OFFSET")
            yield Depth(depth, hold(contest, rounds=ROUNDS, budget_s=seconds))


def _pages(subjects: Subjects) -> Sequence[Sequence[Form]]:
    """The first page and a deep one, the product's form before the usual ones."""
    path, number = "/api/v1/entities", subjects.deep // PAGE + 1
    cursor = AFTER + uid_cursor(subjects.current_keys[subjects.deep - 1])
    page = f"{subjects.deep:,} deep"
    return (
        (
            Form(OURS, path, "first", AGENT),
            Form(USUAL, "/usual/entities", "first"),
            Form(UNCOUNTED, "/usual/uncounted", "first"),
        ),
        (
            Form(OURS, f"{path}?cursor={cursor}", page, AGENT),
            Form(USUAL, f"/usual/entities?page={number}", page),
            Form(UNCOUNTED, f"/usual/uncounted?page={number}", page),
        ),
    )


def _served(
    home: Path, address: Address, pages: Sequence[Sequence[Form]], seconds: float
) -> Sequence[Served]:
    found: list[Served] = []
    with serving.gunicorn(home, address.environment()) as port:
        for forms in pages:
            shown = [serving.uids_served(port, form) for form in forms]
            if any(uids != shown[0] for uids in shown):
                raise serving.RefusedError(f"{forms[0].page}: the lists do not show the same.")
            found += serving.take_turns(port, forms, rounds=HTTP_ROUNDS, seconds=seconds)
    return found
