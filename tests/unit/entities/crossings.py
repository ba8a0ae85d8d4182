"""Three locations that merge, un-merge, delete and rename the same people and meet now and then."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from hypothesis import strategies as st

from entities.assertions import ALIVE, MERGED_INTO
from entities.fold import fold
from entities.standing import Edge, effective
from events.event import Event
from tests.builders import a_created, an_event, an_id

PEOPLE = [an_id(f"person {number}") for number in range(7)]


class Location:
    """Writes of all people at one location, with the rules of its door."""

    def __init__(self, number: int, events: Iterable[Event]) -> None:
        self.origin = f"loc{number}/1"
        self.events = {event.event_id: event for event in events}

    def of(self, uid: UUID) -> list[Event]:
        return [event for event in self.events.values() if event.entity_uid == uid]

    def view(self) -> tuple[dict[UUID, Edge], set[UUID]]:
        return view(self.events.values())

    def write(self, uid: UUID, verb: str, *, wall: int, **data: object) -> None:
        known = self.of(uid)
        vv: dict[str, int] = {}
        for event in known:
            vv[event.origin] = max(vv.get(event.origin, 0), event.entity_seq)
        seq = vv.pop(self.origin, 0) + 1
        at = max([wall, *(event.hlc + 1 for event in known)])
        event = an_event(
            type=f"entity.{verb}.v1",
            entity_uid=uid,
            origin=self.origin,
            seq=seq,
            sees=vv,
            at=at,
            **data,
        )
        self.events[event.event_id] = event


def view(events: Iterable[Event]) -> tuple[dict[UUID, Edge], set[UUID]]:
    """The merges that hold and who lives."""
    by_entity: dict[UUID, list[Event]] = {}
    for event in events:
        by_entity.setdefault(event.entity_uid, []).append(event)
    edges, living = [], set()
    for uid, said in by_entity.items():
        state = {row.attribute: row for row in fold(said).state}
        keys = {event.event_id: event.key for event in said}
        if MERGED_INTO in state:
            row = state[MERGED_INTO]
            edges.append(Edge(uid, UUID(row.value), keys[row.event_id]))
        if ALIVE in state and state[ALIVE].value:
            living.add(uid)
    return effective(edges), living


Step = tuple[int, str, int, int]
steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["merge"] * 4 + ["unmerge"] * 2 + ["delete", "restore", "meet", "rename"]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=24,
)


def act(places: Mapping[int, Location], step: Step, wall: int) -> None:
    number, verb, first, second = step
    place, one, other = places[number], PEOPLE[first], PEOPLE[second]
    edges, living = place.view()
    standing_here = living - edges.keys()
    if verb == "meet":
        peer = places[(number + 1) % 3]
        place.events |= peer.events
    elif verb == "merge" and one != other and {one, other} <= standing_here:
        place.write(one, "merged", wall=wall, into=str(other))
    elif verb == "unmerge" and one in edges:
        place.write(one, "unmerged", wall=wall)
    elif verb == "delete" and one in standing_here:
        place.write(one, "deleted", wall=wall)
    elif verb == "restore" and one not in living and one not in edges:
        place.write(one, "restored", wall=wall)
    elif verb == "rename" and one in standing_here:
        place.write(one, "updated", wall=wall, details={"NAME": str(wall)})


def lived(done: Sequence[Step]) -> list[Event]:
    """All that the three have written after these steps."""
    born = [a_created(entity_uid=uid, at=10, origin="loc1/1") for uid in PEOPLE[:5]]
    places = {number: Location(number + 1, born) for number in range(3)}
    for count, step in enumerate(done):
        act(places, step, wall=1_000 + 10 * count)
    return list({**places[0].events, **places[1].events, **places[2].events}.values())
