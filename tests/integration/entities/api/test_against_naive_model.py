"""As-of, history and diff over HTTP, beside a naive model that is asked the same on its own.

Another seed: `NAIVE_SEED=7`; more histories: `NAIVE_HISTORIES=500`. A failure is shrunk to the
shortest history that still shows it, and told step by step.
"""

import itertools
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from hypothesis import example, given, seed, settings

from events.origin import ensure_self
from tests.integration.entities.api import naive_diff
from tests.integration.entities.api.naive import Entity, Row, is_same, merged, text_of
from tests.integration.entities.api.worlds import (
    MIDNIGHT,
    MIDNIGHT_US,
    Arrive,
    Clock,
    Create,
    Delete,
    Detail,
    Elsewhere,
    Step,
    World,
    histories,
)

# Shrinking a failure takes longer than passing.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]

SEED = int(os.environ.get("NAIVE_SEED", "1"))
ENOUGH = 16
HISTORIES = int(os.environ.get("NAIVE_HISTORIES", ENOUGH))
LEAST_INSTANTS = 1_000
DAY_US = 86_400_000_000
LONG_BEFORE_US = MIDNIGHT_US - 365 * DAY_US
LONG_AFTER_US = MIDNIGHT_US + 36_500 * DAY_US
DAY_BEFORE = "2026-02-28"
# Part of a name or value, as typed; as it is compared.
QUERIES = [("mill", "mill"), ("Ő", "o"), ("SMITH, j", "smith, j"), ("two", "two")]
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")

# What once was answered wrong: that a late `created`, which gives no life, had ended one.
DELETED_AS_IT_IS_CREATED_ELSEWHERE: list[Step] = [
    Create(0, "PERSON", "Mill", [Detail("NOTES", "one")], 60),
    Delete(0),
    Elsewhere(0, "entity.created.v1", {"details": {"NOTES": "two"}}, 7, False),
    Arrive(0, 0, 0),
]


class Comparison:
    """One lived-through world, asked over HTTP and by the model."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entities = [Entity(str(uid), told) for uid, told in sorted(world.messages().items())]
        self.merged = merged(self.entities)
        self.asked = 0
        self.hashes: dict[str, str] = {}
        edges = {edge for entity in self.entities for edge in entity.moments} | {MIDNIGHT_US}
        near = {edge + by for edge in edges for by in (-1, 0, 1)}
        self.instants = sorted(near | {LONG_BEFORE_US, LONG_AFTER_US})

    def check(self) -> None:
        for entity in self.entities:
            self.check_now(entity)
            self.check_history(entity)
            for at in self.instants_of(entity):
                self.check_as_of(entity, at)
        # Two of five: the instants come in threes, before, at and after an edge.
        listed = [at for place, at in enumerate(self.instants) if place % 5 in (0, 2)]
        for number, at in enumerate(listed):
            self.check_list(number, at)
        for start, end in self.periods():
            self.check_diff(start, end)
        self.check_dates()

    def instants_of(self, entity: Entity) -> list[int]:
        """Where something changes, just before and after, in the midst, and far from all of it."""
        edges = [LONG_BEFORE_US, *entity.moments, LONG_AFTER_US]
        midst = {(one + other) // 2 for one, other in itertools.pairwise(edges)}
        near = {edge + by for edge in entity.moments for by in (-1, 0, 1)}
        return sorted({LONG_BEFORE_US, LONG_AFTER_US, *near, *midst})

    def periods(self) -> Iterator[tuple[int, int]]:
        """From anywhere to anywhere, also nothing, one step, and all of it."""
        count = len(self.instants)
        yield self.instants[0], self.instants[-1]
        for number in range(8):
            pair = (self.instants[number * 7 % count], self.instants[(number * 11 + 3) % count])
            yield min(pair), max(pair)
        edge = self.instants[count // 2]
        yield edge, edge
        yield edge, edge + 1
        yield edge - 1, edge

    # What is asked of one entity

    def check_now(self, entity: Entity) -> None:
        expected: Any = entity.now() or 404
        if entity.uid in self.merged:
            expected = 410
            if not entity.is_alive_now:  # gone in two ways: either may be said
                return
        self.expect(f"{entity.uid} now", self.entity(f"entities/{entity.uid}"), expected)

    def check_as_of(self, entity: Entity, at: int) -> None:
        self.asked += 1
        spelled = (text_of(at), _abroad(at), _naive(at))[self.asked % 3]
        got = self.entity(f"entities/{entity.uid}", as_of=spelled)
        self.expect(f"{entity.uid} as of {spelled}", got, entity.as_of(at) or 404)

    def check_history(self, entity: Entity) -> None:
        path = f"entities/{entity.uid}/history"
        if not entity.claims and not self.world.is_known(entity.uid):
            self.expect(path, self.ask(path), 404)
            return
        expected = entity.history()
        rows = self.paged(path, len(expected), page_size="3")
        self.expect(path, [self.version(row) for row in rows], expected)

    # What is asked of all

    def check_list(self, number: int, at: int) -> None:
        self.asked += 1
        filters, is_wanted = _filter(number)
        alive = [entity.as_of(at) for entity in self.entities]
        expected = [row for row in alive if row and is_wanted(row)]
        query = {"as_of": text_of(at), "page_size": "2", **filters}
        rows = self.paged("entities-asof", len(expected), **query)
        self.expect(f"the list {query}", [self.shown(row) for row in rows], expected)

    def check_diff(self, start: int, end: int) -> None:
        self.check_period(start, end, {"from": text_of(start), "to": text_of(end)})

    def check_dates(self) -> None:
        """A bare date is its 00:00; as an end it is there as a whole day."""
        got = self.ask("entities-asof", as_of=MIDNIGHT)
        alive = [entity.as_of(MIDNIGHT_US) for entity in self.entities]
        expected = [row for row in alive if row]
        self.expect("as of a date", [self.shown(row) for row in got["results"]], expected)
        dates = {"from": DAY_BEFORE, "to": DAY_BEFORE}
        self.check_period(MIDNIGHT_US - DAY_US, MIDNIGHT_US, dates)
        self.check_period(MIDNIGHT_US, MIDNIGHT_US + DAY_US, {"from": MIDNIGHT, "to": MIDNIGHT})

    def check_period(self, start: int, end: int, dates: dict[str, Any]) -> None:
        one = self.entities[end % len(self.entities)]
        if not self.world.is_known(one.uid):
            self.expect(
                "diff of an unknown one", self.ask("diff", **dates, entity_uid=one.uid), 404
            )
            one = self.entities[0]
        for asked, entities in (({}, self.entities), ({"entity_uid": one.uid}, [one])):
            if asked and not self.world.is_known(one.uid):
                continue
            query = {**dates, **asked}
            net = [naive_diff.net(entity, start, end) for entity in entities]
            got = self.linked("diff", **query, limit="2")
            self.expect(f"diff {query}", got, [row for row in net if row])
            steps = [step for entity in entities for step in naive_diff.steps(entity, start, end)]
            expected = [row for _, row in sorted(steps, key=lambda step: step[0])]
            got = self.linked("diff", **query, limit="5", format="audit")
            for row in got if isinstance(got, list) else ():
                assert INSTANT.fullmatch(row.pop("recorded_at")), row
            self.expect(f"diff {query} in steps", got, expected)

    # How it is asked

    def ask(self, path: str, **query: Any) -> Any:
        """The answer's JSON, or its status if that is not 200."""
        answer = self.world.call("GET", path, **query)
        return answer.json() if answer.status_code == 200 else answer.status_code

    def entity(self, path: str, **query: Any) -> Any:
        got = self.ask(path, **query)
        return self.shown(got) if isinstance(got, dict) else got

    def paged(self, path: str, count: int, **query: Any) -> list[Row]:
        """All rows by following `next`; the same must come by `previous` and by number."""
        page = self.ask(path, **query)
        assert isinstance(page, dict), (path, query, page)
        pages = [page]
        while page["next"]:
            page = self.follow(page["next"])
            pages.append(page)
        back = [page["results"]]
        while page["previous"]:
            page = self.follow(page["previous"])
            back.insert(0, page["results"])
        rows = [row for page in pages for row in page["results"]]
        counts = [page["count"] for page in pages]
        self.expect(f"{path} {query} counted", counts, [count] * len(pages))
        self.expect(f"{path} {query} backwards", list(itertools.chain(*back)), rows)
        last = self.ask(path, **query, page=str(len(pages)))
        self.expect(f"{path} {query} by number", last["results"], pages[-1]["results"])
        beyond = self.ask(path, **query, page=str(len(pages) + 1))
        self.expect(f"{path} {query} beyond the end", beyond, 404)
        return rows

    def follow(self, link: str) -> Any:
        parts = urlsplit(link)
        assert parts.hostname == "testserver", link
        answer = self.world.follow(f"{parts.path}?{parts.query}")
        assert answer.status_code == 200, (link, answer.content)
        return answer.json()

    def linked(self, path: str, **query: Any) -> Any:
        """All rows of a bare list, by its Link header."""
        answer = self.world.call("GET", path, **query)
        if answer.status_code != 200:
            return answer.status_code
        rows = answer.json()
        while link := answer.headers.get("Link"):
            found = re.fullmatch(r'<https?://testserver(/\S+)>; rel="next"', link)
            assert found, link
            answer = self.world.follow(found[1])
            assert answer.status_code == 200, (link, answer.content)
            rows += answer.json()
        return rows

    # How it is compared

    def expect(self, asked: str, got: Any, expected: Any) -> None:
        if not is_same(got, expected):
            told = "\n".join(self.world.story)
            if isinstance(got, list) and isinstance(expected, list):
                got, expected = _without_equal_ends(got, expected)
            raise AssertionError(f"{told}\n{asked}\nanswered {got}\nexpected {expected}")

    def shown(self, entity: Row) -> Row:
        """An entity without what the model does not say."""
        row = self.without_hash(entity, "entity_type", "display_name")
        row["details"] = [self.without_hash(detail, "value") for detail in row["details"]]
        return row

    def version(self, version: Row) -> Row:
        """A row of history without what the model does not say."""
        is_detail = version["type"] == "detail"
        shown = ("value",) if is_detail else ("entity_type", "display_name")
        row = self.without_hash(version, *shown)
        assert INSTANT.fullmatch(row.pop("recorded_at")), version
        return row

    def without_hash(self, row: Row, *shown: str) -> Row:
        """The same content has the same hash, other content another."""
        row = dict(row)
        content = repr([row[name] for name in shown])
        hashdiff = row.pop("hashdiff")
        assert self.hashes.setdefault(content, hashdiff) == hashdiff, row
        assert self.hashes.setdefault(hashdiff, content) == content, row
        return row


def _without_equal_ends(got: list[Any], expected: list[Any]) -> tuple[list[Any], list[Any]]:
    while got and expected and is_same(got[0], expected[0]):
        got, expected = got[1:], expected[1:]
    while got and expected and is_same(got[-1], expected[-1]):
        got, expected = got[:-1], expected[:-1]
    return got, expected


def _abroad(at: int) -> str:
    """The same instant in another time zone."""
    return str(text_of(at + 2 * 3_600_000_000)).replace("Z", "+02:00")


def _naive(at: int) -> str:
    return str(text_of(at)).replace("Z", "")


def _filter(number: int) -> tuple[dict[str, str], Callable[[Row], bool]]:
    """Every second list is filtered: by type, or by a part of what is shown."""
    if number % 4 == 0:
        return {"type": "PERSON"}, lambda row: row["entity_type"] == "PERSON"
    if number % 4 == 2:
        typed, part = QUERIES[number // 4 % len(QUERIES)]
        return {"q": typed}, lambda row: any(part in text for text in _texts(row))
    return {}, lambda row: True


def _texts(row: Row) -> list[str]:
    shown = [row["display_name"], *(detail["value"] for detail in row["details"])]
    texts = [text.casefold() for text in shown if isinstance(text, str)]
    return [text.replace("ő", "o").replace("é", "e") for text in texts]


def live_and_compare(steps: list[Step]) -> Comparison:
    clock = Clock()
    middleware_time = SimpleNamespace(time_ns=clock.time_ns, perf_counter_ns=lambda: 0)
    with patch("sins.middleware.time", middleware_time):
        world = World(clock)
        world.live(steps)
        comparison = Comparison(world)
        comparison.check()
    return comparison


def test_the_past_is_what_the_naive_model_says():
    ensure_self(now_us=MIDNIGHT_US - DAY_US)
    answers: Counter[tuple[str, int]] = Counter()
    asked = versions = 0

    @seed(SEED)
    @settings(max_examples=HISTORIES, database=None)
    @given(histories())
    @example(DELETED_AS_IT_IS_CREATED_ELSEWHERE)
    def compare(steps: list[Step]) -> None:
        nonlocal asked, versions
        with transaction.atomic():
            comparison = live_and_compare(steps)
            transaction.set_rollback(True)
        answers.update(comparison.world.statuses)
        asked += comparison.asked
        versions += sum(len(entity.history()) for entity in comparison.entities)

    compare()

    done = f"{asked} instants, {versions} versions, {dict(answers)}"
    assert asked >= LEAST_INSTANTS or HISTORIES < ENOUGH, done
    for step in (("Create", 201), ("Patch", 200), ("Delete", 204), ("Restore", 200)):
        assert answers[step] or HISTORIES < ENOUGH, done
