"""Log → topic: the cursor follows the contiguous acked prefix, whatever Kafka does."""

import time
from collections.abc import Callable, Mapping
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction

from events import kafka, peers, sql, steady_producer
from events.clock import instant_of
from events.origin import Self, ensure_self, take_new_epoch
from events.producing import CURSOR_SQL, Producing
from events.recording import Draft, record
from events.resending import Resending
from events.sealing import seal
from events.steady_producer import SteadyProducer
from tests.integration.events.builders import NOW_US, an_act, column
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db


class FakeProducer:
    """Holds what was sent; the test says when and how it is acknowledged."""

    def __init__(self) -> None:
        self.is_away = False
        self.sent: list[tuple[int, Callable[[str | None], None]]] = []
        self.messages: list[tuple[str, bytes, bytes, Mapping[str, bytes]]] = []

    def send(self, topic, *, key, value, headers, on_done) -> bool:
        self.sent.append((int(headers["sequence"]), on_done))
        self.messages.append((topic, key, value, headers))
        return True

    def ack(self, *sequences: int, error: str | None = None) -> None:
        for sequence, on_done in self.sent:
            if sequence in sequences:
                on_done(error)

    def poll(self, timeout_s: float) -> None: ...

    def waiting(self) -> int:
        return 0

    def close(self, *, timeout_s: float) -> None: ...


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[FakeProducer]:
    producers: list[FakeProducer] = []

    def make() -> FakeProducer:
        producers.append(FakeProducer())
        return producers[-1]

    monkeypatch.setattr(kafka, "create_topics", list)
    monkeypatch.setattr(kafka, "Producer", make)
    monkeypatch.setattr(steady_producer, "RETRY_S", 0)
    return producers


def write_and_seal(count: int) -> Self:
    drafts = [Draft(uuid4(), "entity.created.v1", {}) for _ in range(count)]
    with transaction.atomic():
        record(an_act(), drafts)
    seal(this(), wall_us=NOW_US)
    return this()


def this() -> Self:
    return ensure_self(now_us=NOW_US)


def sequences(producer: FakeProducer) -> list[int]:
    return [sequence for sequence, _ in producer.sent]


def test_stored_bytes_go_out_in_order_with_their_headers(made: list[FakeProducer]) -> None:
    Producing(SteadyProducer()).step(write_and_seal(3))

    assert sequences(made[0]) == [1, 2, 3]
    topic, key, value, headers = made[0].messages[0]
    stored = (
        "SELECT entity_uid::text, raw, encode(sha256, 'hex'), request_id::text FROM events_event"
    )
    uid, raw, sha256, request_id = sql.fetch(f"{stored} WHERE sequence = 1")[0]
    assert (topic, key, value) == ("customer.events", uid.encode(), bytes(raw))
    assert headers == {
        "origin": this().origin.encode(),
        "sequence": b"1",
        "sha256": sha256.encode(),
        "requestid": request_id.encode(),
    }


def test_the_cursor_moves_over_the_contiguous_acked_prefix_only(made: list[FakeProducer]) -> None:
    producing = Producing(SteadyProducer())
    producing.step(write_and_seal(4))

    made[0].ack(1, 2, 4)
    producing.step(this())
    assert this().produced_to == 2
    made[0].ack(3)
    producing.step(this())

    assert this().produced_to == 4
    assert sequences(made[0]) == [1, 2, 3, 4]


def test_acks_that_could_not_be_saved_are_saved_once_the_database_is_back(
    made: list[FakeProducer],
) -> None:
    producing = Producing(SteadyProducer())
    here = write_and_seal(3)
    producing.step(here)
    made[0].ack(1, 2)

    def away(execute: Callable[..., object], statement: str, *rest: object) -> object:
        if statement == CURSOR_SQL:
            raise OperationalError("the server closed the connection")
        return execute(statement, *rest)

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        producing.step(here)
    made[0].ack(3)
    producing.step(this())

    assert this().produced_to == 3


def test_after_an_error_a_new_producer_goes_on_at_the_cursor(made: list[FakeProducer]) -> None:
    producing = Producing(SteadyProducer())
    producing.step(write_and_seal(4))
    made[0].ack(1)
    producing.step(this())

    made[0].ack(2, error="_MSG_TIMED_OUT")
    producing.step(this())
    producing.step(this())
    made[0].ack(3)  # late words of the dead producer count for nothing
    made[0].ack(4, error="_PURGE_QUEUE")
    producing.step(this())

    assert len(made) == 2
    assert sequences(made[1]) == [2, 3, 4]
    assert this().produced_to == 1


def test_a_restart_goes_on_at_the_cursor(made: list[FakeProducer]) -> None:
    write_and_seal(3)
    sql.execute("UPDATE events_self SET produced_to = 2")

    Producing(SteadyProducer()).step(this())

    assert sequences(made[0]) == [3]


def test_a_new_epoch_starts_its_own_sequence(made: list[FakeProducer]) -> None:
    producing = Producing(SteadyProducer())
    producing.step(write_and_seal(2))
    take_new_epoch(this(), now_us=NOW_US, reason="test")

    producing.step(write_and_seal(1))

    assert sequences(made[0]) == [1, 2, 1]


def test_without_kafka_nothing_is_lost_and_it_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, made: list[FakeProducer]
) -> None:
    def away() -> list[str]:
        raise kafka.KafkaAwayError("refused")

    caplog.set_level("INFO")
    with monkeypatch.context() as context:
        context.setattr(kafka, "create_topics", away)
        producing = Producing(SteadyProducer())
        for _ in range(3):
            assert not producing.step(write_and_seal(1))
    producing.step(this())

    assert sequences(made[0]) == [1, 2, 3]
    said = [each.getMessage() for each in caplog.records]
    assert said == ["kafka.away", "kafka.back", "events.sent"]


def test_wanted_ranges_are_sent_again_once_per_asker_and_pause(
    made: list[FakeProducer], settings
) -> None:
    here = write_and_seal(9)
    producer = SteadyProducer()
    assert producer.is_ready()
    now = instant_of(NOW_US)
    known = a_heartbeat(location_id="loc1", received={here.origin: ((1, 9),)})
    peers.keep(known, seen_at=now)
    asking = a_heartbeat(wants={here.origin: ((2, 4), (8, 8))})
    peers.keep(asking, seen_at=now)
    resending = Resending(producer)

    resending.step(now=now, now_s=100)
    resending.step(now=now, now_s=129)
    assert sequences(made[0]) == [2, 3, 4, 8]

    peers.keep(a_heartbeat(location_id="loc3", wants={here.origin: ((2, 2),)}), seen_at=now)
    resending.step(now=now, now_s=129)
    assert sequences(made[0])[4:] == [2]
    resending.step(now=now, now_s=131)
    assert sequences(made[0])[5:] == [2, 3, 4, 8]


def test_nothing_is_sent_again_when_nobody_asks(made: list[FakeProducer]) -> None:
    producer = SteadyProducer()
    producer.is_ready()
    peers.keep(a_heartbeat(), seen_at=instant_of(NOW_US))

    assert not Resending(producer).step(now=instant_of(NOW_US), now_s=time.monotonic())
    assert column("SELECT count(*) FROM events_event") == [0]
