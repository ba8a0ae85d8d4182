"""Strategy: histories of one entity as two or three locations that meet now and then write them."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from events.clock import next_hlc
from events.event import Event
from tests.builders import OTHER, an_event, an_id

MAX_EVENTS = 14
CODES = ("SURNAME", "NAME", "PHONE")
VALUES = ("Ő", "ő", None, True, 1, "1")
details = st.dictionaries(st.sampled_from(CODES), st.sampled_from(VALUES), max_size=2)
labels = st.fixed_dictionaries(
    {"details": st.dictionaries(st.just("LABEL"), st.sampled_from(["L", None]))}
)
naming = st.fixed_dictionaries(
    {},
    optional={
        "display_name": st.sampled_from(["Mill", "Ő", None]),
        "entity_type": st.sampled_from(["PERSON", "PERSON", "INSTITUTION", None]),
        "details": details,
    },
)
creations = st.fixed_dictionaries(
    {"entity_type": st.sampled_from(["PERSON", "PERSON", "INSTITUTION"]), "details": details}
)
updates = st.fixed_dictionaries({"details": details})
nothing = st.just({})
others = st.sampled_from([str(OTHER), str(an_id("third"))])
holds = st.fixed_dictionaries({"hold_id": st.sampled_from(["h1", "h2"])})
schedules = st.fixed_dictionaries(
    {"execute_after": st.sampled_from([5, 9]), "basis": st.just("request")}
)

# An update is by far the most common thing to happen.
WRITES: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "entity.updated.v1": updates | naming,
    "entity.created.v1": creations,
    "conflict.resolved.v1": updates,
    "entity.deleted.v1": nothing,
    "entity.restored.v1": nothing,
    "entity.merged.v1": st.fixed_dictionaries({"into": others}),
    "entity.unmerged.v1": nothing,
    "entity.distinguished.v1": st.fixed_dictionaries({"other": others, "same": st.booleans()}),
    "hold.placed.v1": holds,
    "hold.lifted.v1": holds,
    "erasure.scheduled.v1": schedules,
    "erasure.cancelled.v1": st.just({"scheduled": str(OTHER)}),
    "entity.restricted.v1": nothing,
    "entity.unrestricted.v1": nothing,
    "detail_type.proposed.v1": labels,
    "detail_type.authorised.v1": labels,
    "detail_type.retired.v1": labels,
}
COMMON = ["entity.updated.v1"] * 8 + ["entity.deleted.v1", "entity.restored.v1"]


class Location:
    """Who writes: knows some of the events, in which prefixes it stamps what it makes."""

    def __init__(self, number: int) -> None:
        self.origin = f"loc{number}/1"
        self.events: dict[Any, Event] = {}

    def vv(self) -> dict[str, int]:
        known = {(e.origin, e.entity_seq) for e in self.events.values()}
        vector: dict[str, int] = {}
        for origin in {origin for origin, _ in known}:
            while (origin, vector.get(origin, 0) + 1) in known:
                vector[origin] = vector.get(origin, 0) + 1
        return vector

    def write(self, *, wall: int, name: int, event_type: str, data: dict[str, Any]) -> Event:
        vv = self.vv()
        event = an_event(
            type=event_type,
            at=next_hlc(
                wall_us=wall,
                last_hlc=max((e.hlc for e in self.events.values()), default=0),
                floor=0,
            ),
            origin=self.origin,
            seq=vv.get(self.origin, 0) + 1,
            sees=vv,
            name=f"event {name}",
            **data,
        )
        self.events[event.event_id] = event
        return event


@st.composite
def histories(draw) -> list[Event]:
    """Distinct events of one entity in the order in which they were written. Locations receive
    arbitrary subsets of each other's events, their clocks tie, and much is back-dated."""
    locations = [Location(number) for number in range(1, draw(st.integers(2, 3)) + 1)]
    written: list[Event] = []
    wall = 10
    for step in range(draw(st.integers(1, MAX_EVENTS))):
        location = draw(st.sampled_from(locations))
        wall += draw(st.integers(0, 2))
        if written and draw(st.integers(0, 2)) == 2:
            received = draw(st.lists(st.sampled_from(written), max_size=5) | st.just(written))
            location.events |= {event.event_id: event for event in received}
        event_type, data = draw(_writes(written, is_first=step == 0))
        if draw(st.integers(0, 2)) == 2:
            data = data | {"valid_from": draw(st.integers(5, wall + 2))}
        written.append(location.write(wall=wall, name=step, event_type=event_type, data=data))
    return written


@st.composite
def _writes(draw, written: list[Event], *, is_first: bool) -> tuple[str, dict[str, Any]]:
    if is_first and draw(st.integers(0, 5)) < 5:
        return "entity.created.v1", draw(creations)
    if written and draw(st.integers(0, 9)) == 9:
        targets = [event.event_id for event in written] + [an_id("of another entity")]
        return "event.voided.v1", {"event_id": str(draw(st.sampled_from(targets)))}
    if draw(st.integers(0, 39)) == 39:
        return "entity.erased.v1", {"basis": "request"}
    event_type = draw(st.sampled_from(COMMON + sorted(WRITES)))
    return event_type, draw(WRITES[event_type])
