"""The one door to Kafka: a small typed producer and consumer, topics, and the embedded broker.

Nobody else imports confluent_kafka. What Kafka cannot do now is `KafkaAwayError`: wait and retry.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer as KafkaConsumer
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage
from confluent_kafka import Producer as KafkaProducer
from confluent_kafka.admin import AdminClient, NewTopic
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

Place = tuple[str, int]  # topic, partition

NOT_FOR_THE_CLIENT = {"KAFKA_BOOTSTRAP", "KAFKA_TOPIC"}
REQUEST_TIMEOUT_S = 3.0
# Bounded, so that an interactive event never waits behind a long queue.
QUEUE_MESSAGES = 2000
DAY_MS = 24 * 60 * 60 * 1000
EVENT_PARTITIONS = 6
EMBEDDED_CLUSTER_PREFIX = "mockCluster"


class KafkaAwayError(Exception):
    """Kafka cannot be reached, or the topic is not there yet."""


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Mapping[str, bytes]
    timestamp_ms: int | None


@dataclass(slots=True)
class Fetched:
    """What one look brought. `ends`: partitions read to their end, with the position there;
    `is_broken`: a partition cannot be read where we stand, so the consumer must be opened anew."""

    messages: list[Message] = field(default_factory=list)
    ends: dict[Place, int] = field(default_factory=dict)
    is_broken: bool = False


def client_settings() -> dict[str, Any]:
    """What every client gets: the brokers, and any KAFKA_X_Y of the environment as `x.y`."""
    found: dict[str, Any] = {
        "bootstrap.servers": settings.KAFKA_BOOTSTRAP,
        "client.id": f"sins-{settings.LOCATION_ID}",
        "reconnect.backoff.ms": 100,
        "reconnect.backoff.max.ms": 1000,
        "topic.metadata.propagation.max.ms": 5000,
        "log_level": 2,  # its connection errors come once as `kafka.away`, not once per try
    }
    for name, value in os.environ.items():
        if not name.startswith("KAFKA_") or name in NOT_FOR_THE_CLIENT:
            continue
        if name.endswith("_FILE"):
            name, value = name.removesuffix("_FILE"), Path(value).read_text().strip()
        found[name.removeprefix("KAFKA_").lower().replace("_", ".")] = value
    return found


@contextmanager
def _spoken() -> Iterator[None]:
    """Kafka's exceptions in our words."""
    try:
        yield
    except KafkaException as error:
        cause = error.args[0]
        if isinstance(cause, KafkaError) and cause.code() == KafkaError._INVALID_ARG:
            raise ImproperlyConfigured(
                f"The Kafka client refuses its settings: {cause.str()}. "
                "Check the KAFKA_… variables; KAFKA_X_Y is passed on as x.y."
            ) from error
        raise KafkaAwayError(
            cause.str() if isinstance(cause, KafkaError) else str(cause)
        ) from error


class Producer:
    """Idempotent, ordered. Create it after fork only: its threads do not survive one."""

    def __init__(self) -> None:
        self.is_away = False
        with _spoken():
            self._producer = KafkaProducer(
                {
                    "enable.idempotence": True,
                    "partitioner": "murmur2_random",  # as Java's tools: one partitioner for ever
                    "linger.ms": 5,
                    "compression.type": "lz4",
                    "message.timeout.ms": 300_000,
                    "queue.buffering.max.messages": QUEUE_MESSAGES,
                    "allow.auto.create.topics": False,
                    "error_cb": self._on_error,
                    **client_settings(),
                }
            )

    def send(
        self,
        topic: str,
        *,
        key: bytes,
        value: bytes,
        headers: Mapping[str, bytes],
        on_done: Callable[[str | None], None],
    ) -> bool:
        """Queue a message; False when the queue is full. `on_done` gets None once the brokers have
        it, otherwise why not; it is called from `poll`."""

        def report(error: KafkaError | None, _: KafkaMessage) -> None:
            if error is None:
                self.is_away = False
            on_done(None if error is None else f"{error.name()}: {error.str()}")

        try:
            self._producer.produce(
                topic, value, key, headers=list(headers.items()), on_delivery=report
            )
        except BufferError:
            return False
        except KafkaException as error:
            cause = error.args[0]
            on_done(f"{cause.name()}: {cause.str()}")
        return True

    def poll(self, timeout_s: float) -> None:
        """Let delivery reports in. Raises KafkaAwayError when this producer can do nothing more,
        as after a broker lost what it knew of it."""
        with _spoken():
            self._producer.poll(timeout_s)

    def waiting(self) -> int:
        return len(self._producer)

    def close(self, *, timeout_s: float) -> None:
        """Give the queue a last chance, then drop it."""
        with suppress(KafkaException):  # a broken one says so again
            if timeout_s > 0:
                self._producer.flush(timeout_s)
        self._producer.purge()
        with suppress(KafkaException):
            self._producer.poll(0)

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:
            self.is_away = True


class Consumer:
    """Reads assigned partitions from given offsets; knows no group but for lag tools."""

    def __init__(self) -> None:
        self.is_away = False
        with _spoken():
            self._consumer = KafkaConsumer(
                {
                    "group.id": f"sins-{settings.LOCATION_ID}",
                    "enable.auto.commit": False,
                    "enable.auto.offset.store": False,
                    "auto.offset.reset": "error",  # never jump silently
                    "enable.partition.eof": True,
                    "check.crcs": True,
                    # A broker that does not wake a waiting fetch answers within this.
                    "fetch.wait.max.ms": 50,
                    "fetch.error.backoff.ms": 200,
                    "queued.max.messages.kbytes": 16_384,
                    "allow.auto.create.topics": False,
                    "error_cb": self._on_error,
                    **client_settings(),
                }
            )

    def cluster_id(self) -> str:
        """Raises KafkaAwayError."""
        with _spoken():
            found = self._consumer.list_topics(timeout=REQUEST_TIMEOUT_S).cluster_id
        self.is_away = False
        return str(found)

    def partitions(self, topic: str) -> list[int]:
        """Raises KafkaAwayError, also when there is no such topic."""
        with _spoken():
            found = self._consumer.list_topics(topic, timeout=REQUEST_TIMEOUT_S).topics[topic]
        if found.error is not None or not found.partitions:
            raise KafkaAwayError(f"There is no topic {topic} yet; create_topics makes it.")
        return sorted(found.partitions)

    def watermarks(self, place: Place) -> tuple[int, int]:
        """The first offset there is and the one after the last. Raises KafkaAwayError."""
        with _spoken():
            found = self._consumer.get_watermark_offsets(
                TopicPartition(*place), timeout=REQUEST_TIMEOUT_S
            )
        if found is None:
            raise KafkaAwayError(f"No watermarks of {place} within {REQUEST_TIMEOUT_S} s.")
        return found

    def assign(self, offsets: Mapping[Place, int]) -> None:
        with _spoken():
            self._consumer.assign(
                [TopicPartition(*place, offset) for place, offset in offsets.items()]
            )

    def add(self, offsets: Mapping[Place, int]) -> None:
        """Read further partitions, too."""
        with _spoken():
            self._consumer.incremental_assign(
                [TopicPartition(*place, offset) for place, offset in offsets.items()]
            )

    def fetch(self, *, limit: int, timeout_s: float) -> Fetched:
        """Up to `limit` messages: waits for the first one only."""
        fetched = Fetched()
        with _spoken():
            first = self._consumer.poll(timeout_s)
            if first is None:
                return fetched
            rest = self._consumer.consume(limit - 1, timeout=0) if limit > 1 else []
        for message in (first, *rest):
            self._sort_in(fetched, message)
        return fetched

    def _sort_in(self, fetched: Fetched, message: KafkaMessage) -> None:
        error = message.error()
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        if error is None:
            fetched.messages.append(_ours(message))
        elif error.code() == KafkaError._PARTITION_EOF:
            fetched.ends[(str(topic), int(partition or 0))] = int(offset or 0)
        elif error.code() == KafkaError._ALL_BROKERS_DOWN:
            self.is_away = True
        else:
            logger.warning(
                "kafka.partition_broken",
                extra={"topic": topic, "partition": partition, "reason": error.name()},
            )
            fetched.is_broken = True

    def commit(self, offsets: Mapping[Place, int]) -> None:
        """Tell Kafka, too, for its lag tools; nothing depends on it."""
        try:
            self._consumer.commit(
                offsets=[TopicPartition(*place, offset) for place, offset in offsets.items()],
                asynchronous=True,
            )
        except KafkaException as error:
            logger.debug("kafka.commit_failed", extra={"reason": str(error)})

    def close(self) -> None:
        self._consumer.close()

    def _on_error(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:
            self.is_away = True


def _ours(message: KafkaMessage) -> Message:
    _, timestamp_ms = message.timestamp()
    return Message(
        topic=str(message.topic()),
        partition=int(message.partition() or 0),
        offset=int(message.offset() or 0),
        key=message.key(),
        value=message.value(),
        headers={
            name: value if isinstance(value, bytes) else b""
            for name, value in dict(message.headers() or ()).items()
        },
        timestamp_ms=timestamp_ms if timestamp_ms > 0 else None,
    )


def create_topics() -> list[str]:
    """Make the topics that are missing; their names. Raises KafkaAwayError."""
    with _spoken():
        admin = AdminClient(client_settings())
        cluster = admin.list_topics(timeout=REQUEST_TIMEOUT_S)
    wanted = _topics(brokers=len(cluster.brokers))
    missing = [topic for topic in wanted if topic.topic not in cluster.topics]
    if not missing:
        return []
    if str(cluster.cluster_id).startswith(EMBEDDED_CLUSTER_PREFIX):
        _touch(KafkaProducer(client_settings()), [topic.topic for topic in missing])
        return [topic.topic for topic in missing]
    futures = admin.create_topics(missing, request_timeout=30)
    return [name for name, future in futures.items() if _is_made(future)]


def _is_made(future: Future[None]) -> bool:
    """False when another location was quicker."""
    with _spoken():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
            return False
    return True


def _topics(*, brokers: int) -> Sequence[NewTopic]:
    copies = min(3, brokers)
    safety = {"min.insync.replicas": "2" if copies >= 3 else "1"}
    events = {
        "cleanup.policy": "delete",
        "retention.ms": str(14 * DAY_MS),
        "segment.ms": str(DAY_MS),
        "message.timestamp.type": "LogAppendTime",
        "max.message.bytes": str(1024 * 1024),
    }
    status = {
        "cleanup.policy": "compact",
        "segment.ms": "600000",
        "min.cleanable.dirty.ratio": "0.1",
    }
    return [
        NewTopic(settings.KAFKA_TOPIC, EVENT_PARTITIONS, copies, config={**events, **safety}),
        NewTopic(settings.STATUS_TOPIC, 1, copies, config={**status, **safety}),
    ]


def _touch(producer: KafkaProducer, names: Sequence[str]) -> None:
    """The embedded broker makes a topic when a producer asks for it."""
    with _spoken():
        for name in names:
            producer.list_topics(name, timeout=REQUEST_TIMEOUT_S)


class EmbeddedBroker:
    """The broker built into librdkafka: real wire protocol, in memory, loopback. Not for
    production: about 5 MB per partition, then the oldest is dropped; nothing survives it."""

    def __init__(self) -> None:
        self._host = KafkaProducer({"test.mock.num.brokers": 1, "log_level": 2})
        with _spoken():
            brokers = self._host.list_topics(timeout=REQUEST_TIMEOUT_S).brokers.values()
        self.address = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
        _touch(self._host, [settings.KAFKA_TOPIC, settings.STATUS_TOPIC])

    def stop(self) -> None:
        """Everything in it is gone."""
        self._host.close()
