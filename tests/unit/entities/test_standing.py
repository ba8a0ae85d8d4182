"""Who stands for whom: whatever was merged into whatever, exactly one of those linked stands."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from entities.assertions import ALIVE, MERGED_INTO
from entities.fold import fold
from entities.standing import Edge, effective, stranded, survivors
from events.event import Event
from tests.builders import a_created, an_event, an_id

PEOPLE = [an_id(f"person {number}") for number in range(7)]
A, B, C, D, *_ = PEOPLE


def an_edge(loser: UUID, into: UUID, at: int) -> Edge:
    return Edge(loser, into, (at, "loc1/1", an_id(f"{loser} {into} {at}")))


def standing(*edges: Edge) -> dict[UUID, UUID]:
    return survivors(effective(edges))


def linked(edges: Collection[Edge]) -> list[set[UUID]]:
    """The connected components, by brute force."""
    groups = [{edge.loser, edge.into} for edge in edges]
    for group in list(groups):
        touching = [other for other in groups if other & group]
        groups = [other for other in groups if not other & group]
        groups.append(set[UUID]().union(*touching))
    return groups


@st.composite
def merges(draw: st.DrawFn) -> list[Edge]:
    """At most one edge per loser; into itself, too, since another location may send anything."""
    into = st.lists(st.sampled_from([*PEOPLE, None]), min_size=7, max_size=7)
    order = draw(st.permutations(range(7)))
    chosen = zip(PEOPLE, draw(into), order, strict=True)
    return [an_edge(loser, other, at) for loser, other, at in chosen if other]


def test_chain_ends_at_its_last():
    assert standing(an_edge(A, B, 1), an_edge(B, C, 2)) == {A: C, B: C}


def test_two_merged_into_each_other_leave_the_one_that_was_merged_last():
    assert standing(an_edge(A, B, 1), an_edge(B, A, 2)) == {A: B}


def test_ring_with_a_tail_leaves_one():
    ring = [an_edge(A, B, 3), an_edge(B, C, 1), an_edge(C, A, 2), an_edge(D, C, 9)]

    assert standing(*ring) == {B: A, C: A, D: A}


def test_one_merged_into_itself_stands():
    assert standing(an_edge(A, A, 1)) == {}


def test_last_living_one_before_a_dead_end_is_stranded():
    chain = effective([an_edge(A, B, 1), an_edge(B, C, 2), an_edge(C, D, 3)])

    assert stranded(chain, {A, B}) == [B]
    assert stranded(chain, {A}) == [A]
    assert stranded(chain, {A, B, D}) == []


@given(merges())
def test_exactly_one_of_those_linked_stands_and_all_others_lead_to_it(edges: list[Edge]):
    found = standing(*edges)

    for group in linked(edges):
        [stands] = group - found.keys()
        assert {found[other] for other in group - {stands}} <= {stands}


@given(merges(), st.randoms(use_true_random=False))
def test_order_of_merges_does_not_matter(edges: list[Edge], chance):
    again = list(edges)
    chance.shuffle(again)

    assert standing(*again) == standing(*edges)


@given(merges())
def test_only_the_greatest_merge_of_a_ring_counts_as_absent(edges: list[Edge]):
    kept = effective(edges)

    by_loser = {edge.loser: edge for edge in edges}
    for edge in edges:
        ring, at = [edge], by_loser.get(edge.into)
        while at and at not in ring:
            ring.append(at)
            at = by_loser.get(at.into)
        is_in_ring = at == edge
        assert (edge.loser not in kept) == (is_in_ring and edge == max(ring, key=lambda e: e.key))


@given(merges(), st.sets(st.sampled_from(PEOPLE)))
def test_nobody_living_is_lost_without_somebody_being_named(edges: list[Edge], living: set[UUID]):
    kept = effective(edges)
    named = stranded(kept, living)
    found = survivors(kept)

    assert all(one in living and found[one] not in living for one in named)
    for one in living & found.keys() - set(named):
        way = [one]
        while way[-1] in kept:
            way.append(kept[way[-1]].into)
        assert way[-1] in living or set(way) & set(named)


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


@given(steps, st.randoms(use_true_random=False))
def test_crossing_merges_at_three_locations_come_to_the_same_and_lose_nobody(done, chance):
    born = [a_created(entity_uid=uid, at=10, origin="loc1/1") for uid in PEOPLE[:5]]
    places = {number: Location(number + 1, born) for number in range(3)}

    for count, step in enumerate(done):
        act(places, step, wall=1_000 + 10 * count)

    everything = list({**places[0].events, **places[1].events, **places[2].events}.values())
    edges, living = view(everything)
    chance.shuffle(everything)
    assert view(everything) == (edges, living)
    found, named = survivors(edges), stranded(edges, living)
    for one in living:
        way = [one]
        while way[-1] in edges:
            way.append(edges[way[-1]].into)
        assert found.get(one, one) == way[-1]
        assert way[-1] in living or set(way) & set(named)
