"""What a request costs with its audit entry and without: asked by turns, compared by pairs."""

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from unittest import mock
from urllib.parse import quote
from uuid import UUID

from django.db import connection
from django.test import Client

from audit import entries
from customers.models import Customer
from tests.benchmarks.measuring import percentile

ITEMS = "/api/customers/items/"
WRITE_TARGET, READ_TARGET = 0.15, 0.10
WARM = 50
TURNS = ((True, False), (False, True))

Form = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    target: float
    form: Form


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of one request: by the clock, and of processor time, ours and the server's."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the audit on and off; milliseconds. What the entry takes is the median of the
    differences of neighbours: what the machine does besides changes more slowly than they follow
    each other."""

    name: str
    target: float
    on_p50: float
    on_p95: float
    off_p50: float
    off_p95: float
    entry_p50: float
    cpu_off_p50: float
    cpu_entry_p50: float

    @property
    def cost(self) -> float:
        return self.entry_p50 / self.off_p50

    @property
    def cpu_cost(self) -> float:
        return self.cpu_entry_p50 / self.cpu_off_p50


def questions() -> list[Question]:
    client = Client(headers={"X-Role": "service_agent"}, SERVER_NAME="127.0.0.1")
    listed = Customer.objects.filter(state="listed").order_by("entity_uid")[:2_000]
    people = [(str(one.entity_uid), one.surname or "") for one in listed]

    def get(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.content

    def person(number: int) -> tuple[str, str]:
        return people[number % len(people)]

    def write(number: int) -> None:
        path, values = (
            f"{ITEMS}{person(number)[0]}/",
            {"extra_fields": {"EMAIL": f"ada{number}@example.org"}},
        )
        answer = client.patch(path, json.dumps(values), content_type="application/json")
        assert answer.status_code == 200, answer.content

    def create(number: int) -> None:
        values = json.dumps({"surname": f"Benchmark{number}", "name": "Ada"})
        path = f"{ITEMS}?allow_duplicate=1"
        assert client.post(path, values, content_type="application/json").status_code == 201

    return [
        Question("change a customer", WRITE_TARGET, write),
        Question("create a customer", WRITE_TARGET, create),
        Question("read a customer", READ_TARGET, lambda n: get(f"{ITEMS}{person(n)[0]}/")),
        Question("list 25 customers", READ_TARGET, lambda n: get(f"{ITEMS}?limit=25")),
        Question("search", READ_TARGET, lambda n: get(f"{ITEMS}search/?q={quote(person(n)[1])}")),
    ]


@contextmanager
def switched_off() -> Iterator[None]:
    """No entry is made of what happens in here, and none prepared. Not by mocks: calling one takes
    a tenth as long as an entry."""
    row = {"audit_id": UUID(int=0), "kind": "", "at": datetime.now(UTC)}

    def prepared(entry: entries.Entry) -> entries.Row:
        return row

    def inserted(rows: Sequence[entries.Row]) -> None:
        pass

    with (
        mock.patch.object(entries, "_row", new=prepared),
        mock.patch.object(entries, "_insert", new=inserted),
    ):
        yield


def ask(question: Question, *, rounds: int) -> Asked:
    """In pairs, first this way and then the other, each of another customer."""
    pairs: list[dict[bool, Taken]] = []
    numbers = count()
    gc.collect()
    for turn in range(WARM + rounds):
        pairs.append(
            {is_on: _taken(question.form, next(numbers), is_on=is_on) for is_on in TURNS[turn % 2]}
        )
    return _asked(question, pairs[WARM:])


def _asked(question: Question, pairs: Sequence[dict[bool, Taken]]) -> Asked:
    on, off = ([pair[is_on] for pair in pairs] for is_on in (True, False))
    walls_on, walls_off = [one.wall for one in on], [one.wall for one in off]
    return Asked(
        question.name,
        question.target,
        on_p50=statistics.median(walls_on),
        on_p95=percentile(walls_on, 95),
        off_p50=statistics.median(walls_off),
        off_p95=percentile(walls_off, 95),
        entry_p50=statistics.median(pair[True].wall - pair[False].wall for pair in pairs),
        cpu_off_p50=statistics.median(one.cpu for one in off),
        cpu_entry_p50=statistics.median(pair[True].cpu - pair[False].cpu for pair in pairs),
    )


def _taken(form: Form, number: int, *, is_on: bool) -> Taken:
    if not is_on:
        with switched_off():
            return _timed(form, number)
    return _timed(form, number)


def _timed(form: Form, number: int) -> Taken:
    cpu, started = _cpu_ns(), time.perf_counter_ns()
    form(number)
    wall = time.perf_counter_ns() - started
    return Taken(wall / 1e6, (_cpu_ns() - cpu) / 1e6)


def _cpu_ns() -> int:
    """Of this process and of the server's that answers it (where Linux tells)."""
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    server = int(told.read_text().split()[0]) if told.exists() else 0
    return time.process_time_ns() + server
