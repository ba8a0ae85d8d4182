"""What the door to Kafka promises, whatever cluster is behind it: a subclass per cluster."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from events import kafka

_numbers = itertools.count(1)


class KafkaContract:
    """Subclasses have a fixture `bootstrap`."""

    @pytest.fixture(autouse=True)
    def _own_topics(self, bootstrap: str, settings: Any) -> None:
        number = next(_numbers)
        settings.KAFKA_BOOTSTRAP = bootstrap
        settings.KAFKA_TOPIC = f"events-{number}"
        settings.STATUS_TOPIC = f"status-{number}"

    @pytest.fixture
    def topic(self, settings: Any, _own_topics: None) -> str:
        kafka.create_topics()
        return str(settings.KAFKA_TOPIC)

    @pytest.fixture
    def producer(self, topic: str) -> Iterator[kafka.Producer]:
        producer = kafka.Producer()
        yield producer
        producer.close(timeout_s=5)

    @pytest.fixture
    def consumer(self, topic: str) -> Iterator[kafka.Consumer]:
        consumer = kafka.Consumer()
        yield consumer
        consumer.close()

    def test_topics_are_made_once(self, settings: Any) -> None:
        assert sorted(kafka.create_topics()) == [settings.KAFKA_TOPIC, settings.STATUS_TOPIC]
        assert kafka.create_topics() == []

    def test_what_is_sent_arrives_as_it_was(
        self, producer: kafka.Producer, consumer: kafka.Consumer, topic: str
    ) -> None:
        acked = send(producer, topic, b"a key", [b'{"\xc3\xa9": 1}'], sequence=b"7")

        (message,) = read(consumer, topic, 1)

        assert acked == [None]
        assert (message.topic, message.key, message.value) == (topic, b"a key", b'{"\xc3\xa9": 1}')
        assert message.headers == {"sequence": b"7"}
        assert message.timestamp_ms is not None

    def test_one_key_stays_in_one_partition_and_in_order(
        self, producer: kafka.Producer, consumer: kafka.Consumer, topic: str
    ) -> None:
        values = [str(number).encode() for number in range(500)]
        send(producer, topic, b"one", values)

        messages = read(consumer, topic, 500)

        assert [message.value for message in messages] == values
        assert len({message.partition for message in messages}) == 1
        offsets = [message.offset for message in messages]
        assert offsets == list(range(offsets[0], offsets[0] + 500))

    def test_the_end_of_each_partition_is_told(self, consumer: kafka.Consumer, topic: str) -> None:
        places = [(topic, partition) for partition in consumer.partitions(topic)]
        consumer.assign(dict.fromkeys(places, 0))

        ends: dict[kafka.Place, int] = {}

        def are_told() -> bool:
            ends.update(consumer.fetch(limit=100, timeout_s=0.1).ends)
            return len(ends) == len(places)

        eventually(are_told)
        assert set(ends.values()) == {0}

    def test_reading_goes_on_at_the_given_offset(
        self, producer: kafka.Producer, consumer: kafka.Consumer, topic: str
    ) -> None:
        send(producer, topic, b"one", [b"0", b"1", b"2"])
        partition = next(
            each for each in consumer.partitions(topic) if consumer.watermarks((topic, each))[1]
        )
        assert consumer.watermarks((topic, partition)) == (0, 3)

        consumer.assign({(topic, partition): 2})

        assert [message.value for message in gather(consumer, 1)] == [b"2"]

    def test_partitions_can_be_added_while_reading(
        self, producer: kafka.Producer, consumer: kafka.Consumer, topic: str
    ) -> None:
        send(producer, topic, b"one", [b"0"])
        first, *others = consumer.partitions(topic)
        consumer.assign({(topic, first): 0})

        consumer.add({(topic, partition): 0 for partition in others})

        assert [message.value for message in gather(consumer, 1)] == [b"0"]

    def test_an_offset_that_is_not_there_is_never_jumped_over(
        self, consumer: kafka.Consumer, topic: str
    ) -> None:
        consumer.assign({(topic, consumer.partitions(topic)[0]): 77})

        eventually(lambda: consumer.fetch(limit=10, timeout_s=0.1).is_broken)

    def test_the_cluster_has_one_id(self, consumer: kafka.Consumer) -> None:
        assert consumer.cluster_id()
        assert consumer.cluster_id() == consumer.cluster_id()

    def test_a_topic_that_is_missing_is_waited_for(self, consumer: kafka.Consumer) -> None:
        with pytest.raises(kafka.KafkaAwayError, match="create_topics"):
            consumer.partitions("nobody-made-this")

    def test_a_commit_for_lag_tools_does_no_harm(
        self, consumer: kafka.Consumer, topic: str
    ) -> None:
        consumer.commit({(topic, 0): 1})


def send(
    producer: kafka.Producer, topic: str, key: bytes, values: list[bytes], **headers: bytes
) -> list[str | None]:
    """Send and wait for the acknowledgements; what they said."""
    said: list[str | None] = []
    for value in values:
        assert producer.send(topic, key=key, value=value, headers=headers, on_done=said.append)

    def is_done() -> bool:
        producer.poll(0.05)
        return len(said) == len(values)

    eventually(is_done)
    assert producer.waiting() == 0
    return said


def read(consumer: kafka.Consumer, topic: str, count: int) -> list[kafka.Message]:
    consumer.assign({(topic, partition): 0 for partition in consumer.partitions(topic)})
    return gather(consumer, count)


def gather(consumer: kafka.Consumer, count: int) -> list[kafka.Message]:
    messages: list[kafka.Message] = []

    def are_there() -> bool:
        messages.extend(consumer.fetch(limit=100, timeout_s=0.1).messages)
        return len(messages) >= count

    eventually(are_there)
    return messages


def eventually(condition: Callable[[], bool], *, deadline_s: float = 30) -> None:
    until = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < until, "not in time"
