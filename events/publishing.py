"""The worker `publish_events`: seal, produce, tell how this location stands, answer wants."""

import logging
import time
from dataclasses import replace

from django.conf import settings

from events import idempotency, peers
from events.clock import instant_of
from events.commands import wall_us
from events.heartbeat import Heartbeat, to_json
from events.leadership import Leadership
from events.origin import Self, ensure_self
from events.own_heartbeat import OwnHeartbeats
from events.producing import Producing
from events.resending import Resending
from events.sealing import seal, seal_leftovers
from events.steady_producer import SteadyProducer

logger = logging.getLogger(__name__)

# How long a step without work waits for acknowledgements: the rhythm in which it looks for work.
REST_S = 0.04
STANDBY_S = 0.5
ANSWER_EVERY_S = 0.25
LEFTOVERS_EVERY_S = 5.0
PRUNE_EVERY_S = 600.0


class Publisher:
    def __init__(self) -> None:
        self._leadership = Leadership("publish")
        self._producer = SteadyProducer()
        self._producing = Producing(self._producer)
        self._resending = Resending(self._producer)
        self._telling = Telling(self._producer)
        self._said_rival = False
        self._answer_at_s = self._leftovers_at_s = self._prune_at_s = 0.0

    def step(self) -> bool:
        """Always True: it rests by waiting for acknowledgements."""
        if not self._leadership.is_held():
            time.sleep(STANDBY_S)
            return True
        now_us, now_s = wall_us(), time.monotonic()
        this = ensure_self(now_us=now_us)
        self._mind_rival(this)
        sealed = seal(this, wall_us=now_us)
        if sealed:
            this = ensure_self(now_us=now_us)
        has_worked = self._producing.step(this) or bool(sealed)
        self._telling.step(now_us=now_us, now_s=now_s)
        has_worked |= self._answer(now_us, now_s)
        self._do_chores(this, now_us, now_s)
        self._producer.poll(0 if has_worked else REST_S)
        return True

    def close(self) -> None:
        self._producer.close()

    def _mind_rival(self, this: Self) -> None:
        if this.rival_instance is not None and not self._said_rival:
            logger.error(
                "events.two_installations",
                extra={
                    "reason": f"two installations use LOCATION_ID={this.location_id}: "
                    "nothing is sealed until one of them is stopped"
                },
            )
        self._said_rival = this.rival_instance is not None

    def _answer(self, now_us: int, now_s: float) -> bool:
        """Send again what peers miss: a part now and, if there was one, more in the next step."""
        if now_s < self._answer_at_s or not self._producer.is_ready():
            return False
        has_sent = self._resending.step(now=instant_of(now_us), now_s=now_s)
        self._answer_at_s = now_s if has_sent else now_s + ANSWER_EVERY_S
        return has_sent

    def _do_chores(self, this: Self, now_us: int, now_s: float) -> None:
        if now_s >= self._leftovers_at_s:
            self._leftovers_at_s = now_s + LEFTOVERS_EVERY_S
            seal_leftovers(this, wall_us=now_us)
        if now_s >= self._prune_at_s:
            self._prune_at_s = now_s + PRUNE_EVERY_S
            idempotency.prune(now=instant_of(now_us))


class Telling:
    """Keeps and sends the heartbeat: soon when something changed, seldom when idle."""

    def __init__(self, producer: SteadyProducer) -> None:
        self._producer = producer
        self._own_heartbeats = OwnHeartbeats()
        self._told: Heartbeat | None = None
        self._told_at_s = 0.0
        self._look_at_s = 0.0
        self._is_on_its_way = False
        self._generation = -1

    def step(self, *, now_us: int, now_s: float) -> None:
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + settings.HEARTBEAT_S
        heartbeat = self._own_heartbeats.heartbeat(now_us=now_us)
        # For this location's own pages, also while Kafka is away.
        peers.keep(heartbeat, seen_at=instant_of(now_us))
        if self._generation != self._producer.generation:
            self._generation = self._producer.generation
            self._is_on_its_way, self._told = False, None
        is_due = now_s - self._told_at_s >= settings.HEARTBEAT_IDLE_S
        if (is_due or _has_news(heartbeat, self._told)) and not self._is_on_its_way:
            self._tell(heartbeat, now_s)

    def _tell(self, heartbeat: Heartbeat, now_s: float) -> None:
        if not self._producer.is_ready():
            return
        key = heartbeat.location_id.encode()
        self._is_on_its_way = self._producer.send(
            settings.STATUS_TOPIC,
            key=key,
            value=to_json(heartbeat),
            headers={},
            on_acked=self._arrived,
        )
        if self._is_on_its_way:
            self._told, self._told_at_s = heartbeat, now_s

    def _arrived(self) -> None:
        self._is_on_its_way = False


def _has_news(heartbeat: Heartbeat, told: Heartbeat | None) -> bool:
    return told is None or replace(heartbeat, at=0, floor=0) != replace(told, at=0, floor=0)
