"""Who stands for whom: whatever was merged into whatever, exactly one of those linked stands."""

from collections.abc import Collection
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from entities.standing import Edge, effective, stranded, survivors
from tests.builders import an_id
from tests.unit.entities.crossings import PEOPLE, lived, steps, view

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


@given(steps, st.randoms(use_true_random=False))
def test_crossing_merges_at_three_locations_come_to_the_same_and_lose_nobody(done, chance):
    everything = lived(done)

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
