"""The worker `consume_events`: topic → receiving, heartbeats → peers, holes → wants."""

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial

from django.conf import settings
from django.db import transaction

from events import kafka, offsets, pending, restoring, tracing, wanting, wire
from events.clock import instant_of
from events.commands import command_act, wall_us
from events.kafka import Fetched, Message, Place
from events.leadership import Leadership
from events.listening import Listening
from events.receiving import receive
from events.retrying import HeldForKeys

logger = logging.getLogger(__name__)

# A batch of 1,000 events is a handful of SQL statements and well under a second.
BATCH = 1000
FETCH_S = 0.25
RETRY_S = 1.0
STANDBY_S = 0.5
CHORES_EVERY_S = 0.5
PARTITIONS_EVERY_S = 60.0
COMMIT_EVERY_S = 5.0


class Consumer:
    """Holds an open Kafka consumer while Kafka answers; anything odd opens it anew."""

    def __init__(self) -> None:
        self._leadership = Leadership("consume")
        self._listening = Listening()
        self._held = HeldForKeys()
        self._watch = wanting.HoleWatch(heal_after_s=settings.HEAL_AFTER_S)
        self._kafka: kafka.Consumer | None = None
        self._cluster_id = ""
        self._next: dict[Place, int] = {}
        self._seen_to: dict[Place, int] = {}
        self._waiting: Fetched | None = None
        self._is_away = False
        self._has_learned = False
        self._chores_at_s = self._partitions_at_s = self._commit_at_s = 0.0

    def step(self) -> bool:
        """Always True: it rests by waiting for messages."""
        if not self._leadership.is_held():
            time.sleep(STANDBY_S)
            return True
        if not self._has_learned:
            self._has_learned = pending.fold_learned(command_act("consume_events")) == 0
        try:
            self._read()
        except kafka.KafkaAwayError as error:
            self._say_away(str(error))
            self._drop()
            time.sleep(RETRY_S)
        except offsets.FencedError:
            logger.warning("events.consumer_fenced", extra={"cluster": self._cluster_id})
            self._drop()
        self._do_chores(time.monotonic())
        return True

    def close(self) -> None:
        if self._kafka is not None:
            self._kafka.close()
            self._kafka = None

    def _read(self) -> None:
        if self._kafka is None:
            self._open()
        consumer = self._kafka
        assert consumer is not None  # noqa: S101 - for the reader and mypy: just opened
        if self._waiting is None:
            self._waiting = consumer.fetch(limit=BATCH, timeout_s=FETCH_S)
        # Kept until it is in the database: when PostgreSQL goes away, the same batch comes again.
        self._take(self._waiting)
        is_broken, self._waiting = self._waiting.is_broken, None
        if consumer.is_away:
            raise kafka.KafkaAwayError("no broker answers")
        if is_broken:
            self._drop()
            time.sleep(RETRY_S)

    def _open(self) -> None:
        """Everything is asked anew: cluster, partitions, offsets. Raises KafkaAwayError."""
        consumer = self._kafka = kafka.Consumer()
        self._cluster_id = consumer.cluster_id()
        starts = self._starts(settings.KAFKA_TOPIC, consumer.partitions(settings.KAFKA_TOPIC))
        status = self._status_starts(consumer.partitions(settings.STATUS_TOPIC))
        self._listening.begin_catch_up({place: consumer.watermarks(place)[1] for place in status})
        consumer.assign({**starts, **status})
        self._next = dict(starts)
        self._seen_to = {}
        self._watch.forget()
        self._partitions_at_s = time.monotonic() + PARTITIONS_EVERY_S
        self._say_back()

    def _starts(self, topic: str, partitions: Sequence[int]) -> dict[Place, int]:
        """Where to go on: the stored offset if the topic still has it, else the low watermark."""
        consumer = self._kafka
        assert consumer is not None  # noqa: S101
        stored = offsets.stored(cluster_id=self._cluster_id, topic=topic)
        starts, moved = {}, {}
        for partition in partitions:
            low, high = consumer.watermarks((topic, partition))
            start = stored.get(partition)
            if start is None or not low <= start <= high:
                moved[partition] = low
                start = low
            starts[(topic, partition)] = start
        if moved:
            offsets.store(moved, cluster_id=self._cluster_id, topic=topic)
            lost = [f"{number}:{stored[number]}" for number in moved if number in stored]
            logger.log(
                logging.WARNING if lost else logging.INFO,
                "events.reading_from_start",
                extra={"topic": topic, "partitions": sorted(moved), "lost_offsets": lost},
            )
        return starts

    def _status_starts(self, partitions: Sequence[int]) -> dict[Place, int]:
        """Heartbeats are few and compacted: each start reads them all."""
        consumer = self._kafka
        assert consumer is not None  # noqa: S101
        places = [(settings.STATUS_TOPIC, partition) for partition in partitions]
        return {place: consumer.watermarks(place)[0] for place in places}

    def _take(self, fetched: Fetched) -> None:
        act = command_act("consume_events")
        status = [each for each in fetched.messages if each.topic == settings.STATUS_TOPIC]
        events = [each for each in fetched.messages if each.topic == settings.KAFKA_TOPIC]
        if status:
            with transaction.atomic():
                self._listening.take(status, now_us=act.now_us)
        if events:
            self._take_events(events)
        for place, end in fetched.ends.items():
            self._seen_to[place] = end

    def _take_events(self, messages: Sequence[Message]) -> None:
        after: dict[Place, int] = {}
        for message in messages:
            after[(message.topic, message.partition)] = message.offset + 1
        move = offsets.Move(before=self._next, after=after)
        received = receive(
            command_act("consume_events"), messages, cluster_id=self._cluster_id, move=move
        )
        self._next.update(after)
        _say_plain(messages)
        tracing.say_received(received.stored, messages, now_us=wall_us())
        if received.set_aside:
            reasons = sorted({letter.reason_code for letter in received.set_aside})
            logger.warning(
                "events.set_aside",
                extra={"count": len(received.set_aside), "reasons": reasons},
            )

    def _do_chores(self, now_s: float) -> None:
        if now_s < self._chores_at_s:
            return
        self._chores_at_s = now_s + CHORES_EVERY_S
        act = command_act("consume_events")
        pending.fold_due(act)
        self._held.step(partial(command_act, "consume_events"))
        self._listening.mind_rival(now=instant_of(wall_us()))
        if self._kafka is None:
            return
        restoring.open_if_complete(has_read_status=self._listening.has_caught_up(self._seen_to))
        try:
            self._want(now_s)
            if now_s >= self._partitions_at_s:
                self._partitions_at_s = now_s + PARTITIONS_EVERY_S
                self._add_partitions()
        except kafka.KafkaAwayError as error:
            self._say_away(str(error))
            self._drop()
            return
        if now_s >= self._commit_at_s:
            self._commit_at_s = now_s + COMMIT_EVERY_S
            self._kafka.commit(self._next)

    def _want(self, now_s: float) -> None:
        lost = self._watch.lost(
            wanting.holes(), positions=self._positions(), read_ends=self._ends, now_s=now_s
        )
        wanting.save(wanting.limited(lost))

    def _positions(self) -> Mapping[Place, int]:
        return {
            place: max(offset, self._seen_to.get(place, 0)) for place, offset in self._next.items()
        }

    def _ends(self) -> Mapping[Place, int]:
        consumer = self._kafka
        assert consumer is not None  # noqa: S101
        return {place: consumer.watermarks(place)[1] for place in self._next}

    def _add_partitions(self) -> None:
        """Topics may grow."""
        consumer = self._kafka
        assert consumer is not None  # noqa: S101
        topic = settings.KAFKA_TOPIC
        known = {partition for _, partition in self._next}
        more = [each for each in consumer.partitions(topic) if each not in known]
        if more:
            starts = self._starts(topic, more)
            consumer.add(starts)
            self._next.update(starts)

    def _drop(self) -> None:
        self.close()
        self._waiting = None

    def _say_away(self, reason: str) -> None:
        if not self._is_away:
            self._is_away = True
            logger.warning("kafka.away", extra={"reason": reason})

    def _say_back(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("kafka.back")


def _say_plain(messages: Sequence[Message]) -> None:
    """Somebody sends events in the clear, though there is a key ring here: fine only while it is
    being introduced."""
    if not settings.EVENT_KEYS_FILE:
        return
    values = [message.value for message in messages if message.value is not None]
    count = sum(wire.key_id_of(value) is None for value in values)
    if count:
        logger.warning("events.received_plain", extra={"count": count})
