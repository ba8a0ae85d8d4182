"""The same questions to several ways to search, by turns in one process: times and answers."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from customers.search.search import Question, search_for
from tests.benchmarks.measuring import percentile
from tests.benchmarks.search_quality import PAGE, answers_by, quality
from tests.benchmarks.search_questions import Asked, today
from tests.benchmarks.search_results import OURS, Quality, Speed

Search = Callable[[str], Sequence[UUID]]

# Who takes long gets fewer of the questions, so that a run ends, but so many.
BUDGET_TIMES = 7
LEAST_TIMES = 10


@dataclass(slots=True)
class Runner:
    """One way to search, with its budget of time."""

    name: str
    search: Search
    budget_s: float
    ms: list[float] = field(default_factory=list)
    found: dict[str, Sequence[UUID]] = field(default_factory=dict)

    def may_go_on(self, done: int, total: int) -> bool:
        """Its questions are spread over all classes, however few there are time for."""
        if len(self.ms) < 2:
            return True
        affordable = max(LEAST_TIMES, self.budget_s * 1000 / (sum(self.ms) / len(self.ms)))
        return len(self.ms) < affordable * (done + 1) / total

    def take(self, text: str) -> None:
        started = time.perf_counter()
        found = self.search(text)
        self.ms.append((time.perf_counter() - started) * 1000)
        self.found[text] = found

    def speed(self) -> Speed:
        return Speed(self.name, percentile(self.ms, 50), percentile(self.ms, 95), len(self.ms))


def ours(text: str) -> list[UUID]:
    hits = search_for(Question(q=text), mode="fuzzy", limit=PAGE, today=today())
    return [hit.customer.entity_uid for hit in hits]


def race(
    others: Sequence[tuple[str, Search]], questions: Sequence[Asked], *, seconds: float
) -> tuple[list[Speed], list[Quality]]:
    """Every question to each in turn, in a turning order; ours comes first in what is returned."""
    budget_s = BUDGET_TIMES * seconds
    runners = [Runner(name, search, budget_s) for name, search in ((OURS, ours), *others)]
    mixed = _mixed(questions)
    for runner in runners:  # connections, caches
        runner.search(mixed[0].text)
    gc.collect()
    for place, asked in enumerate(mixed):
        turned = place % len(runners)
        for runner in (*runners[turned:], *runners[:turned]):
            if runner.may_go_on(place, len(mixed)):
                runner.take(asked.text)
    return [runner.speed() for runner in runners], [_quality(runner, mixed) for runner in runners]


def _mixed(questions: Sequence[Asked]) -> list[Asked]:
    """One of each class after the other."""
    kinds: dict[str, list[Asked]] = {}
    for asked in questions:
        kinds.setdefault(asked.kind, []).append(asked)
    return [asked for row in zip(*kinds.values(), strict=False) for asked in row]


def _quality(runner: Runner, questions: Sequence[Asked]) -> Quality:
    answered = [asked for asked in questions if asked.text in runner.found]
    return quality(runner.name, answers_by(lambda text: runner.found[text], answered))
