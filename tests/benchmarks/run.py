"""One run: every question in both forms, then the lists over HTTP → tables and pictures."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.local.postgres import Address
from events import sql
from tests.benchmarks import dataset, plots, results, serving
from tests.benchmarks.contests import Subjects, as_of_page, contests
from tests.benchmarks.measuring import hold
from tests.benchmarks.results import Depth, Results
from tests.benchmarks.serving import Form, Served

ROUNDS = 100
DEPTHS = (0, 100, 1_000, 10_000, 100_000, 500_000, 800_000)
HTTP_ROUNDS = 3

FORMS = (
    Form("SINS: /api/v1/entities", "/api/v1/entities", {"X-Role": "service_agent"}),
    Form("ModelSerializer, PageNumberPagination", "/usual/entities"),
    Form("the same without its count", "/usual/uncounted"),
)


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
    subjects = Subjects()
    outcomes = []
    for contest in contests(subjects):
        outcomes.append(hold(contest, rounds=ROUNDS, budget_s=seconds))
        print(f"{contest.name}: {results.ratio_text(outcomes[-1].ratio)}", flush=True)
    return Results(
        at=datetime.now(UTC),
        machine=results.machine(sql.fetch("SHOW server_version")[0][0]),
        counts=dataset.counts(),
        outcomes=outcomes,
        depths=list(_depths(subjects, seconds / 3)),
        served=_served(home, address, seconds / 4),
    )


def _depths(subjects: Subjects, seconds: float) -> Iterator[Depth]:
    for depth in DEPTHS:
        if depth < len(subjects.as_of_keys):
            contest = as_of_page(subjects, depth, f"page {depth:,} deep", "OFFSET")
            yield Depth(depth, hold(contest, rounds=ROUNDS, budget_s=seconds))


def _served(home: Path, address: Address, seconds: float) -> Sequence[Served]:
    with serving.gunicorn(home, address.environment()) as port:
        shown = [serving.uids_served(port, form) for form in FORMS]
        if any(uids != shown[0] for uids in shown):
            raise serving.RefusedError("The lists over HTTP do not show the same.")
        return serving.take_turns(port, FORMS, rounds=HTTP_ROUNDS, seconds=seconds)
