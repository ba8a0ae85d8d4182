"""Gap-free sequences by one leader, interactive events first."""

import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, transaction

from events import clock_floor, peers, restoring, sealing, sql
from events.leadership import Leadership
from events.models import EventState
from events.origin import Self, ensure_self, take_new_epoch
from events.recording import Draft, record
from tests.integration.events.builders import NOW_US, an_act, column
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db


def write(count: int = 1, *, is_bulk: bool = False) -> list[str]:
    drafts = [Draft(uuid4(), "entity.created.v1", {"display_name": "x"}) for _ in range(count)]
    with transaction.atomic():
        events = record(an_act(), drafts, is_bulk=is_bulk)
    return [str(event.event_id) for event in events]


def seal() -> int:
    return sealing.seal(this(), wall_us=NOW_US)


def this() -> Self:
    return ensure_self(now_us=NOW_US)


def sealed() -> list[str]:
    ids = "SELECT event_id FROM events_event WHERE sequence IS NOT NULL ORDER BY sequence"
    return [str(event_id) for event_id in column(ids)]


def test_sequences_have_no_gap_and_interactive_events_come_first() -> None:
    bulk = write(3, is_bulk=True)
    interactive = write(2)

    assert [seal(), seal()] == [5, 0]

    assert sealed()[:2] == interactive
    assert sorted(sealed()[2:]) == sorted(bulk)
    assert column("SELECT sequence FROM events_event ORDER BY 1") == [1, 2, 3, 4, 5]
    assert column("SELECT received::text FROM events_origin") == ["{[1,6)}"]
    assert clock_floor.current() == NOW_US


def test_an_import_goes_on_while_people_keep_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SLICE", 2)
    bulk = write(4, is_bulk=True)

    for _ in range(2):
        write(3)
        seal()

    assert set(bulk) <= set(sealed())


def test_bulk_waits_while_much_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BULK_BACKLOG", 2)
    write(2)
    seal()
    write(1, is_bulk=True)

    assert seal() == 0
    write(1)
    assert seal() == 1
    sql.execute("UPDATE events_self SET produced_to = 3")
    assert seal() == 1


def test_a_sealer_with_old_knowledge_goes_on_where_the_other_ended() -> None:
    write(1)
    old = this()
    seal()
    write(1)

    assert sealing.seal(old, wall_us=NOW_US) == 1

    assert column("SELECT sequence FROM events_event ORDER BY 1") == [1, 2]


def test_a_rival_stops_sealing() -> None:
    write(1)
    sql.execute("UPDATE events_self SET rival_instance = %(rival)s", {"rival": uuid4()})

    assert seal() == 0


def test_what_an_earlier_epoch_left_is_numbered_after_all_that_peers_know() -> None:
    write(2)
    first = this()
    heard = a_heartbeat(location_id="loc2", received={first.origin: ((1, 5),)})
    peers.keep(heard, seen_at=column("SELECT now()")[0])
    take_new_epoch(first, now_us=NOW_US, reason="test")
    restoring.open_anyway()
    second = this()

    assert seal() == 0
    assert sealing.seal_leftovers(second, wall_us=NOW_US) == 0  # peers may still bring them
    later = second.epoch * 1_000_000 + 301_000_000
    assert sealing.seal_leftovers(second, wall_us=later) == 2

    assert column("SELECT sequence FROM events_event ORDER BY 1") == [6, 7]
    assert set(column("SELECT state FROM events_event")) == {EventState.FOLDED}


@pytest.mark.django_db(transaction=True)
def test_one_process_leads_and_the_other_takes_over_when_its_connection_dies() -> None:
    with psycopg.connect(**_address()) as other:
        key = f"pg_try_advisory_lock(20901, {_task_key('publish')})"
        assert other.execute(f"SELECT {key}").fetchone() == (True,)
        leadership = Leadership("publish")

        assert not leadership.is_held()
        other.close()

        assert _soon(leadership.is_held)
    connection.close()


@pytest.fixture
def locks_end_with_the_test() -> Iterator[None]:
    yield
    sql.execute("SELECT pg_advisory_unlock_all()")  # the tests share one connection


@pytest.mark.usefixtures("locks_end_with_the_test")
def test_leadership_ends_with_the_connection_that_took_it() -> None:
    leadership = Leadership("publish")
    assert leadership.is_held()
    assert leadership.is_held()

    assert not Leadership("publish")._session
    leadership._session = object()  # the connection was replaced by another

    assert leadership.is_held()  # taken anew, on the connection in use


def _address() -> dict[str, Any]:
    kept = ("host", "port", "user", "dbname")
    return {key: connection.get_connection_params()[key] for key in kept}


def _task_key(task: str) -> int:
    return zlib.crc32(task.encode()) & 0x7FFFFFFF


def _soon(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False
