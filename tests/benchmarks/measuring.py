"""Two forms of one question, asked by turns in the same process → medians side by side."""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from django.db import connection

# Of a round: the quick form is asked several times, the slow one once. A slow one sweeps the
# processor's caches, after which a page takes 1.1 ms instead of 0.75: the median is of warm ones.
OURS_PER_ROUND = 20
MIN_ROUNDS = 5

Form = Callable[[Any], Any]


class DifferentAnswersError(Exception):
    """The two forms do not answer the same: their times may not be compared."""


@dataclass(frozen=True, slots=True)
class Contest:
    """One question in two forms, about the same subjects; `answer` makes of either result what
    has to be equal."""

    name: str
    naive_name: str
    ours: Form
    naive: Form
    subjects: Sequence[Any]
    answer: Callable[[Any], Any]
    most_sql_ms: float | None = None
    least_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds of one form: in its statements, and of the whole Python call."""

    sql_p50: float
    sql_p95: float
    call_p50: float
    call_p95: float
    statements: int
    times: int


@dataclass(frozen=True, slots=True)
class Outcome:
    contest: Contest
    ours: Figures
    naive: Figures

    @property
    def ratio(self) -> float:
        """How many times longer the naive form's statements take."""
        return self.naive.sql_p50 / self.ours.sql_p50

    @property
    def is_good(self) -> bool | None:
        """Were the targets met? None without any."""
        contest = self.contest
        verdicts = []
        if contest.most_sql_ms is not None:
            verdicts.append(self.ours.sql_p50 <= contest.most_sql_ms)
        if contest.least_ratio is not None:
            verdicts.append(self.ratio >= contest.least_ratio)
        return all(verdicts) if verdicts else None


@dataclass(slots=True)
class _Stopwatch:
    """Counts the time inside `cursor.execute`: sending, planning, executing, and receiving all
    rows (psycopg's plain cursors take them at once). Nothing here is prepared: all are planned."""

    form: Form
    sql_ms: list[float] = field(default_factory=list)
    call_ms: list[float] = field(default_factory=list)
    statements: int = 0
    _ns: int = 0

    def ask(self, subject: Any) -> Any:
        self._ns = self.statements = 0
        with connection.execute_wrapper(self._timed):
            started = time.perf_counter_ns()
            result = self.form(subject)
            self.call_ms.append((time.perf_counter_ns() - started) / 1e6)
        self.sql_ms.append(self._ns / 1e6)
        return result

    def _timed(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter_ns()
        try:
            return execute(*arguments)
        finally:
            self._ns += time.perf_counter_ns() - started
            self.statements += 1

    def figures(self) -> Figures:
        # The first time was for the caches and for comparing.
        sql, call = self.sql_ms[1:], self.call_ms[1:]
        return Figures(
            sql_p50=statistics.median(sql),
            sql_p95=percentile(sql, 95),
            call_p50=statistics.median(call),
            call_p95=percentile(call, 95),
            statements=self.statements,
            times=len(sql),
        )


def hold(contest: Contest, *, rounds: int, budget_s: float) -> Outcome:
    """Rounds of both forms until there are enough, or the time is spent and there are a few.

    Raises DifferentAnswersError.
    """
    ours, naive = _Stopwatch(contest.ours), _Stopwatch(contest.naive)
    first = contest.subjects[0]
    answers = contest.answer(ours.ask(first)), contest.answer(naive.ask(first))
    if answers[0] != answers[1]:
        raise DifferentAnswersError(f"{contest.name}, {first}: {answers[0]} is not {answers[1]}")
    gc.collect()
    subjects = cycle(contest.subjects)
    until = time.monotonic() + budget_s
    for done in range(rounds):
        if time.monotonic() > until and done >= MIN_ROUNDS:
            break
        asked = list(islice(subjects, OURS_PER_ROUND))
        for subject in asked:
            ours.ask(subject)
        naive.ask(asked[0])
    return Outcome(contest, ours.figures(), naive.figures())


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
