"""What the search index costs those who write: loads, applied events and single writes, each in a
database with the product's index and in one without it, by turns."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import transaction

from customers import services
from customers.rules import PERSON
from customers.search import words as search_words
from entities.load_input import History, Step
from entities.loading import load
from events import sql
from events.arrivals import Arrival
from events.commands import command_act
from events.event import decode
from events.receiving import take_in
from tests.benchmarks import spare
from tests.benchmarks.people import Person, people
from tests.benchmarks.search_results import Cost

SLICE = 1_000
WRITES_PER_TURN = 50
LOAD_RATIO, WRITE_RATIO = 2.0, 1.3
BORN_US = 1_700_000_000_000_000

Pair = tuple[str, str]  # names of databases: with the index, without it
LOADED: Pair = ("loaded_with", "loaded_without")
RECEIVED: Pair = ("received_with", "received_without")
PEER = "peer"

# All that only search needs.
UNINDEX_SQL = "DROP INDEX customer_word_ids, customer_search_trgm, searchword_deletions"
SEAL_SQL = """
SELECT raw, sha256, row_number() OVER (ORDER BY hlc, event_id) FROM events_event ORDER BY 3
"""


class NotAppliedError(Exception):
    """Work was left out: its time says nothing."""


def measure(*, size: int, writes: int) -> list[Cost]:
    """So many people are loaded into two databases, their events received from a peer in two
    others, then so many written one by one."""
    with _databases(LOADED), _databases(RECEIVED):
        loaded = _by_turns(LOADED, _slices(_histories(size), SLICE), _load)
        events = _arrivals(LOADED[0])
        received = _by_turns(RECEIVED, _slices(events, SLICE), _receive)
        written = _by_turns(LOADED, _slices(_newcomers(size, writes), WRITES_PER_TURN), _create)
    return [
        _cost("loading 1,000 people", loaded, statistics.mean, LOAD_RATIO),
        _cost("applying 1,000 events of a peer", received, statistics.mean),
        _cost("creating one customer", written, statistics.median, WRITE_RATIO),
    ]


def events_of(newcomers: Sequence[Person]) -> list[Arrival]:
    """As another location would send them after it has created these people."""
    with spare.database(PEER):
        with spare.pointed_at(PEER):
            call_command("migrate", verbosity=0)
        with _at(PEER, is_indexed=True):
            for part in _slices(map(_history, newcomers), SLICE):
                load(command_act("benchmark"), histories=part)
        return _arrivals(PEER)


def _by_turns(
    pair: Pair, slices: Iterator[list[Any]], work: Callable[[list[Any]], list[float]]
) -> list[tuple[float, float]]:
    """Milliseconds of each piece of work, with the index and without it. Who begins changes."""
    found: list[tuple[float, float]] = []
    for number, part in enumerate(slices):
        names = pair if number % 2 else pair[::-1]
        ms = {}
        for name in names:
            with _at(name, is_indexed=name == pair[0]):
                ms[name] = work(part)
        found += zip(ms[pair[0]], ms[pair[1]], strict=True)
    return found[1:]  # the first turn warms up


def _cost(
    name: str,
    ms: Sequence[tuple[float, float]],
    average: Callable[[Sequence[float]], float],
    most: float | None = None,
) -> Cost:
    with_index, without = zip(*ms, strict=True)
    return Cost(name, "ms", average(with_index), average(without), most)


def _load(histories: list[History]) -> list[float]:
    return [_timed(lambda: load(command_act("benchmark"), histories=histories))]


def _receive(arrivals: list[Arrival]) -> list[float]:
    stored: list[Arrival] = []

    def take() -> None:
        with transaction.atomic():
            stored.extend(take_in(command_act("benchmark"), arrivals).stored)

    ms = _timed(take)
    if len(stored) != len(arrivals):
        raise NotAppliedError(f"Of {len(arrivals)} events only {len(stored)} were stored.")
    return [ms]


def _create(newcomers: list[Person]) -> list[float]:
    return [
        _timed(
            lambda person=person: services.create_customer(  # type: ignore[misc]
                command_act("benchmark"),
                values={
                    "surname": person.surname,
                    "name": person.name,
                    "dob": person.dob and person.dob.isoformat(),
                    "document_number": person.document_number,
                },
                allow_duplicate=True,
            )
        )
        for person in newcomers
    ]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _histories(size: int) -> Iterator[History]:
    return map(_history, islice(_everybody(), size))


def _history(person: Person) -> History:
    details = {
        "SURNAME": person.surname,
        "NAME": person.name,
        "DOB": person.dob and person.dob.isoformat(),
        "DOCUMENT_NUMBER": person.document_number,
    }
    given = {code: value for code, value in details.items() if value}
    return History(person.uid, PERSON, (Step("created", BORN_US, given),))


def _newcomers(after: int, count: int) -> Iterator[Person]:
    return islice(_everybody(), after, after + count)


def _everybody() -> Iterator[Person]:
    chunk = 0
    while True:
        yield from people(chunk)
        chunk += 1


def _arrivals(name: str) -> list[Arrival]:
    """The events of this database, as they would come from there."""
    with _at(name, is_indexed=True):
        rows = sql.fetch(SEAL_SQL)
    return [
        Arrival(decode(bytes(raw)), bytes(raw), bytes(sha256), sequence)
        for raw, sha256, sequence in rows
    ]


def _slices(items: Iterator[Any] | Sequence[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


@contextmanager
def _databases(pair: Pair) -> Iterator[None]:
    """Two empty ones of this schema, the second without what only search needs."""
    with spare.database(pair[0]), spare.database(pair[1]):
        for name in pair:
            with spare.pointed_at(name):
                call_command("migrate", verbosity=0)
                if name == pair[1]:
                    sql.execute(UNINDEX_SQL)
        yield


@contextmanager
def _at(name: str, *, is_indexed: bool) -> Iterator[None]:
    """In this database, where names are indexed or are not."""
    with spare.pointed_at(name), nullcontext() if is_indexed else _unindexed():
        yield


@contextmanager
def _unindexed() -> Iterator[None]:
    """All of a customer's row is written but the words of the names."""
    with (
        patch.object(search_words, "keep", lambda bearers: None),
        patch.object(search_words, "leave", lambda words: None),
        patch.object(search_words, "words_of", lambda text: frozenset()),
    ):
        yield
