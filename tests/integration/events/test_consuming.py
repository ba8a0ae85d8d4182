"""The consumer on the embedded broker: where it begins, goes on, and begins again."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from events import kafka, offsets, peers, sql
from events.consuming import Consumer
from events.event import Event
from events.heartbeat import to_json
from tests.integration.events.builders import a_message, an_event, column
from tests.integration.events.heartbeats import a_heartbeat
from tests.integration.events.kafka_contract import eventually

pytestmark = pytest.mark.django_db

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def broker() -> Iterator[kafka.EmbeddedBroker]:
    broker = kafka.EmbeddedBroker()
    yield broker
    broker.stop()


@pytest.fixture(autouse=True)
def _topics(broker: kafka.EmbeddedBroker, settings: Any) -> None:
    number = next(_numbers)
    settings.KAFKA_BOOTSTRAP = broker.address
    settings.KAFKA_TOPIC = f"consumed-{number}"
    settings.STATUS_TOPIC = f"consumed-status-{number}"
    settings.HEAL_AFTER_S = 0.1


@pytest.fixture
def consumer(_topics: None) -> Iterator[Consumer]:
    kafka.create_topics()
    consumer = Consumer()
    yield consumer
    consumer.close()


class Sender:
    """Seals and sends events of a peer."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.producer = kafka.Producer()
        self.sealed = 0

    def send(self, *events: Event) -> None:
        for event in events:
            self.sealed += 1
            message = a_message(event, sequence=self.sealed)
            self._send(self.settings.KAFKA_TOPIC, str(event.entity_uid).encode(), message)

    def tell(self, **fields: Any) -> None:
        heartbeat = a_heartbeat(**fields)
        message = a_message(value=to_json(heartbeat))
        self._send(self.settings.STATUS_TOPIC, heartbeat.location_id.encode(), message)

    def _send(self, topic: str, key: bytes, message: kafka.Message) -> None:
        said: list[str | None] = []
        value, headers = message.value or b"", message.headers
        self.producer.send(topic, key=key, value=value, headers=headers, on_done=said.append)

        def is_acked() -> bool:
            self.producer.poll(0.05)
            return said == [None]

        eventually(is_acked)


@pytest.fixture
def sender(consumer: Consumer, settings: Any) -> Iterator[Sender]:
    sender = Sender(settings)
    yield sender
    sender.producer.close(timeout_s=1)


def until(consumer: Consumer, condition: Callable[[], bool]) -> None:
    def is_so() -> bool:
        consumer.step()
        return condition()

    eventually(is_so)


def stored() -> int:
    return int(column("SELECT count(*) FROM events_event")[0])


def test_events_and_heartbeats_are_read_from_the_start(consumer: Consumer, sender: Sender) -> None:
    sender.send(an_event(), an_event(), an_event())
    sender.tell(sealed=3)

    until(consumer, lambda: stored() == 3 and "loc2" in peers.known())


def test_a_restart_goes_on_at_the_stored_offsets(consumer: Consumer, sender: Sender) -> None:
    sender.send(an_event(), an_event())
    until(consumer, lambda: stored() == 2)
    consumer.close()
    sender.send(an_event())

    again = Consumer()
    until(again, lambda: stored() == 3)
    again.close()

    assert sum(column("SELECT next_offset FROM events_offset")) == 3


def test_a_stored_offset_that_the_topic_does_not_have_means_from_the_start(
    consumer: Consumer, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    sender.send(an_event(), an_event())
    until(consumer, lambda: stored() == 2)
    consumer.close()
    sql.execute("UPDATE events_offset SET next_offset = next_offset + 1000")

    sender.send(an_event())
    again = Consumer()
    until(again, lambda: sum(column("SELECT next_offset FROM events_offset")) == 3)
    again.close()

    assert stored() == 3
    said = [each.getMessage() for each in caplog.records]
    assert said.count("events.reading_from_start") == 1


def test_another_cluster_is_read_from_its_start(consumer: Consumer, sender: Sender) -> None:
    sender.send(an_event())
    until(consumer, lambda: stored() == 1)
    consumer.close()
    sql.execute("UPDATE events_offset SET cluster_id = 'the one before', next_offset = 99")

    again = Consumer()
    sender.send(an_event())
    until(again, lambda: stored() == 2)
    again.close()

    assert column("SELECT count(DISTINCT cluster_id) FROM events_offset") == [2]


def test_partitions_added_later_are_read(
    consumer: Consumer, sender: Sender, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = kafka.Consumer.partitions
    first_only = {"is_on": True}

    def partitions(self: kafka.Consumer, topic: str) -> list[int]:
        found = everything(self, topic)
        return found[:1] if first_only["is_on"] else found

    monkeypatch.setattr(kafka.Consumer, "partitions", partitions)
    consumer.step()
    sender.send(*(an_event() for _ in range(20)))

    first_only["is_on"] = False
    consumer._partitions_at_s = 0

    until(consumer, lambda: stored() == 20)
    assert len(offsets.stored(cluster_id=consumer._cluster_id, topic=settings.KAFKA_TOPIC)) > 1


def test_another_consumer_that_moved_the_offsets_is_given_way(
    consumer: Consumer, sender: Sender
) -> None:
    event = an_event()
    sender.send(event)
    until(consumer, lambda: stored() == 1)
    sql.execute("UPDATE events_offset SET next_offset = 0")

    sender.send(an_event(entity_uid=event.entity_uid, entity_seq=2))  # the same partition
    until(consumer, lambda: stored() == 2)

    assert sum(column("SELECT next_offset FROM events_offset")) == 2


@pytest.mark.usefixtures("_topics")
def test_a_missing_topic_is_waited_for_and_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.consuming.RETRY_S", 0)
    caplog.set_level("WARNING")
    consumer = Consumer()
    for _ in range(3):
        consumer.step()

    kafka.create_topics()
    until(consumer, lambda: consumer._kafka is not None)
    consumer.close()

    assert [each.getMessage() for each in caplog.records] == ["kafka.away"]


def test_what_was_lost_is_wanted_and_what_is_late_is_not(
    consumer: Consumer, sender: Sender
) -> None:
    sender.send(an_event())
    sender.sealed += 2  # two that Kafka lost
    sender.send(an_event())
    sender.tell(sealed=4)

    wants = "SELECT wants::text FROM events_origin"
    until(consumer, lambda: column(wants) == ["{[2,4)}"])
    sender.sealed = 1
    sender.send(an_event(), an_event())
    until(consumer, lambda: stored() == 4)

    assert column(wants) == ["{}"]
