"""Local door: stamps, heads, and two writers at one entity."""

import base64
import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from events import clock_floor, log, sql
from events.event import MAX_EVENT_BYTES, Event
from events.origin import ensure_self
from events.recording import Draft, Malformed, TooLarge, record
from tests.integration.events.builders import NOW_US, Tally, an_act, column

pytestmark = pytest.mark.django_db


def a_draft(uid: UUID, **data: object) -> Draft:
    return Draft(uid, "entity.updated.v1", {"display_name": "x", **data})


def record_one(uid: UUID, *, now_us: int = NOW_US) -> Event:
    with transaction.atomic():
        return record(an_act(now_us=now_us), [a_draft(uid)])[0]


def test_events_of_one_entity_get_rising_hlcs_counters_and_know_their_predecessors() -> None:
    uid = uuid4()

    with transaction.atomic():
        first, second = record(an_act(), [a_draft(uid), a_draft(uid)])
    third = record_one(uid, now_us=NOW_US - 5_000_000)

    assert [first.entity_seq, second.entity_seq, third.entity_seq] == [1, 2, 3]
    assert [first.hlc, second.hlc, third.hlc] == [NOW_US, NOW_US + 1, NOW_US + 2]
    assert [first.basevv, second.basevv] == [{}, {first.origin: 1}]
    assert third.basevv == {first.origin: 2}


def test_the_head_counts_what_was_recorded(tally: Tally) -> None:
    uid = uuid4()
    events = [record_one(uid), record_one(uid)]

    with transaction.atomic():
        head = log.lock_heads([uid])[uid]

    assert (head.revision, head.vv) == (2, {events[0].origin: 2})
    assert head.last_hlc == events[1].hlc
    assert head.last_key.endswith(str(events[1].event_id))
    assert tally.seen[uid] == [event.event_id for event in events]


def test_a_new_event_comes_after_all_that_was_applied_here() -> None:
    clock_floor.raise_to([NOW_US + 40_000_000], writer="consume", wall_us=NOW_US)

    assert record_one(uuid4()).hlc == NOW_US + 40_000_001


def test_each_event_has_a_salt_of_its_own() -> None:
    salts = [record_one(uuid4()).data["salt"] for _ in range(2)]

    assert [len(base64.b64decode(salt)) for salt in salts] == [16, 16]
    assert salts[0] != salts[1]


def test_stored_bytes_are_the_event(tally: Tally) -> None:
    uid = uuid4()
    with transaction.atomic():
        (event,) = record(an_act(), [a_draft(uid, details={"SURNAME": "Ng", "DOB": None})])

    assert log.events_of([uid]) == {uid: [event]}
    assert log.events_of([uid], attributes=["SURNAME"])[uid] == [event]
    assert log.events_of([uid], attributes=["NAME"])[uid] == []
    assert column("SELECT codes FROM events_event") == [["DOB", "SURNAME"]]
    assert column("SELECT sequence FROM events_event") == [None]


def test_an_event_larger_than_peers_accept_is_refused() -> None:
    with pytest.raises(TooLarge), transaction.atomic():
        record(an_act(), [a_draft(uuid4(), display_name="x" * MAX_EVENT_BYTES)])


def test_data_that_peers_would_not_accept_are_refused() -> None:
    with pytest.raises(Malformed), transaction.atomic():
        record(an_act(), [a_draft(uuid4(), details={"lower case": 1})])


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_a_bug() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record(an_act(), [a_draft(uuid4())])


def test_the_log_refuses_any_other_change() -> None:
    record_one(uuid4())

    for change in ("SET actor = 'x'", "SET raw = 'x'", "SET hlc = 1"):
        with pytest.raises(Exception, match="insert only"), transaction.atomic():
            sql.execute(f"UPDATE events_event {change}")
    with pytest.raises(Exception, match="insert only"), transaction.atomic():
        sql.execute("DELETE FROM events_event")


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_of_one_entity_queue_and_leave_no_gap() -> None:
    uids = [uuid4(), uuid4()]
    ensure_self(now_us=NOW_US)
    problems: list[BaseException] = []

    def write(order: list[UUID]) -> None:
        try:
            for _ in range(10):
                with transaction.atomic():
                    record(an_act(), [a_draft(uid) for uid in order])
        except BaseException as error:
            problems.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=[order]) for order in (uids, uids[::-1]) * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert problems == []
    with transaction.atomic():
        heads = log.lock_heads(uids)
    for uid, events in log.events_of(uids).items():
        assert [event.entity_seq for event in events] == list(range(1, 41))
        assert len({event.hlc for event in events}) == 40
        assert heads[uid].revision == sum(heads[uid].vv.values()) == 40
