"""Heartbeats of all locations: kept, and looked through for signs that concern this one."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from events import peers, ranges, sql
from events.clock import instant_of
from events.heartbeat import Heartbeat, InvalidHeartbeatError, parse
from events.kafka import Message, Place
from events.origin import Self, ensure_self, take_new_epoch

logger = logging.getLogger(__name__)

HeartbeatObserver = Callable[[Heartbeat], None]
_observers: list[HeartbeatObserver] = []


def register_heartbeat_observer(observer: HeartbeatObserver) -> None:
    """Called with each peer's heartbeat, in the transaction that takes it."""
    if observer not in _observers:
        _observers.append(observer)


RIVAL_SQL = """
UPDATE events_self SET rival_instance = %(rival)s
WHERE rival_instance IS DISTINCT FROM %(rival)s::uuid
"""


class Listening:
    """Needs each heartbeat once, in topic order from the start of the topic."""

    def __init__(self) -> None:
        self._catch_up_to: Mapping[Place, int] = {}
        self._own_first: tuple[UUID, int] | None = None
        self._rival_heard_at: datetime | None = None
        self._started_at: datetime | None = None

    def begin_catch_up(self, ends: Mapping[Place, int]) -> None:
        """Up to these offsets heartbeats are old news: they were heard when they were sent."""
        self._catch_up_to = ends
        self._own_first = None

    def has_caught_up(self, seen_to: Mapping[Place, int]) -> bool:
        """Was all read that lay there when it began?"""
        return all(seen_to.get(place, 0) >= end for place, end in self._catch_up_to.items())

    def take(self, messages: Sequence[Message], *, now_us: int) -> None:
        """Must run in a transaction."""
        last: dict[str, tuple[Heartbeat, datetime]] = {}
        this = ensure_self(now_us=now_us)
        for message in messages:
            heartbeat = _heartbeat_of(message)
            if heartbeat is None:
                continue
            heard_at = self._heard_at(message, instant_of(now_us))
            this = self._check_origin(this, heartbeat, now_us)
            if heartbeat.location_id == this.location_id:
                self._check_instance(this, heartbeat, message.offset, heard_at)
            else:
                last[heartbeat.location_id] = (heartbeat, heard_at)
                for observer in _observers:
                    observer(heartbeat)
        for heartbeat, heard_at in last.values():
            peers.keep(heartbeat, seen_at=heard_at)

    def mind_rival(self, *, now: datetime) -> None:
        """A rival that fell silent was stopped: sealing may go on."""
        self._started_at = self._started_at or now
        heard_at = self._rival_heard_at or self._started_at
        if now - heard_at > timedelta(seconds=settings.ORIGIN_SILENT_S):
            _set_rival(None)

    def _heard_at(self, message: Message, now: datetime) -> datetime:
        is_old = message.offset < self._catch_up_to.get((message.topic, message.partition), 0)
        if not is_old or message.timestamp_ms is None:
            return now
        return min(now, instant_of(message.timestamp_ms * 1000))

    def _check_origin(self, this: Self, heartbeat: Heartbeat, now_us: int) -> Self:
        """Somebody knows more of this origin than this database: it is a restored backup."""
        known = ranges.highest(heartbeat.received.get(this.origin, ()))
        if heartbeat.origin == this.origin:
            known = max(known, heartbeat.sealed)
        if known <= this.sealed:
            return this
        return take_new_epoch(this, now_us=now_us, reason="peers know more of this origin")

    def _check_instance(
        self, this: Self, heartbeat: Heartbeat, offset: int, heard_at: datetime
    ) -> None:
        """Another instance under this name, heard after this one began to speak, is a rival."""
        if heartbeat.instance_id == this.instance_id:
            if self._own_first is None or self._own_first[0] != this.instance_id:
                self._own_first = (this.instance_id, offset)
            return
        if self._own_first is None or self._own_first[0] != this.instance_id:
            return
        self._rival_heard_at = heard_at
        _set_rival(heartbeat.instance_id)


def _set_rival(rival: UUID | None) -> None:
    sql.execute(RIVAL_SQL, {"rival": rival})


def _heartbeat_of(message: Message) -> Heartbeat | None:
    if message.value is None:
        return None
    try:
        heartbeat = parse(message.value)
        if message.key != heartbeat.location_id.encode():
            raise InvalidHeartbeatError("key")
    except InvalidHeartbeatError as error:
        logger.warning(
            "events.heartbeat_ignored", extra={"offset": message.offset, "field": str(error)}
        )
        return None
    return heartbeat
