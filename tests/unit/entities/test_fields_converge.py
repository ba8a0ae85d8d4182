"""Fields proposed, decided about and filled at three locations that hear of each other now and
then: whatever the interleaving, all end with one definition, one list of open conflicts and every
value."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from entities.definitions import AUTHORISED, PROPOSED, REJECTED, RETIRED, STATUSES
from entities.fold import digest, fold
from entities.settling import settlement
from tests.builders import ENTITY, OTHER
from tests.unit.entities.histories import Location

FIELD, PERSON = OTHER, ENTITY
# Where a decision may lead, as entities/governance.py has it.
DECISIONS = {
    None: (),
    PROPOSED: (AUTHORISED, REJECTED),
    AUTHORISED: (RETIRED,),
    RETIRED: (AUTHORISED,),
    REJECTED: (AUTHORISED,),
}
LABELS = ("Language", "Reading language", "Język")
OPTIONS = (["polski"], ["polski", "English"], ["English"])
VALUES = ("polski", "English", None)
ACTS = ("decide", "decide", "amend", "value", "value", "propose", "hear")


class Place:
    """A location that knows a part of what was said of the field and of one person."""

    def __init__(self, number):
        self.field = Location(number)
        self.person = Location(number)

    def holds(self, code):
        folded = fold(self.field.events.values())
        rows = [row for row in folded.detail_versions if row.detail_code == code]
        return next((row.value for row in rows if row.valid_to is None), None)

    def say(self, verb, wall, name, **details):
        event_type = f"detail_type.{verb}.v1"
        data = {"details": details, "entity_uid": FIELD}
        return self.field.write(wall=wall, name=name, event_type=event_type, data=data)

    def hear(self, others, rng):
        """A part of what others know, in no order."""
        for mine, theirs in ((self.field, "field"), (self.person, "person")):
            known = [event for one in others for event in getattr(one, theirs).events.values()]
            for event in rng.sample(known, rng.randint(0, len(known))):
                mine.events[event.event_id] = event


def act(place, others, what, rng, wall, name):
    """What people may do there, by what is known there; nothing if they may not."""
    status = place.holds("STATUS")
    if what == "hear":
        place.hear(others, rng)
    elif what == "propose" and status in (None, REJECTED):
        verb = rng.choice(["proposed", "authorised"])
        parts = {"CODE": "LANGUAGE", "LABEL": rng.choice(LABELS), "TYPE": "choice"}
        place.say(verb, wall, name, **parts, OPTIONS=rng.choice(OPTIONS))
    elif what == "decide" and DECISIONS[status]:
        place.say(rng.choice(DECISIONS[status]), wall, name)
    elif what == "amend" and status is not None:
        part, values = rng.choice([("LABEL", LABELS), ("OPTIONS", OPTIONS), ("ORDER", (1, 2))])
        place.say("amended", wall, name, **{part: rng.choice(values)})
    elif what == "value" and status == AUTHORISED:
        details = {"LANGUAGE": rng.choice(VALUES)}
        data = {"details": details, "entity_uid": PERSON}
        place.person.write(wall=wall, name=f"p{name}", event_type="entity.updated.v1", data=data)


def a_world(seed, steps):
    """Three places after so many acts; the person was created at the first."""
    rng = random.Random(seed)
    places = [Place(number) for number in (1, 2, 3)]
    born = {"entity_type": "PERSON", "details": {"SURNAME": "S"}, "entity_uid": PERSON}
    places[0].person.write(wall=1, name="born", event_type="entity.created.v1", data=born)
    for step in range(steps):
        place = rng.choice(places)
        others = [one for one in places if one is not place]
        act(place, others, rng.choice(ACTS), rng, 10 + step // rng.randint(1, 4), step)
    return places, rng


def all_of(places, what):
    return {event.event_id: event for one in places for event in getattr(one, what).events.values()}


def folded_everywhere(places, what, rng, uid):
    """Each place folds the same set as it came: in an order of its own, with repeats."""
    events = list(all_of(places, what).values())
    results = []
    for _ in places:
        came = [*events, *rng.sample(events, len(events) // 2)]
        rng.shuffle(came)
        results.append(fold(came))
    assert all(one == results[0] for one in results)
    assert len({digest(uid, one) for one in results}) == 1
    return results[0]


@settings(max_examples=500, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(2, 30))
def test_locations_that_govern_a_field_apart_end_alike(seed, steps):
    places, rng = a_world(seed, steps)

    field = folded_everywhere(places, "field", rng, FIELD)
    person = folded_everywhere(places, "person", rng, PERSON)

    said = all_of(places, "field").values()
    status = [row.value for row in field.detail_versions if row.detail_code == "STATUS"]
    assert set(status) <= set(STATUSES)
    assert bool(status) == bool(said)
    assert_last_word(field, said)
    assert_conflicts(field, said)
    assert_no_value_is_lost(person, all_of(places, "person").values())


def assert_last_word(field, said):
    """Which decision holds is the latest one's, whoever heard of whom (rule 3)."""
    deciding = [event for event in said if not event.type.endswith("amended.v1")]
    if deciding:
        last = max(deciding, key=lambda event: event.key)
        [now] = [
            row.value
            for row in field.detail_versions
            if row.detail_code == "STATUS" and row.valid_to is None
        ]
        assert last.type == f"detail_type.{now}.v1"


def assert_conflicts(field, said):
    """Open is what nobody has said with knowledge of both sides."""
    deciding = [event for event in said if not event.type.endswith("amended.v1")]
    unseen = [
        one
        for one in deciding
        if not any(one.entity_seq <= other.basevv.get(one.origin, 0) for other in deciding)
    ]
    is_open = "STATUS" in {conflict.attribute for conflict in field.conflicts}
    assert is_open == (len({event.type for event in unseen}) > 1)


def assert_no_value_is_lost(person, said):
    """Whatever became of the field, the person has the value that was given last."""
    given_values = [event for event in said if "LANGUAGE" in event.data["details"]]
    held = [row for row in person.detail_versions if row.detail_code == "LANGUAGE"]
    now = next((row.value for row in held if row.valid_to is None), None)
    last = max(given_values, key=lambda event: event.key, default=None)
    assert now == (last.data["details"]["LANGUAGE"] if last else None)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(4, 30), choice=st.sampled_from(STATUSES))
def test_one_decision_with_knowledge_of_all_ends_the_conflict_everywhere(seed, steps, choice):
    places, rng = a_world(seed, steps)
    everything = all_of(places, "field")
    if not everything:
        return
    judge = places[rng.randrange(3)]
    judge.field.events = dict(everything)

    event_type, data = settlement(attribute="STATUS", value=choice, reserved_type="DETAIL_TYPE")
    wall = max(event.hlc for event in everything.values())
    judge.field.write(
        wall=wall, name="settled", event_type=event_type, data={**data, "entity_uid": FIELD}
    )

    field = folded_everywhere(places, "field", rng, FIELD)
    assert "STATUS" not in {conflict.attribute for conflict in field.conflicts}
    assert judge.holds("STATUS") == choice
