"""Remote door: a batch of messages → log → versions; offsets and effect in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from events import clock_floor, deadletters, failpoints, log, offsets, progress, ranges, sql
from events.arrivals import Arrival, examine, refused
from events.clock import instant_of, is_ahead
from events.deadletters import SetAside, Source
from events.event import Event
from events.folding import fold_what_folds
from events.kafka import Message
from events.models import EventState
from events.origin import ensure_self, take_new_epoch
from events.principal import Act
from events.projectors import known_types

WRITER = "consume"

# Called in the batch's transaction with the events that it took over.
BatchObserver = Callable[[Act, Sequence[Event]], None]

_observers: list[BatchObserver] = []


def register_batch_observer(observer: BatchObserver) -> None:
    if observer not in _observers:
        _observers.append(observer)


def tell_observers(act: Act, events: Sequence[Event]) -> None:
    for observer in _observers:
        observer(act, events)


@dataclass(slots=True)
class Received:
    """What became of a batch."""

    stored: list[Arrival] = field(default_factory=list)
    repeated: list[Arrival] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    failed: list[Event] = field(default_factory=list)
    # Own events that came back with the sequence this database does not know (a restored backup).
    unsealed_here: list[Arrival] = field(default_factory=list)


def receive(
    act: Act, messages: Sequence[Message], *, cluster_id: str, move: offsets.Move | None = None
) -> Received:
    """One batch, one transaction: all of it stands, or nothing. Any order, repeats allowed.

    Raises offsets.FencedError when another process has moved the offsets.
    """
    examined = [
        examine(
            message.value,
            message.headers,
            source=Source(cluster_id, message.topic, message.partition, message.offset),
        )
        for message in messages
        if message.value is not None  # a tombstone says nothing
    ]
    with transaction.atomic():
        if move is not None:
            offsets.move(move, cluster_id=cluster_id)
        failpoints.reach("receive.fenced")
        received = take_in(act, examined)
        deadletters.set_aside(received.set_aside, now=instant_of(act.now_us))
        failpoints.reach("receive.before_commit")
    failpoints.reach("receive.committed")
    return received


def take_in(act: Act, examined: Iterable[Arrival | SetAside]) -> Received:
    """Store, fold and count examined messages; the caller says what becomes of those that are set
    aside. Must run in a transaction."""
    received = Received()
    arrivals = []
    for item in examined:
        if isinstance(item, Arrival):
            arrivals.append(item)
        else:
            received.set_aside.append(item)
    _sort(arrivals, received)
    if received.stored or received.unsealed_here:
        _open_new_epoch_if_behind(act, [*received.stored, *received.unsealed_here])
        _store(act, received)
        stored = [(arrival.event.origin, arrival.sequence) for arrival in received.stored]
        deadletters.resolve_stored(stored, now=instant_of(act.now_us))
    _count_received([*received.stored, *received.unsealed_here, *received.repeated])
    if received.stored:
        tell_observers(act, [arrival.event for arrival in received.stored])
    return received


# What the log already has of these ids, sequences and entity counters.
KNOWN_SQL = """
SELECT event_id, origin, sequence, entity_uid, entity_seq, sha256 FROM events_event
WHERE event_id = ANY(%(ids)s::uuid[])
UNION
SELECT event.event_id, event.origin, event.sequence, event.entity_uid, event.entity_seq,
    event.sha256
FROM unnest(%(origins)s::text[], %(sequences)s::bigint[]) AS arrival (origin, sequence)
JOIN events_event event USING (origin, sequence)
UNION
SELECT event.event_id, event.origin, event.sequence, event.entity_uid, event.entity_seq,
    event.sha256
FROM unnest(%(uids)s::uuid[], %(origins)s::text[], %(entity_seqs)s::int[])
    AS arrival (entity_uid, origin, entity_seq)
JOIN events_event event USING (entity_uid, origin, entity_seq)
"""


@dataclass(slots=True)
class _Known:
    """Who holds which id and number, in the log and earlier in the batch."""

    by_id: dict[UUID, tuple[int | None, bytes]] = field(default_factory=dict)
    holders: dict[tuple[object, ...], UUID] = field(default_factory=dict)

    def add(
        self,
        event_id: UUID,
        origin: str,
        sequence: int | None,
        entity_uid: UUID,
        entity_seq: int,
        sha256: bytes,
    ) -> None:
        self.by_id[event_id] = (sequence, sha256)
        if sequence is not None:
            self.holders[(origin, sequence)] = event_id
        self.holders[(entity_uid, origin, entity_seq)] = event_id

    def is_taken(self, arrival: Arrival) -> bool:
        """Is its sequence or entity counter that of another event?"""
        event = arrival.event
        places = (
            (event.origin, arrival.sequence),
            (event.entity_uid, event.origin, event.entity_seq),
        )
        return any(self.holders.get(place, event.event_id) != event.event_id for place in places)


def _known(arrivals: Sequence[Arrival]) -> _Known:
    events = [arrival.event for arrival in arrivals]
    rows = sql.fetch(
        KNOWN_SQL,
        {
            "ids": [event.event_id for event in events],
            "origins": [event.origin for event in events],
            "sequences": [arrival.sequence for arrival in arrivals],
            "uids": [event.entity_uid for event in events],
            "entity_seqs": [event.entity_seq for event in events],
        },
    )
    known = _Known()
    for event_id, origin, sequence, entity_uid, entity_seq, sha256 in rows:
        known.add(event_id, origin, sequence, entity_uid, entity_seq, bytes(sha256))
    return known


def _sort(arrivals: Sequence[Arrival], received: Received) -> None:
    """New, repeated, or in quarantine: never fails a batch, never overwrites what is there."""
    if not arrivals:
        return
    known = _known(arrivals)
    for arrival in arrivals:
        event = arrival.event
        sequence, sha256 = known.by_id.get(event.event_id, (arrival.sequence, arrival.sha256))
        if sha256 != arrival.sha256:
            received.set_aside.append(refused(arrival, "same_id_other_bytes"))
        elif known.is_taken(arrival) or sequence not in (None, arrival.sequence):
            received.set_aside.append(refused(arrival, "same_sequence_other_id"))
        elif event.event_id not in known.by_id:
            received.stored.append(arrival)
            known.add(*_place_of(arrival), arrival.sha256)
        elif sequence is None:
            received.unsealed_here.append(arrival)
            known.add(*_place_of(arrival), arrival.sha256)
        else:
            received.repeated.append(arrival)


def _place_of(arrival: Arrival) -> tuple[UUID, str, int, UUID, int]:
    event = arrival.event
    return event.event_id, event.origin, arrival.sequence, event.entity_uid, event.entity_seq


def _open_new_epoch_if_behind(act: Act, arrivals: Sequence[Arrival]) -> None:
    """Peers hold events of this very origin that this database never sealed: it is a restored
    backup, and would give the same numbers again."""
    this = ensure_self(now_us=act.now_us)
    if any(
        arrival.event.origin == this.origin and arrival.sequence >= this.next_sequence
        for arrival in arrivals
    ):
        take_new_epoch(this, now_us=act.now_us, reason="own events came back unknown")


SEQUENCE_SQL = """
UPDATE events_event event SET sequence = arrival.sequence
FROM unnest(%(ids)s::uuid[], %(sequences)s::bigint[]) AS arrival (event_id, sequence)
WHERE event.event_id = arrival.event_id AND event.sequence IS NULL
"""


def _store(act: Act, received: Received) -> None:
    now = instant_of(act.now_us)
    if received.unsealed_here:
        sql.execute(
            SEQUENCE_SQL,
            {
                "ids": [arrival.event.event_id for arrival in received.unsealed_here],
                "sequences": [arrival.sequence for arrival in received.unsealed_here],
            },
        )
    if not received.stored:
        return
    entries = _entries(received.stored, wall_us=act.now_us)
    log.append(entries, recorded_at=now)
    failpoints.reach("receive.stored")
    due = [entry.event for entry in entries if entry.state == EventState.FOLDED]
    received.failed = fold_what_folds(due, now=now)
    log.forget_if_erased(
        {entry.event.entity_uid for entry in entries if entry.state != EventState.FOLDED}
    )
    failpoints.reach("receive.folded")
    clock_floor.raise_to((event.hlc for event in due), writer=WRITER, wall_us=act.now_us)


def _entries(arrivals: Sequence[Arrival], *, wall_us: int) -> list[log.Entry]:
    types, highest = known_types(), clock_floor.current()

    def state_of(arrival: Arrival) -> EventState:
        event = arrival.event
        if arrival.raw is None:
            return EventState.REDACTED
        if event.type not in types:
            return EventState.UNKNOWN_TYPE
        if is_ahead(hlc=event.hlc, wall_us=wall_us, floor=highest):
            return EventState.PARKED
        return EventState.FOLDED

    return [
        log.Entry(
            event=arrival.event,
            raw=arrival.raw,
            sha256=arrival.sha256,
            state=state_of(arrival),
            sequence=arrival.sequence,
        )
        for arrival in arrivals
    ]


def _count_received(arrivals: Sequence[Arrival]) -> None:
    """Also what is only pending: the bytes are here."""
    sequences: Mapping[str, list[int]] = defaultdict(list)
    for arrival in arrivals:
        sequences[arrival.event.origin].append(arrival.sequence)
    progress.add({origin: ranges.of(numbers) for origin, numbers in sequences.items()})
