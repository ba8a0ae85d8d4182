"""A hold against an erasure at several locations, cut off from each other and not, in any order."""

import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from entities.erasure_rules import Schedule, may_place_hold
from entities.fold import digest
from tests.builders import ENTITY
from tests.unit.entities.places import Place

SEEDS, STEPS = 200, 60
SECOND = 1_000_000
SKEWS = (-8 * SECOND, 0, 5 * SECOND)
DELAYS = (0, 4 * SECOND, 10 * SECOND)


class World:
    """Two or three places and what truly stands, whoever knows it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        count = chance.choice((2, 2, 3))
        self.places = [Place(f"loc{n}", chance.choice(SKEWS)) for n in range(1, count + 1)]
        self.now = 1_790_000_000 * SECOND
        self.cut: set[frozenset[str]] = set()
        self.standing: set[str] = set()  # holds accepted anywhere, not lifted anywhere
        self.did: Counter[str] = Counter()
        created = self.places[0].record(
            "entity.created.v1", self.now, entity_type="PERSON", details={"SURNAME": "A"}
        )
        self.places[0].seal()
        for place in self.places[1:]:
            place.take(created.origin, 1, created)
        self.places[0].schedule(self.now, chance.choice(DELAYS))
        self.places[0].seal()

    def step(self) -> None:
        acts = (
            (self.wait, 4),
            (self.hold, 2),
            (self.commit, 1),
            (self.lift, 2),
            (self.schedule, 4),
            (self.seal, 2),
            (self.deliver, 4),
            (self.beat, 6),
            (self.execute, 12),
            (self.change_link, 1),
        )
        act = self.chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        act(self.chance.choice(self.places))

    def wait(self, place: Place) -> None:
        self.now += self.chance.choice((1, SECOND, 3 * SECOND))

    def hold(self, place: Place) -> None:
        if place.begin_hold(self.now):
            self.standing.add(f"hold:{place.begun}")
            self.did["held"] += 1

    def commit(self, place: Place) -> None:
        place.commit_hold(self.now)

    def lift(self, place: Place) -> None:
        if not place.begun:
            self.standing.difference_update(place.lift(self.now))

    def schedule(self, place: Place) -> None:
        place.schedule(self.now, self.chance.choice(DELAYS))

    def seal(self, place: Place) -> None:
        place.seal()

    def deliver(self, place: Place) -> None:
        """Something of a peer that is reachable, in the order of Kafka or not."""
        peer = self.chance.choice(self.places)
        if self.is_cut(place, peer):
            return
        for origin, sent in peer.sequences.items():
            new = sent.keys() - place.sequences.get(origin, {}).keys()
            for sequence in sorted(new)[: self.chance.choice((1, 5))]:
                place.take(origin, sequence, sent[sequence])

    def beat(self, place: Place) -> None:
        told = place.tell(self.now)
        for peer in self.places:
            if peer is not place and not self.is_cut(place, peer):
                peer.heard[place.name] = told

    def execute(self, place: Place) -> None:
        if place.execute(self.now, {one.name for one in self.places}):
            self.did["erased"] += 1
            assert not self.standing, "erased under a hold that was placed in time"

    def change_link(self, place: Place) -> None:
        pair = frozenset((place.name, self.chance.choice(self.places).name))
        self.cut ^= {pair}

    def is_cut(self, one: Place, other: Place) -> bool:
        return frozenset((one.name, other.name)) in self.cut

    def settle(self) -> None:
        """All links are up again, all work is done, and time goes on."""
        self.cut.clear()
        is_lifting = self.chance.random() < 0.5
        for _ in range(8):
            self.now += 10 * SECOND
            for place in self.places:
                place.commit_hold(self.now)
                if is_lifting:
                    self.lift(place)
                place.seal()
            for place in self.places:
                for _ in range(20):
                    self.deliver(place)
            for place in self.places:
                self.beat(place)
            for place in self.places:
                self.execute(place)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_never_erased_under_a_hold_and_always_the_same_end(seed):
    world = lived(seed)

    ends = {digest(ENTITY, place.folded) for place in world.places}
    assert len(ends) == 1
    assert len({place.folded.erased_event for place in world.places}) == 1
    erased = world.places[0].folded.erased_event
    planned = "erasure" in world.places[0].state
    assert bool(erased) or not planned or bool(world.standing)


def lived(seed: int) -> World:
    world = World(random.Random(seed))
    for _ in range(STEPS):
        world.step()
    world.settle()
    return world


def test_the_world_erases_and_holds_often_enough_to_mean_something():
    did = sum((lived(seed).did for seed in range(40)), Counter())

    assert did["held"] > 20
    assert did["erased"] > 10


def test_a_long_delay_leaves_the_whole_deadline_for_answers():
    day = timedelta(days=1) // timedelta(microseconds=1)
    planned = Schedule(ENTITY, uuid4(), "retention", 0, 60 * day, "loc1/1", 1)

    deadline = timedelta(days=30)
    assert not planned.is_past_deadline(now_us=61 * day, deadline=deadline)
    assert planned.is_past_deadline(now_us=90 * day, deadline=deadline)


@pytest.mark.parametrize(
    ("after", "now", "may"), [(None, 5, True), (6, 5, True), (5, 5, False), (4, 5, False)]
)
def test_from_the_hour_on_nobody_is_held(after, now, may):
    assert may_place_hold(execute_after_us=after, now_us=now) is may
