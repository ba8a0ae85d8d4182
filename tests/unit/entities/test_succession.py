"""The two short cuts: the next event on top of a result, and some attributes from the log."""

import pytest

from entities.fold import (
    EMPTY,
    advance,
    attributes_of,
    closure,
    digest,
    fold,
    hashdiff,
    is_enough,
    is_fast,
    refold,
    succeeds,
)
from tests.builders import ENTITY, OTHER, a_created, an_event, an_id, an_instant

PERSON = a_created(at="08:00", display_name="X", details={"SURNAME": "Ősz", "PHONE": "1"})
DELETED = an_event(type="entity.deleted.v1", at="09:00", seq=2)


@pytest.mark.parametrize(
    ("overrides", "head", "expected"),
    [
        ({}, {}, True),
        ({"valid_from": "08:00"}, {}, False),
        ({"at": "08:00"}, {}, False),
        ({"sees": {"loc2/1": 1}}, {}, False),
        ({"sees": {"loc2/1": 3}}, {}, True),
        ({}, {"revision": 4}, False),
        ({}, {"vv": {"loc1/1": 1, "loc2/1": 2, "loc3/1": 1}, "revision": 4}, False),
    ],
)
def test_a_successor_is_newer_and_has_seen_everything(overrides, head, expected):
    event = an_event(**{"at": "10:00", "seq": 2, "sees": {"loc2/1": 2}} | overrides)
    counters = {
        "last_hlc": an_instant("08:00"),
        "vv": {"loc1/1": 1, "loc2/1": 2},
        "revision": 3,
    }

    assert succeeds(event, **counters | head) is expected


@pytest.mark.parametrize(
    ("known", "change", "expected"),
    [
        ([PERSON], {"details": {"PHONE": "2"}}, True),
        ([PERSON], {"details": {"SURNAME": "Tél", "NAME": "Éva"}}, True),
        ([PERSON], {"details": {"SURNAME": None, "NAME": "Éva"}}, True),
        ([PERSON], {"details": {"SURNAME": None}}, False),
        ([PERSON], {"details": {"SURNAME": None}, "display_name": "Y"}, True),
        ([PERSON], {"display_name": "Y"}, True),
        ([PERSON], {"entity_type": "PERSON"}, True),
        ([PERSON], {"entity_type": "INSTITUTION"}, False),
        ([PERSON], {"type": "entity.deleted.v1"}, True),
        ([PERSON], {"type": "entity.restored.v1"}, True),
        ([PERSON], {"type": "entity.merged.v1", "into": str(OTHER)}, True),
        ([PERSON], {"type": "hold.placed.v1", "hold_id": "h1"}, True),
        ([PERSON], {"type": "entity.created.v1"}, False),
        ([PERSON], {"type": "event.voided.v1", "event_id": str(PERSON.event_id)}, False),
        ([PERSON], {"type": "entity.erased.v1", "basis": "request"}, True),
        ([PERSON, DELETED], {"details": {"SURNAME": None}}, True),
        ([PERSON, DELETED], {"type": "entity.restored.v1"}, False),
        ([], {"type": "entity.created.v1"}, False),
    ],
)
def test_the_fast_path_is_taken_where_the_result_tells_enough(known, change, expected):
    event = an_event(**{"at": "10:00", "seq": len(known) + 1} | change)
    folded = fold(known)

    assert is_fast(folded, event) is expected
    if expected:
        assert advance(folded, event) == fold([*known, event])


def test_the_fast_path_ends_the_conflicts_of_what_it_asserts():
    there = an_event(at="09:00", origin="loc2/1", details={"PHONE": "2", "NAME": "Éva"})
    rival = an_event(at="09:00", origin="loc3/1", details={"NAME": "Ida"})
    known = [PERSON, there, rival]
    choice = an_event(at="10:00", seq=2, sees={"loc2/1": 1, "loc3/1": 1}, details={"PHONE": "2"})

    advanced = advance(fold(known), choice)

    assert [c.attribute for c in fold(known).conflicts] == ["NAME", "PHONE"]
    assert [c.attribute for c in advanced.conflicts] == ["NAME"]
    assert advanced == fold([*known, choice])


def test_an_erased_entity_stays_as_it_is():
    erased = fold([PERSON, an_event(type="entity.erased.v1", at="09:00", seq=2, basis="age")])
    event = an_event(type="entity.created.v1", at="10:00", seq=3)

    assert is_fast(erased, event)
    assert advance(erased, event) == erased


def test_advancing_what_is_not_fast_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="is_fast"):
        advance(fold([PERSON]), an_event(at="10:00", seq=2, details={"SURNAME": None}))


@pytest.mark.parametrize("attribute", ["alive", "entity_type", "merged_into", "voided", "erased"])
def test_life_type_merge_void_and_erasure_concern_the_whole_entity(attribute):
    assert closure({"PHONE", attribute}) is None


def test_names_are_refolded_with_all_that_a_name_is_made_of():
    names = {"SURNAME", "NAME", "display_name", "entity_type"}

    assert names <= closure({"SURNAME"})
    assert not names & closure({"PHONE"})
    assert "PHONE" in closure({"PHONE"})


def test_a_late_event_refolds_only_its_attributes():
    known = [PERSON, an_event(at="12:00", seq=2, details={"PHONE": "3", "NAME": "Éva"})]
    late = an_event(at="10:00", origin="loc2/1", details={"PHONE": "2"})
    needed = closure(attributes_of(late))
    read = [event for event in [*known, late] if attributes_of(event) & needed]

    refolded = refold(fold(known), read, attributes_of(late))

    assert refolded == fold([*known, late])


def test_a_refold_leaves_out_what_was_voided_before_it_arrived():
    late = an_event(at="10:00", origin="loc2/1", details={"PHONE": "2"})
    void = an_event(type="event.voided.v1", at="11:00", seq=2, event_id=str(late.event_id))
    known = [PERSON, void]

    refolded = refold(fold(known), [*known, late], attributes_of(late))

    assert refolded == fold([*known, late])
    assert refolded.voided == {late.event_id}


def test_an_arrival_that_asserts_nothing_may_be_voided_too():
    late = an_event(at="10:00", origin="loc2/1", details={})
    void = an_event(type="event.voided.v1", at="11:00", seq=2, event_id=str(late.event_id))
    read = [event for event in [PERSON, void] if attributes_of(event) & closure(())]

    assert refold(fold([PERSON, void]), [*read, late], ()) == fold([PERSON, void, late])


def test_a_refold_that_meets_an_erasure_comes_to_nothing():
    erased = an_event(type="entity.erased.v1", at="09:00", seq=2, basis="age")

    assert refold(EMPTY, [PERSON, erased], {"PHONE"}) == fold([PERSON, erased])


@pytest.mark.parametrize("ending", [{"type": "entity.deleted.v1"}, {"type": "entity.merged.v1"}])
def test_against_a_delete_or_merge_every_update_counts(ending):
    ended = an_event(at="09:00", seq=2, into=str(OTHER), **ending)

    assert not is_enough([PERSON, ended], {"PHONE"})
    assert is_enough([PERSON, ended], {"alive"})
    with pytest.raises(ValueError, match="fold it"):
        refold(fold([PERSON]), [PERSON, ended], {"PHONE"})


def test_voids_and_erasures_can_be_found_by_attribute():
    void = an_event(type="event.voided.v1", event_id=str(an_id("x")))
    erased = an_event(type="entity.erased.v1", basis="age")

    assert attributes_of(void) == {"voided"}
    assert attributes_of(erased) == {"erased"}


def test_attributes_are_what_is_asserted_without_the_claims_of_rule_7():
    assert attributes_of(an_event(details={"PHONE": None})) == {"PHONE"}
    assert attributes_of(PERSON) == {"alive", "entity_type", "display_name", "SURNAME", "PHONE"}


def test_the_digest_is_pinned():
    """Another value here means other rows: raise FOLD_VERSION, or locations will seem to differ."""
    held = an_event(type="hold.placed.v1", at="09:00", seq=2, hold_id="h1")

    pinned = "a3f8a9b189e2e9fc8c754d7f0acfb378c3cedca7c9eaa7405e7b1dca711f7c6c"

    assert digest(ENTITY, fold([PERSON, held])).hex() == pinned
    assert digest(ENTITY, EMPTY) is None
    assert digest(OTHER, fold([PERSON, held])) != digest(ENTITY, fold([PERSON, held]))


def test_a_hashdiff_is_of_the_exact_value():
    values = ["smith", "Smith", "Smith ", 1, True, "1", None, ["a"], "a"]

    assert len({hashdiff(value) for value in values}) == len(values)
    assert hashdiff("PERSON", "X") != hashdiff("PERSONX")
    assert len(hashdiff("x")) == 32
