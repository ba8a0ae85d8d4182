"""Remote door: any order, repeats and poison end in the same log, progress and heads."""

import random
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from events import deadletters, log, offsets, payload, pending, receiving, sql
from events.kafka import Message
from events.origin import ensure_self
from events.receiving import Received
from events.recording import Draft, record
from events.retrying import retry_dead_letters
from events.sealing import seal
from tests.integration.events.builders import (
    NOW_US,
    PEER,
    TOPIC,
    Tally,
    a_message,
    an_act,
    an_event,
    column,
    messages_of,
)

pytestmark = pytest.mark.django_db


def receive(*messages: Message, now_us: int = NOW_US) -> Received:
    return receiving.receive(an_act(now_us=now_us), messages, cluster_id="cluster")


def letters() -> list[str]:
    return column("SELECT reason_code FROM events_deadletter WHERE resolved_at IS NULL ORDER BY id")


def head(uid: UUID) -> log.Head:
    with transaction.atomic():
        return log.lock_heads([uid])[uid]


def received_of(origin: str = PEER) -> str:
    return column("SELECT received::text FROM events_origin WHERE origin = %(o)s", o=origin)[0]


def events_of_one(count: int) -> list:
    uid = uuid4()
    return [
        an_event(
            entity_uid=uid,
            entity_seq=place + 1,
            hlc=NOW_US - 1000 + place,
            type="entity.updated.v1",
            data={"display_name": str(place)},
        )
        for place in range(count)
    ]


def test_a_batch_is_stored_folded_and_counted(tally: Tally) -> None:
    events = [an_event(), an_event()]

    received = receive(*messages_of(events))

    assert [arrival.event for arrival in received.stored] == events
    assert received_of() == "{[1,3)}"
    assert set(tally.seen) == {event.entity_uid for event in events}
    assert column("SELECT floor FROM events_clock WHERE writer = 'consume'") == [events[0].hlc]


def test_repeats_change_nothing(tally: Tally) -> None:
    messages = messages_of(events_of_one(3))
    receive(*messages, *messages)

    received = receive(*messages)

    assert (received.stored, len(received.repeated), received.set_aside) == ([], 3, [])
    assert column("SELECT count(*) FROM events_event") == [3]
    assert [len(seen) for seen in tally.seen.values()] == [3]


def test_any_order_and_batch_borders_end_in_the_same_head_and_progress() -> None:
    events = events_of_one(12)
    messages = messages_of(events)
    random.Random(1).shuffle(messages)

    for border in range(0, 12, 5):
        receive(*messages[border : border + 5])

    found = head(events[0].entity_uid)
    assert (found.vv, found.revision, found.last_hlc) == ({PEER: 12}, 12, events[-1].hlc)
    assert received_of() == "{[1,13)}"


def test_with_a_hole_the_vector_stops_before_it_and_revision_shows_it() -> None:
    events = events_of_one(5)
    messages = messages_of(events)

    receive(*messages[:2], *messages[3:])

    found = head(events[0].entity_uid)
    assert (found.vv, found.revision) == ({PEER: 2}, 4)
    assert received_of() == "{[1,3),[4,6)}"
    receive(messages[2])
    assert head(events[0].entity_uid).vv == {PEER: 5}


def test_poison_is_set_aside_with_its_reason_and_the_rest_goes_on() -> None:
    good, other = an_event(), an_event()

    received = receive(
        a_message(value=b"\xff{", offset=0),
        a_message(value=b'{"specversion": "1.0"}', offset=1),
        a_message(value=b'"' + b"x" * 300_000 + b'"', offset=2),
        a_message(other, headers={"sha256": b"00" * 32}, offset=3),
        a_message(other, sequence=None, offset=4),
        a_message(other, headers={"sequence": b"-1"}, offset=5),
        a_message(good, sequence=7, offset=6),
        Message(TOPIC, 0, 7, b"key", None, {}, None),
    )

    assert letters() == [
        "bad_json",
        "not_cloudevents",
        "too_large",
        "bad_hash",
        "no_sequence",
        "no_sequence",
    ]
    assert [arrival.event for arrival in received.stored] == [good]
    assert received_of() == "{[7,8)}"


def test_what_only_a_newer_version_reads_is_held_and_joins_the_log_after_the_upgrade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = an_event(data={"display_name": ["not", "yet", "allowed"]})
    with monkeypatch.context() as context:
        context.setattr(payload, "DATA_FIELDS", {})
        message = a_message(newer, sequence=3)

    receive(message)

    assert letters() == ["not_cloudevents"]
    assert deadletters.held_sequences() == [(PEER, 3)]
    monkeypatch.setattr(payload, "DATA_FIELDS", {})
    assert retry_dead_letters(an_act, limit=100).resolved == 1
    assert received_of() == "{[3,4)}"


def test_letters_are_tried_as_one_batch_so_that_locks_have_one_order() -> None:
    first, second = an_event(), an_event()
    receive(a_message(first), a_message(second, sequence=2, offset=1))
    others = [an_event(event_id=each.event_id) for each in (first, second)]
    receive(*(a_message(each, sequence=9, offset=5 + n) for n, each in enumerate(others)))
    assert letters() == ["same_id_other_bytes"] * 2

    with CaptureQueriesContext(connection) as few:
        assert retry_dead_letters(an_act, limit=1).resolved == 0
    with CaptureQueriesContext(connection) as many:
        assert retry_dead_letters(an_act, limit=2).resolved == 0

    assert len(many) == len(few)


def test_a_letter_without_sequence_is_resolved_once_its_bytes_came_with_one() -> None:
    event = an_event()
    receive(a_message(event, sequence=None))
    assert retry_dead_letters(an_act, limit=100).resolved == 0

    receive(a_message(event, offset=1))

    assert retry_dead_letters(an_act, limit=100).resolved == 1


def test_the_same_id_with_other_bytes_is_quarantined() -> None:
    event = an_event()
    receive(a_message(event))
    changed = an_event(event_id=event.event_id, entity_uid=event.entity_uid, actor="mallory")

    receive(a_message(changed, offset=1), a_message(changed, sequence=2, offset=2))

    assert letters() == ["same_id_other_bytes"] * 2
    assert column("SELECT actor FROM events_event") == ["provider"]


def test_a_number_used_twice_is_quarantined_also_inside_one_batch() -> None:
    event = an_event()
    same_counter = an_event(entity_uid=event.entity_uid)

    receive(
        a_message(event),
        a_message(an_event(), sequence=1, offset=1),
        a_message(same_counter, sequence=2, offset=2),
    )
    receive(a_message(an_event(), sequence=1, offset=3))

    assert letters() == ["same_sequence_other_id"] * 3
    assert column("SELECT count(*) FROM events_event") == [1]


def test_an_unknown_type_is_kept_pending_until_the_upgrade_that_knows_it(tally: Tally) -> None:
    event = an_event(type="entity.polished.v1", data={})
    receive(a_message(event))
    assert column("SELECT state FROM events_event") == [2]
    assert received_of() == "{[1,2)}"

    tally.types = tally.types | {"entity.polished.v1"}

    assert pending.fold_learned(an_act()) == 1
    assert tally.seen == {event.entity_uid: [event.event_id]}
    assert pending.fold_learned(an_act()) == 0


def test_a_learned_event_is_found_by_what_it_asserts(tally: Tally) -> None:
    event = an_event(type="entity.polished.v1", data={"details": {"SHINE": "high"}})
    receive(a_message(event))
    assert column("SELECT codes FROM events_event") == [[]]

    tally.types = tally.types | {"entity.polished.v1"}
    pending.fold_learned(an_act())

    assert log.events_of([event.entity_uid], attributes=["SHINE"]) == {event.entity_uid: [event]}
    with pytest.raises(DatabaseError, match="insert only"), transaction.atomic():
        sql.execute("UPDATE events_event SET codes = '{}'")


def test_a_learned_event_that_is_far_ahead_is_parked(tally: Tally) -> None:
    receive(a_message(an_event(type="entity.polished.v1", hlc=NOW_US + 120_000_000, data={})))

    tally.types = tally.types | {"entity.polished.v1"}

    assert pending.fold_learned(an_act()) == 1
    assert column("SELECT state FROM events_event") == [1]
    assert pending.fold_due(an_act(now_us=NOW_US + 60_000_000)) == 1
    assert len(tally.seen) == 1


def test_a_learned_event_that_cannot_be_read_fails_alone(
    tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (an_event(type="entity.polished.v1", data={"shine": n}) for n in (1, 2))
    receive(*messages_of([bad, good]))
    rule = payload.Field(lambda value: value == 2, "two")
    tally.types = tally.types | {"entity.polished.v1"}
    learned = {"entity.polished.v1": {"shine": rule}}

    with monkeypatch.context() as context:
        context.setattr(payload, "DATA_FIELDS", learned)
        assert pending.fold_learned(an_act()) == 2
        assert set(tally.seen) == {good.entity_uid}
        assert letters() == ["projection_failed"]
        assert head(bad.entity_uid).stale
        assert retry_dead_letters(an_act, limit=100).resolved == 0
        assert column("SELECT state FROM events_event ORDER BY sequence") == [3, 0]
    assert retry_dead_letters(an_act, limit=100).resolved == 1

    assert set(tally.seen) == {good.entity_uid, bad.entity_uid}


def test_an_event_far_ahead_is_parked_and_folded_when_due(tally: Tally) -> None:
    event = an_event(hlc=NOW_US + 120_000_000)
    receive(a_message(event))

    assert column("SELECT state FROM events_event") == [1]
    assert pending.fold_due(an_act()) == 0
    assert pending.fold_due(an_act(now_us=NOW_US + 60_000_000)) == 1
    assert tally.seen == {event.entity_uid: [event.event_id]}
    assert head(event.entity_uid).revision == 1


def test_only_the_entity_that_cannot_be_projected_fails_and_a_retry_brings_it_back(
    tally: Tally,
) -> None:
    events = [an_event() for _ in range(9)]
    bad = events[4]
    tally.poison = {bad.entity_uid}
    told: list = []
    receiving.register_batch_observer(lambda act, taken: told.append(list(taken)))

    received = receive(*messages_of(events))

    assert received.failed == [bad]
    assert len(tally.seen) == 8
    assert letters() == ["projection_failed"]
    assert received_of() == "{[1,10)}"
    assert head(bad.entity_uid).stale
    retried = retry_dead_letters(an_act, limit=100)
    assert (retried.tried, retried.resolved) == (1, 0)
    tally.poison = set()
    retried = retry_dead_letters(an_act, limit=100)
    assert (retried.tried, retried.resolved) == (1, 1)
    assert letters() == []
    assert not head(bad.entity_uid).stale
    assert column("SELECT DISTINCT state FROM events_event") == [0]
    assert told == [events, [bad]]


def test_trouble_that_passes_by_itself_is_nobodys_fault(tally: Tally) -> None:
    event = an_event()
    tally.poison = {event.entity_uid}
    tally.error = _database_error("40P01")

    with pytest.raises(DatabaseError):
        receive(a_message(event))

    assert letters() == []
    assert column("SELECT count(*) FROM events_event") == [0]


def test_a_row_that_can_never_be_written_is_the_events_fault(tally: Tally) -> None:
    event = an_event()
    tally.poison = {event.entity_uid}
    tally.error = _database_error("54000")

    assert receive(a_message(event)).failed == [event]


def test_letters_are_resolved_when_the_real_bytes_come() -> None:
    event = an_event()
    receive(a_message(event, headers={"sha256": b"00" * 32}))

    receive(a_message(event, offset=1))

    assert letters() == []


def test_a_letter_with_a_wrong_hash_is_given_up_so_that_healing_asks_again() -> None:
    receive(a_message(headers={"sha256": b"00" * 32}))

    retried = retry_dead_letters(an_act, limit=100)

    assert (retried.tried, retried.resolved) == (1, 1)
    assert column("SELECT count(*) FROM events_event") == [0]


def test_a_letter_that_stays_unreadable_stays_one_letter() -> None:
    receive(a_message(value=b"{"))

    retry_dead_letters(an_act, limit=100)

    assert letters() == ["bad_json"]
    assert column("SELECT attempts FROM events_deadletter") == [1]


def test_own_events_come_back_as_repeats() -> None:
    with transaction.atomic():
        (event,) = record(an_act(), [Draft(uuid4(), "entity.created.v1", {})])
    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)

    received = receive(a_message(event))

    assert len(received.repeated) == 1
    assert letters() == []


def test_own_events_that_this_database_never_sealed_open_a_new_epoch() -> None:
    this = ensure_self(now_us=NOW_US)
    with transaction.atomic():
        (unsealed,) = record(an_act(), [Draft(uuid4(), "entity.created.v1", {})])
    lost = an_event(origin=this.origin)

    received = receive(a_message(lost, sequence=4), a_message(unsealed, sequence=5, offset=1))

    assert [arrival.event for arrival in received.stored] == [lost]
    assert column("SELECT sequence FROM events_event ORDER BY 1") == [4, 5]
    assert ensure_self(now_us=NOW_US).origin != this.origin
    assert received_of(this.origin) == "{[4,6)}"


def test_observers_see_new_events_in_the_same_transaction() -> None:
    told: list = []
    receiving.register_batch_observer(lambda act, events: told.append(list(events)))
    event = an_event()

    receive(a_message(event))
    receive(a_message(event))

    assert told == [[event]]


def test_offsets_move_with_the_batch_or_not_at_all() -> None:
    place = (TOPIC, 0)
    offsets.store({0: 5}, cluster_id="cluster", topic=TOPIC)
    move = offsets.Move(before={place: 5}, after={place: 6})

    receiving.receive(an_act(), [a_message(offset=5)], cluster_id="cluster", move=move)
    with pytest.raises(offsets.FencedError):
        receiving.receive(an_act(), [a_message(offset=5)], cluster_id="cluster", move=move)

    assert offsets.stored(cluster_id="cluster", topic=TOPIC) == {0: 6}
    assert column("SELECT count(*) FROM events_event") == [1]


def test_a_batch_takes_the_same_few_statements_however_large(
    django_assert_max_num_queries,
) -> None:
    messages = messages_of([an_event() for _ in range(300)])

    with django_assert_max_num_queries(18):
        receive(*messages)


def _database_error(sqlstate: str) -> DatabaseError:
    error = OperationalError("as Django wraps it")
    error.__cause__ = psycopg.errors.lookup(sqlstate)("as PostgreSQL says it")
    return error
