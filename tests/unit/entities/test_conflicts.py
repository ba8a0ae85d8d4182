"""Rule 7 of the fold: what is a conflict, what it is called, and what ends it."""

from uuid import uuid5

import pytest

from entities.fold import Conflict, closing_event, fold
from tests.builders import ENTITY, OTHER, a_created, an_event, an_instant

LOC2 = "loc2/1"


def test_concurrent_values_are_a_conflict_until_somebody_who_saw_them_writes():
    created = a_created(at="08:00", details={"PHONE": "0"})
    here = an_event(at="10:00", seq=2, details={"PHONE": "1"})
    there = an_event(at="11:00", origin=LOC2, sees={"loc1/1": 1}, details={"PHONE": "2"})
    resolved = an_event(
        type="conflict.resolved.v1", at="12:00", seq=3, sees={LOC2: 1}, details={"PHONE": "2"}
    )

    (conflict,) = fold([created, here, there]).conflicts

    assert conflict == Conflict(
        conflict_id=conflict.conflict_id,
        attribute="PHONE",
        heads=tuple(sorted([here.event_id, there.event_id])),
        opened_hlc=an_instant("11:00"),
    )
    everything = [created, here, there, resolved]
    assert fold(everything).conflicts == ()
    assert closing_event(everything, "PHONE", conflict.heads) == resolved.event_id
    assert closing_event(everything[:3], "PHONE", conflict.heads) is None


def test_the_id_of_a_conflict_is_the_same_everywhere():
    heads = [
        a_created(at="08:00", details={"PHONE": "0"}),
        an_event(at="10:00", origin=LOC2, details={"PHONE": "1"}),
    ]

    (conflict,) = fold(heads).conflicts

    ids = sorted(str(event.event_id) for event in heads)
    assert conflict.conflict_id == uuid5(ENTITY, f"PHONE\n{ids[0]}\n{ids[1]}")
    assert str(conflict.conflict_id) == "1fc21e90-1771-5db6-9b94-fd775d2b7ff0"


def test_the_same_value_said_twice_is_no_conflict():
    events = [
        a_created(at="08:00", details={"PHONE": "1"}),
        a_created(at="08:00", origin=LOC2, details={"PHONE": "1"}),
    ]

    assert fold(events).conflicts == ()


@pytest.mark.parametrize(
    ("ending", "attribute"),
    [
        ({"type": "entity.deleted.v1"}, "alive"),
        ({"type": "entity.merged.v1", "into": str(OTHER)}, "merged_into"),
    ],
)
def test_an_update_that_races_a_delete_or_a_merge_is_shown(ending, attribute):
    created = a_created(at="08:00")
    ended = an_event(at="09:00", seq=2, **ending)
    racing = an_event(at="10:00", origin=LOC2, sees={"loc1/1": 1}, details={"PHONE": "1"})
    informed = an_event(at="10:00", origin=LOC2, sees={"loc1/1": 2}, details={"PHONE": "1"})

    assert [c.attribute for c in fold([created, ended, racing]).conflicts] == [attribute]
    assert fold([created, ended, informed]).conflicts == ()


def test_a_void_of_a_head_ends_the_conflict():
    created = a_created(at="08:00", details={"PHONE": "0"})
    there = an_event(at="09:00", origin=LOC2, details={"PHONE": "1"})
    void = an_event(type="event.voided.v1", at="10:00", seq=2, event_id=str(there.event_id))
    (conflict,) = fold([created, there]).conflicts

    folded = fold([created, there, void])

    assert folded.conflicts == ()
    assert folded.voided == {there.event_id}
    assert closing_event([created, there, void], "PHONE", conflict.heads) == void.event_id


def test_a_resolution_that_was_voided_ends_nothing():
    heads = [
        a_created(at="08:00", details={"PHONE": "0"}),
        an_event(at="09:00", origin=LOC2, details={"PHONE": "1"}),
    ]
    resolved = an_event(at="10:00", seq=2, sees={LOC2: 1}, details={"PHONE": "1"})
    void = an_event(type="event.voided.v1", at="11:00", seq=3, event_id=str(resolved.event_id))

    (conflict,) = fold([*heads, resolved, void]).conflicts

    assert closing_event([*heads, resolved, void], "PHONE", conflict.heads) is None


def test_a_third_head_makes_a_wider_conflict_of_it():
    heads = [
        a_created(at="08:00", details={"PHONE": "0"}),
        an_event(at="09:00", origin=LOC2, details={"PHONE": "1"}),
        an_event(at="10:00", origin="loc3/1", details={"PHONE": "2"}),
    ]
    (narrow,) = fold(heads[:2]).conflicts

    (wide,) = fold(heads).conflicts

    assert len(wide.heads) == 3
    assert closing_event(heads, "PHONE", narrow.heads) == heads[2].event_id


def test_an_erasure_ends_every_conflict():
    heads = [
        a_created(at="08:00", details={"PHONE": "0"}),
        an_event(at="09:00", origin=LOC2, details={"PHONE": "1"}),
    ]
    erased = an_event(type="entity.erased.v1", at="10:00", origin="loc3/1", basis="request")
    (conflict,) = fold(heads).conflicts

    assert closing_event([*heads, erased], "PHONE", conflict.heads) == erased.event_id
