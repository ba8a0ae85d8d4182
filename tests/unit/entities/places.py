"""Locations in memory: one entity, clocks that differ, links that are cut, by the product's rules.

What a location does is split where its transactions are: a hold is begun (its check is passed) and
committed later; heartbeats are told and heard at different moments, or never.
"""

from dataclasses import dataclass, field
from uuid import UUID

from entities.erasure_rules import Schedule, is_held, may_place_hold, unanswered
from entities.fold import Folded, fold
from events import ranges
from events.event import Event
from events.heartbeat import Heartbeat
from events.ranges import Ranges
from tests.builders import ENTITY, an_event
from tests.integration.events.heartbeats import a_heartbeat

BASIS = "subject_request"


@dataclass
class Place:
    """One location; `skew`: how far its clock is off. `begun`: a hold between check and commit."""

    name: str
    skew: int
    events: dict[UUID, Event] = field(default_factory=dict)
    sequences: dict[str, dict[int, Event]] = field(default_factory=dict)
    unsealed: list[Event] = field(default_factory=list)
    heard: dict[str, Heartbeat] = field(default_factory=dict)
    begun: str | None = None

    @property
    def origin(self) -> str:
        return f"{self.name}/1"

    @property
    def folded(self) -> Folded:
        return fold(self.events.values())

    @property
    def state(self) -> dict[str, object]:
        return {value.attribute: value.value for value in self.folded.state}

    @property
    def received(self) -> dict[str, Ranges]:
        return {origin: ranges.of(numbers) for origin, numbers in self.sequences.items() if numbers}

    def clock(self, now: int) -> int:
        return now + self.skew

    def record(self, kind: str, now: int, **data: object) -> Event:
        last = max((event.hlc for event in self.events.values()), default=0)
        seen: dict[str, int] = {}
        for event in sorted(self.events.values(), key=lambda event: event.entity_seq):
            if event.entity_seq == seen.get(event.origin, 0) + 1:
                seen[event.origin] = event.entity_seq
        own = sum(event.origin == self.origin for event in self.events.values())
        event = an_event(
            type=kind,
            at=max(self.clock(now), last + 1),
            origin=self.origin,
            seq=own + 1,
            sees=seen,
            entity_uid=ENTITY,
            **data,
        )
        self.events[event.event_id] = event
        self.unsealed.append(event)
        return event

    def seal(self) -> None:
        mine = self.sequences.setdefault(self.origin, {})
        for event in self.unsealed:
            mine[len(mine) + 1] = event
        self.unsealed = []

    def begin_hold(self, now: int) -> bool:
        """The head is locked from here to the commit; False: refused."""
        planned = self.state.get("erasure")
        after = planned["execute_after"] if isinstance(planned, dict) else None
        if (
            self.begun
            or self.folded.erased_event
            or not may_place_hold(execute_after_us=after, now_us=self.clock(now))
        ):
            return False
        self.begun = f"{self.name}-{len(self.events)}"
        return True

    def commit_hold(self, now: int) -> None:
        if self.begun:
            self.record("hold.placed.v1", now, hold_id=self.begun)
            self.begun = None

    def lift(self, now: int) -> list[str]:
        held = [name for name in self.state if name.startswith("hold:")]
        for name in held[:1]:
            self.record("hold.lifted.v1", now, hold_id=name.removeprefix("hold:"))
        return held[:1]

    def take(self, origin: str, sequence: int, event: Event) -> None:
        if not self.begun:  # otherwise it waits for the lock
            self.sequences.setdefault(origin, {})[sequence] = event
            self.events[event.event_id] = event

    def tell(self, now: int) -> Heartbeat:
        sealed = len(self.sequences.get(self.origin, {}))
        return a_heartbeat(
            location_id=self.name,
            origin=self.origin,
            at=self.clock(now),
            sealed=sealed,
            unsealed=len(self.unsealed) + (self.begun is not None),
            received=self.received,
        )

    def schedule(self, now: int, delay: int) -> None:
        state = self.state
        if not (self.begun or self.folded.erased_event or "erasure" in state or is_held(state)):
            after = self.clock(now) + delay
            self.record("erasure.scheduled.v1", now, execute_after=after, basis=BASIS)

    def execute(self, now: int, members: set[str]) -> bool:
        """Erases what it scheduled itself, if all conditions hold."""
        due = self._due(now)
        if due is None or self.begun or is_held(self.state):
            return False
        silent = unanswered(
            due, here=self.name, members=members, heard=self.heard, received=self.received
        )
        if silent:
            return False
        self.record("entity.erased.v1", now, basis=BASIS, scheduled=str(due.event_id))
        return True

    def _due(self, now: int) -> Schedule | None:
        for value in self.folded.state:
            if value.attribute == "erasure":
                event = self.events[value.event_id]
                after = value.value["execute_after"]
                place = [
                    number
                    for number, one in self.sequences.get(event.origin, {}).items()
                    if one is event
                ]
                sequence = place[0] if place else None
                if event.origin == self.origin and after <= self.clock(now):
                    return Schedule(
                        ENTITY, event.event_id, BASIS, event.hlc, after, event.origin, sequence
                    )
        return None
