"""One run of the search benchmark: questions → answers → tables."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from customers.search.weights import DEFAULT
from deploy.local.postgres import Address
from events import sql
from tests.benchmarks import (
    results,
    search_baselines,
    search_costs,
    search_dataset,
    search_fit,
    search_http,
    search_page,
    search_quality,
    search_questions,
    search_speed,
    spare,
)
from tests.benchmarks.measuring import percentile
from tests.benchmarks.search_quality import Answer
from tests.benchmarks.search_questions import AS_WRITTEN, BIRTH_DATE, DOCUMENT, NAME, Asked
from tests.benchmarks.search_results import OURS, Results
from tests.benchmarks.search_targets import BIG

TOLD_PER_KIND = 15
COPY = "search_http"
START_S = 10

SIZES_SQL = """
SELECT relation.relname, pg_relation_size(relation.oid) FROM pg_class relation
WHERE relation.relname IN ('customer_word_ids', 'customer_search_trgm', 'customers_searchword',
    'customers_searchword_pkey', 'searchword_deletions')
"""

COUNTS_SQL = """
SELECT (SELECT count(*) FROM customers_searchword),
    (SELECT count(DISTINCT word_ids) FROM customers_customer)
"""
WARM_SQL = """
SELECT pg_prewarm(relation.oid) FROM pg_class relation
LEFT JOIN pg_index ON indexrelid = relation.oid
WHERE coalesce(indrelid, relation.oid) = ANY(
    '{customers_customer, customers_searchword}'::regclass[])
"""


@dataclass(frozen=True, slots=True)
class Told:
    """All answers of one run, by group of question."""

    listed: Mapping[str, Sequence[Answer]]
    unlisted: Mapping[str, Sequence[Answer]]
    nonsense: Sequence[Answer]
    ms: Sequence[float]

    def all_listed(self) -> list[Answer]:
        return [answer for answers in self.listed.values() for answer in answers]

    def all_unlisted(self) -> list[Answer]:
        return [answer for answers in self.unlisted.values() for answer in answers]


def run(home: Path, address: Address, wanted: argparse.Namespace) -> None:
    """Questions of a small list as of a large one; `wanted.only` leaves out all but quality."""
    sql.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    sql.fetch(WARM_SQL)
    told = _told(wanted.seed, size=wanted.people, count=wanted.queries)
    found = _results(home, wanted, told)
    print(_text(found, told), flush=True)
    if wanted.told:
        wanted.told.write_text("\n".join([_text(found, told), "", *_details(found, told)]) + "\n")
    if wanted.fit:
        print(_fitted(told, wanted.seed))
    if wanted.only is None:
        asked = [one.asked for one in told.listed[NAME] if one.asked.kind != AS_WRITTEN]
        if wanted.people < BIG:
            found = _beside_others(found, home, wanted, asked)
            found = _at_work(found, home, address, wanted, asked)
        else:  # the others would take a day
            found = replace(_raced(found, wanted, asked, ()), sizes=dict(sql.fetch(SIZES_SQL)))
        print(search_page.text(found))
    if wanted.write:
        search_page.write(found, wanted.write)


def _beside_others(
    found: Results, home: Path, wanted: argparse.Namespace, asked: Sequence[Asked]
) -> Results:
    """The same questions to the other ways to search, which keep what they made of the people."""
    logging.getLogger("elastic_transport").setLevel(logging.WARNING)  # not a line per question
    stamp = f"{wanted.people} {search_dataset.expected(wanted.people)['rows']}"
    sizes = dict(sql.fetch(SIZES_SQL))
    with search_baselines.running(home, stamp=stamp) as ways:
        for way in ways:
            way.prepare(search_dataset.everybody(wanted.people))
            sizes |= way.sizes()
        others = [(way.name, way.search) for way in ways]
        found = _raced(found, wanted, asked, others)
    return replace(found, sizes=sizes)


def _raced(
    found: Results,
    wanted: argparse.Namespace,
    asked: Sequence[Asked],
    others: Sequence[tuple[str, search_speed.Search]],
) -> Results:
    chosen = asked[:: max(len(asked) // wanted.race, 1)]
    speed, quality = search_speed.race(others, chosen, seconds=wanted.seconds)
    return replace(found, speed=speed, quality=quality)


def _at_work(
    found: Results,
    home: Path,
    address: Address,
    wanted: argparse.Namespace,
    asked: Sequence[Asked],
) -> Results:
    """Beside those who write: over HTTP in a copy of the list, and what the index costs them."""
    costs = search_costs.measure(size=wanted.loaded, writes=wanted.loaded // 50)
    lasting = wanted.seconds * 1.25 + START_S  # with warming up
    here = int(search_http.WRITES_PER_S * lasting)
    newcomers = list(search_dataset.after(wanted.people, here + search_http.events_in(lasting)))
    arrivals = search_costs.events_of(newcomers[here:])
    with spare.database(COPY, template=address.database), spare.pointed_at(COPY):
        sql.fetch(WARM_SQL)
        http = search_http.measure(
            home,
            {**address.environment(), "POSTGRES_DB": COPY},
            questions=asked,
            newcomers=newcomers[:here],
            arrivals=arrivals,
            seconds=wanted.seconds,
        )
    return replace(found, costs=costs, http=http)


def _fitted(told: Told, seed: str) -> str:
    """The constants of the logistic, as the mix of questions would have them."""
    mixed = search_quality.mixed(told.all_listed(), told.all_unlisted(), seed=seed)
    current = search_fit.Logistic(DEFAULT.offset, DEFAULT.slope)
    made = search_fit.fit(mixed, current=current)
    return (
        f"offset: {made.offset:.3f}, slope: {made.slope:.3f} (now {current.offset:g} and "
        f"{current.slope:g}); {search_fit.log_loss(mixed):.4f} bits lost per first answer"
    )


def _details(found: Results, told: Told) -> list[str]:
    """What went wrong, for whoever tunes the search."""
    lines = search_quality.worst(told.all_listed(), per_kind=TOLD_PER_KIND)
    for one in found.strangers:
        lines += [f"## strangers let through, {one.kind}"]
        lines += search_quality.let_through(told.unlisted[one.kind], one.threshold)[:TOLD_PER_KIND]
    lines += ["## nonsense answered"]
    lines += search_quality.let_through(told.nonsense, 0.0)[:TOLD_PER_KIND]
    return lines


def _told(seed: str, *, size: int, count: int) -> Told:
    """`count` questions of each class; as many with a birth date and with a document number in
    all classes together, twice; of strangers half."""
    listed = {
        NAME: search_questions.names(seed, size=size, per_class=count),
        BIRTH_DATE: search_questions.with_birth_date(seed, size=size, count=2 * count),
        DOCUMENT: search_questions.with_document(seed, size=size, count=2 * count),
    }
    strangers = {
        NAME: search_questions.names(seed, size=size, per_class=count // 2, is_listed=False),
        BIRTH_DATE: search_questions.with_birth_date(seed, size=size, count=count, is_listed=False),
        DOCUMENT: search_questions.with_document(seed, size=size, count=count, is_listed=False),
    }
    nonsense = search_questions.nonsense(seed, count=2 * count)
    ms: list[float] = []
    return Told(
        listed={kind: _answers(asked, ms) for kind, asked in listed.items()},
        unlisted={kind: _answers(asked, []) for kind, asked in strangers.items()},
        nonsense=_answers(search_quality.without_names(nonsense), []),
        ms=ms,
    )


def _answers(asked: Iterable[Asked], ms: list[float]) -> list[Answer]:
    found = []
    for one in tqdm(asked, unit=" questions", disable=not sys.stderr.isatty()):
        started = time.perf_counter()
        found.append(search_quality.ask(one))
        ms.append((time.perf_counter() - started) * 1000)
    return found


def _results(home: Path, wanted: argparse.Namespace, told: Told) -> Results:
    words, names = sql.fetch(COUNTS_SQL)[0]
    stamp: dict[str, Any] = json.loads((home / "stamp.json").read_text())
    return Results(
        at=datetime.now(UTC),
        machine=results.machine(sql.fetch("SHOW server_version")[0][0]),
        people=wanted.people,
        words=words,
        names=names,
        seed=wanted.seed,
        load_s=stamp["load_s"],
        whole=search_quality.quality(
            OURS, told.listed[NAME], beside=[*told.listed[BIRTH_DATE], *told.listed[DOCUMENT]]
        ),
        strangers=search_quality.strangers(told.listed, told.unlisted),
        nonsense=search_quality.nonsense(told.nonsense),
        reliability=search_quality.reliability(
            told.all_listed(), told.all_unlisted(), seed=wanted.seed
        ),
    )


def _text(found: Results, told: Told) -> str:
    whole = found.whole
    kinds = {"all classes": whole.overall, **whole.classes, **whole.beside}
    lines = [
        f"{found.at:%H:%M:%S} {found.people:,} people, {found.words:,} words, "
        f"{found.names:,} names, seed {found.seed}, loaded in {found.load_s:.0f} s",
        f"ms: p50 {percentile(told.ms, 50):.2f}, p95 {percentile(told.ms, 95):.2f}, "
        f"p99 {percentile(told.ms, 99):.2f}",
    ]
    lines += [
        f"{kind:22} asked {one.asked:5} @1 {one.at_1:.3f} @10 {one.at_10:.3f}"
        for kind, one in kinds.items()
    ]
    lines += [
        f"strangers, {one.kind}: {one.share:.2%} of {one.asked} at {one.threshold:.3f}"
        for one in found.strangers
    ]
    lines += [f"nonsense, {one.kind}: {one.empty} of {one.asked} empty" for one in found.nonsense]
    lines += [
        f"score {one.least:.1f}-{one.most:.1f}: {one.answers:5} answers, "
        f"mean {one.mean_score:.3f}, right {one.share:.3f}"
        for one in found.reliability
    ]
    return "\n".join(lines)
