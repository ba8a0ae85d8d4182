"""Log → topic: sealed events in sequence order; the cursor follows the contiguous acked prefix."""

from typing import Any

from django.conf import settings

from events import failpoints, sql, tracing, wire
from events.arrivals import REDACTED_HEADER
from events.event import Event, encode_redacted
from events.origin import Self
from events.steady_producer import SteadyProducer

# The bytes, and what an event is made of whose bytes were erased.
SENT_COLUMNS = """sequence, entity_uid, request_id, sha256, raw, event_id, origin, entity_seq, type,
    hlc, actor, role, reason_code"""

SEALED_SQL = f"""
SELECT {SENT_COLUMNS} FROM events_event
WHERE origin = %(origin)s AND sequence > %(after)s ORDER BY sequence LIMIT %(limit)s
"""  # noqa: S608

CURSOR_SQL = """
UPDATE events_self SET produced_to = %(acked)s
WHERE epoch = %(epoch)s AND produced_to < %(acked)s
"""

BATCH = 500


class Producing:
    """Where the producer is in this origin's sequence: `sent_to` in memory, the cursor in the
    database. A new producer or origin goes on at the cursor."""

    def __init__(self, producer: SteadyProducer) -> None:
        self._producer = producer
        self._run: tuple[str, int] | None = None
        self._sent_to = 0
        self._acked_to = 0
        self._acked: set[int] = set()

    def step(self, this: Self) -> bool:
        """Queue what is sealed and save what is acked; False when there was nothing to do."""
        if not self._producer.is_ready():
            return False
        if self._run != (this.origin, self._producer.generation):
            self._run = (this.origin, self._producer.generation)
            self._sent_to = self._acked_to = this.produced_to
            self._acked = set()
        has_sent = self._send(this)
        self._producer.poll(0)
        return self._save_cursor(this) or has_sent

    def _send(self, this: Self) -> bool:
        limit = min(BATCH, self._producer.room())
        if self._sent_to >= this.sealed or limit <= 0:
            return False
        window = {"origin": this.origin, "after": self._sent_to, "limit": limit}
        rows = sql.fetch(SEALED_SQL, window)
        sent = 0
        for row in rows:
            if not send_event(self._producer, row, acked=self._acked):
                break
            self._sent_to = row[0]
            sent += 1
        tracing.say_sent(rows[:sent])
        failpoints.reach("produce.sent")
        return bool(rows)

    def _save_cursor(self, this: Self) -> bool:
        acked_to = self._acked_to
        while acked_to + 1 in self._acked:
            acked_to += 1
        if acked_to == self._acked_to:
            return False
        failpoints.reach("produce.acked")
        sql.execute(CURSOR_SQL, {"acked": acked_to, "epoch": this.epoch})
        # Forgotten only now: if PostgreSQL was away, the same acks are saved by a later step.
        self._acked.difference_update(range(self._acked_to + 1, acked_to + 1))
        self._acked_to = acked_to
        failpoints.reach("produce.cursor_saved")
        return True


def send_event(producer: SteadyProducer, row: tuple[Any, ...], *, acked: set[int]) -> bool:
    """Queue one sealed event, a row of SENT_COLUMNS: its stored bytes, or its envelope when those
    were erased. Its sequence joins `acked` when Kafka has it. The headers say which event it is
    also to who has not the key."""
    sequence, entity_uid, request_id, sha256, raw, _, origin, *_ = row
    redacted = {REDACTED_HEADER: b"1"} if raw is None else {}
    return producer.send(
        settings.KAFKA_TOPIC,
        key=str(entity_uid).encode(),
        value=wire.to_wire(_envelope(row) if raw is None else bytes(raw)),
        headers={
            "origin": origin.encode(),
            "sequence": str(sequence).encode(),
            "sha256": bytes(sha256).hex().encode(),
            tracing.REQUEST_HEADER: str(request_id).encode(),
            **redacted,
        },
        on_acked=lambda: acked.add(sequence),
    )


def _envelope(row: tuple[Any, ...]) -> bytes:
    _, entity_uid, request_id, _, _, event_id, origin, entity_seq, *rest = row
    event_type, hlc, actor, role, reason_code = rest
    return encode_redacted(
        Event(
            event_id=event_id,
            origin=origin,
            entity_uid=entity_uid,
            entity_seq=entity_seq,
            type=event_type,
            hlc=hlc,
            basevv={},
            actor=actor,
            role=role,
            request_id=request_id,
            reason_code=reason_code,
            data={},
        )
    )
