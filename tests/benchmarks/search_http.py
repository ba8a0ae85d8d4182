"""Clients that search over HTTP while others write, all on the real gunicorn, and the events of
peers are applied, as at a location among others."""

import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from django.db import connection, transaction

from deploy.local import ports
from events.arrivals import Arrival
from events.commands import command_act
from events.receiving import take_in
from tests.benchmarks import serving
from tests.benchmarks.measuring import percentile
from tests.benchmarks.people import Person
from tests.benchmarks.search_questions import Asked
from tests.benchmarks.search_results import Http
from tests.benchmarks.serving import Connection

CLIENTS = 8
PAUSE_S = 0.1  # of each client between an answer and its next question
WRITERS = 4
WRITES_PER_S = 20
APPLIED_PER_S = 180
BATCH = 45
# Of the new customers, every so many-th is searched for as soon as its write is answered.
LOOKED_FOR_EVERY = 10
ITEMS = "/api/customers/items/"


@dataclass(slots=True)
class _Day:
    """What all clients of one run share."""

    port: int
    until: float
    ms: list[float] = field(default_factory=list)
    writes: int = 0
    found: int = 0
    looked_for: int = 0
    errors: list[Exception] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def events_in(seconds: float) -> int:
    """How many events peers send in so many seconds."""
    return int(APPLIED_PER_S * seconds)


def measure(
    home: Path,
    environment: Mapping[str, str],
    *,
    questions: Sequence[Asked],
    newcomers: Sequence[Person],
    arrivals: Sequence[Arrival],
    seconds: float,
) -> Http:
    """`newcomers` are written, `arrivals` applied to the database Django points at, `questions`
    asked; all at once, for so many seconds."""
    with serving.gunicorn(home, environment) as port, _peer(arrivals) as applied:
        _work(_Day(port, time.perf_counter() + seconds / 4), questions, newcomers[::2])  # warm
        before, day = applied.value, _Day(port, time.perf_counter() + seconds)
        _work(day, questions, newcomers[1::2])
        applied_count = applied.value - before
    return Http(
        clients=CLIENTS,
        searches_per_s=len(day.ms) / seconds,
        p50_ms=statistics.median(day.ms),
        p95_ms=percentile(day.ms, 95),
        writes_per_s=day.writes / seconds,
        found_after_write=day.found,
        looked_for=day.looked_for,
        applied_per_s=applied_count / seconds,
    )


@contextmanager
def _peer(arrivals: Sequence[Arrival]) -> Iterator[Any]:
    """A process of its own that applies them at an even pace; its count."""
    fork = multiprocessing.get_context("fork")
    applied, stop = fork.Value("i", 0), fork.Event()
    connection.close()  # each process opens its own
    process = fork.Process(target=_apply, args=(arrivals, applied, stop), daemon=True)
    process.start()
    try:
        yield applied
    finally:
        stop.set()
        process.join()


def _apply(arrivals: Sequence[Arrival], applied: Any, stop: Any) -> None:
    began = time.perf_counter()
    for number, start in enumerate(range(0, len(arrivals), BATCH)):
        if stop.wait(max(began + number * BATCH / APPLIED_PER_S - time.perf_counter(), 0)):
            return
        with transaction.atomic():
            received = take_in(command_act("benchmark"), arrivals[start : start + BATCH])
        applied.value += len(received.stored)


def _work(day: _Day, questions: Sequence[Asked], newcomers: Sequence[Person]) -> None:
    """Raises the first error of any client."""
    clients = [
        threading.Thread(target=_guarded, args=(day, _search, day, questions, number))
        for number in range(CLIENTS)
    ]
    clients += [
        threading.Thread(target=_guarded, args=(day, _write, day, newcomers[number::WRITERS]))
        for number in range(WRITERS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if day.errors:
        raise day.errors[0]


def _guarded(day: _Day, work: object, *arguments: object) -> None:
    try:
        work(*arguments)  # type: ignore[operator]
    except (OSError, serving.RefusedError) as error:
        day.errors.append(error)


def _search(day: _Day, questions: Sequence[Asked], number: int) -> None:
    rng = random.Random(number)
    ms = []
    with closing(Connection(day.port)) as http:
        while (started := time.perf_counter()) < day.until:
            http.get(_search_request(rng.choice(questions).text))
            ms.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE_S)
    with day.lock:
        day.ms += ms


def _write(day: _Day, newcomers: Sequence[Person]) -> None:
    """At an even pace; who falls behind does not wait."""
    pause = WRITERS / WRITES_PER_S
    due = time.perf_counter()
    written = found = looked_for = 0
    with closing(Connection(day.port)) as http:
        for person in newcomers:
            time.sleep(max(due - time.perf_counter(), 0))
            if time.perf_counter() >= day.until:
                break
            due += pause
            made = orjson.loads(http.get(_create_request(person)))["id"]
            written += 1
            if written % LOOKED_FOR_EVERY == 0:
                looked_for += 1
                found += _is_found(http, person, made)
    with day.lock:
        day.writes += written
        day.found += found
        day.looked_for += looked_for


def _is_found(http: Connection, person: Person, made: str) -> bool:
    text = f"{person.name} {person.surname} {person.dob or ''}"
    answer = orjson.loads(http.get(_search_request(text)))
    return any(row["id"] == made for row in answer["results"])


def _search_request(text: str) -> bytes:
    return _request("GET", f"{ITEMS}search/?mode=fuzzy&limit=10&q={quote(text)}", b"")


def _create_request(person: Person) -> bytes:
    values = {
        "surname": person.surname,
        "name": person.name,
        "dob": person.dob and person.dob.isoformat(),
        "document_number": person.document_number,
    }
    return _request("POST", f"{ITEMS}?allow_duplicate=1", orjson.dumps(values))


def _request(method: str, path: str, body: bytes) -> bytes:
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {ports.HOST}\r\nX-Role: service_agent\r\n"
        f"Accept: application/json\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
