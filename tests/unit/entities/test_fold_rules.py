"""The rules of the fold one by one, each as a small story."""

import pytest

from entities.fold import EMPTY, fold
from tests.builders import OTHER, a_created, an_event, an_id, an_instant

LOC2 = "loc2/1"


def entity_rows(folded):
    return [
        (v.entity_type, v.display_name, v.valid_from, v.valid_to) for v in folded.entity_versions
    ]


def detail_rows(folded, code):
    return [
        (v.value, v.valid_from, v.valid_to) for v in folded.detail_versions if v.detail_code == code
    ]


def state_of(folded):
    return {row.attribute: row.value for row in folded.state}


def at(*clocks):
    return tuple(None if clock is None else an_instant(clock) for clock in clocks)


def test_no_events_come_to_nothing():
    assert fold([]) == EMPTY


def test_rule_1_nothing_brings_an_erased_entity_back():
    created = a_created(at="09:00", details={"NAME": "Ámos"})
    erased = an_event(type="entity.erased.v1", at="10:00", seq=2, basis="request")
    later = [
        an_event(type="entity.restored.v1", at="11:00", seq=3),
        a_created(at="12:00", seq=4, details={"NAME": "Ámos"}),
        an_event(type="event.voided.v1", at="13:00", seq=5, event_id=str(erased.event_id)),
    ]

    folded = fold([created, erased, *later])

    assert folded.erased_event == erased.event_id
    assert (folded.entity_versions, folded.detail_versions, folded.state) == ((), (), ())
    assert folded.conflicts == ()


def test_rule_1_of_several_erasures_the_smallest_key_stands_in_any_order():
    here = an_event(type="entity.erased.v1", at="10:00", basis="request")
    there = an_event(type="entity.erased.v1", at="09:00", origin=LOC2, basis="age")

    assert fold([here, there]).erased_event == there.event_id
    assert fold([there, here]).erased_event == there.event_id


def test_rule_2_only_the_earliest_creation_gives_life():
    first = a_created(at="09:00", details={"NAME": "Ámos"})
    deleted = an_event(type="entity.deleted.v1", at="10:00", seq=2)
    second = a_created(at="11:00", origin=LOC2, details={"NAME": "Béla"})

    folded = fold([first, deleted, second])

    assert entity_rows(folded) == [("PERSON", "Ámos", *at("09:00", "10:00"))]
    assert state_of(folded)["alive"] is False
    assert fold([deleted, second]).entity_versions != ()


def test_rule_2_before_any_assertion_an_entity_is_not_alive():
    assert fold([an_event(details={"NAME": "Ámos"})]) == EMPTY


def test_rule_3_a_late_back_dated_assertion_holds_only_until_the_next_one():
    events = [
        a_created(at="08:00", details={"PHONE": "1"}),
        an_event(at="10:00", seq=2, details={"PHONE": "3"}),
        an_event(at="12:00", seq=3, valid_from="09:00", details={"PHONE": "2"}),
    ]

    assert detail_rows(fold(events), "PHONE") == [
        ("1", *at("08:00", "09:00")),
        ("2", *at("09:00", "10:00")),
        ("3", *at("10:00", None)),
    ]


def test_rule_3_at_one_instant_the_greater_key_wins():
    events = [
        a_created(at="08:00", details={"PHONE": "1"}),
        an_event(at="10:00", origin="loc3/1", details={"PHONE": "of loc3"}),
        an_event(at="10:00", origin="loc2/1", details={"PHONE": "of loc2"}),
    ]

    assert detail_rows(fold(events), "PHONE")[-1] == ("of loc3", *at("10:00", None))


def test_rule_3_each_attribute_has_its_own_winner():
    events = [
        a_created(at="08:00", details={"SURNAME": "Szabo", "DOB": "1980-01-01"}),
        an_event(at="10:00", seq=2, details={"SURNAME": "Szabó"}),
        an_event(at="10:00", origin=LOC2, sees={"loc1/1": 1}, details={"DOB": "1981-01-01"}),
    ]

    folded = fold(events)

    assert detail_rows(folded, "SURNAME")[-1][0] == "Szabó"
    assert detail_rows(folded, "DOB")[-1][0] == "1981-01-01"
    assert folded.conflicts == ()


def test_rule_4_a_rename_keeps_the_details():
    events = [
        a_created(
            entity_type="INSTITUTION", at="08:00", display_name="Mill", details={"NAME": "x"}
        ),
        an_event(at="10:00", seq=2, display_name="Old Mill"),
    ]

    folded = fold(events)

    assert entity_rows(folded) == [
        ("INSTITUTION", "Mill", *at("08:00", "10:00")),
        ("INSTITUTION", "Old Mill", *at("10:00", None)),
    ]
    assert detail_rows(folded, "NAME") == [("x", *at("08:00", None))]


@pytest.mark.parametrize(("before", "after"), [("smith", "Smith"), (1, True), (1, "1"), (0, False)])
def test_rule_4_values_that_only_look_equal_are_a_change(before, after):
    events = [
        a_created(at="08:00", details={"NOTES": before}),
        an_event(at="10:00", seq=2, details={"NOTES": after}),
    ]

    values = [value for value, *_ in detail_rows(fold(events), "NOTES")]

    assert [repr(value) for value in values] == [repr(before), repr(after)]


def test_rule_4_a_value_said_again_is_no_new_version():
    said_again = an_event(at="10:00", seq=2, details={"NOTES": "same"})
    created = a_created(at="08:00", details={"NOTES": "same"})

    folded = fold([created, said_again])

    assert detail_rows(folded, "NOTES") == [("same", *at("08:00", None))]
    assert folded.detail_versions[0].event_id == created.event_id


def test_rule_4_deleted_and_restored_at_one_instant_leave_no_trace():
    events = [
        a_created(at="08:00", display_name="A"),
        an_event(type="entity.deleted.v1", at="10:00", seq=2),
        an_event(type="entity.restored.v1", at="11:00", valid_from="10:00", seq=3),
    ]

    assert entity_rows(fold(events)) == [("PERSON", "A", *at("08:00", None))]


def test_rule_5_dead_time_does_not_change_who_said_it():
    created = a_created(at="08:00", details={"PHONE": "1"})
    events = [
        created,
        an_event(type="entity.deleted.v1", at="09:00", seq=2),
        an_event(at="10:00", seq=3, details={"PHONE": "1"}),
        an_event(type="entity.restored.v1", at="11:00", seq=4),
    ]

    folded = fold(events)

    assert detail_rows(folded, "PHONE") == [("1", *at("08:00", "09:00")), ("1", *at("11:00", None))]
    assert {row.event_id for row in folded.detail_versions} == {created.event_id}


def test_rule_5_a_computed_name_comes_from_the_newest_of_its_parts():
    created = a_created(at="08:00", details={"SURNAME": "Ősz", "NAME": "Ámos"})
    married = an_event(at="09:00", seq=2, details={"SURNAME": "Tél"})
    unnamed = an_event(at="10:00", seq=3, details={"NAME": None})
    phoned = an_event(at="11:00", seq=4, details={"PHONE": "1"})

    versions = fold([created, married, unnamed, phoned]).entity_versions

    assert [(v.display_name, v.event_id) for v in versions] == [
        ("Ősz, Ámos", created.event_id),
        ("Tél, Ámos", married.event_id),
        ("Tél", unnamed.event_id),
    ]


def test_rule_5_a_version_that_only_life_began_comes_from_the_birth():
    restored = an_event(type="entity.restored.v1", at="08:00")

    (version,) = fold([restored]).entity_versions

    assert (version.entity_type, version.display_name) == (None, None)
    assert version.event_id == restored.event_id


def test_rule_6_an_update_never_resurrects_but_is_kept():
    dead = [
        a_created(at="08:00", details={"PHONE": "1"}),
        an_event(type="entity.deleted.v1", at="09:00", seq=2),
        an_event(at="10:00", seq=3, details={"PHONE": "2"}),
    ]
    restored = an_event(type="entity.restored.v1", at="11:00", seq=4)

    assert detail_rows(fold(dead), "PHONE") == [("1", *at("08:00", "09:00"))]
    assert detail_rows(fold([*dead, restored]), "PHONE")[-1] == ("2", *at("11:00", None))


def test_rule_8_merge_and_unmerge_are_state():
    created = a_created(at="08:00")
    merged = an_event(type="entity.merged.v1", at="09:00", seq=2, into=str(OTHER).upper())
    unmerged = an_event(type="entity.unmerged.v1", at="10:00", seq=3)

    assert state_of(fold([created, merged])) == {"alive": True, "merged_into": str(OTHER)}
    assert state_of(fold([created, merged, unmerged])) == {"alive": True}


def test_rule_9_a_detail_type_is_an_entity_like_any_other():
    events = [
        an_event(
            type="detail_type.proposed.v1",
            at="08:00",
            details={"CODE": "VIP", "LABEL": "Important", "TYPE": "choice", "OPTIONS": ["a", "b"]},
        ),
        an_event(type="detail_type.authorised.v1", at="09:00", seq=2, details={}),
        an_event(type="detail_type.amended.v1", at="10:00", seq=3, details={"LABEL": "VIP"}),
        an_event(type="detail_type.retired.v1", at="11:00", seq=4, details={"REASON": "unused"}),
    ]

    folded = fold(events)

    assert [status for status, *_ in detail_rows(folded, "STATUS")] == [
        "proposed",
        "authorised",
        "retired",
    ]
    assert detail_rows(folded, "OPTIONS") == [(["a", "b"], *at("08:00", None))]
    assert entity_rows(folded) == [
        ("DETAIL_TYPE", "Important", *at("08:00", "10:00")),
        ("DETAIL_TYPE", "VIP", *at("10:00", None)),
    ]


@pytest.mark.parametrize(
    ("event_type", "entity_type", "status", "is_alive"),
    [
        ("detail_type.proposed.v1", "DETAIL_TYPE", "proposed", True),
        ("detail_type.authorised.v1", "DETAIL_TYPE", "authorised", True),
        ("entity_type.defined.v1", "ENTITY_TYPE", "authorised", True),
        ("location.joined.v1", "LOCATION", "authorised", True),
        ("detail_type.rejected.v1", "DETAIL_TYPE", "rejected", False),
        ("location.retired.v1", "LOCATION", "retired", False),
        ("retention_policy.defined.v1", "RETENTION_POLICY", "authorised", True),
        ("retention_policy.retired.v1", "RETENTION_POLICY", "retired", False),
    ],
)
def test_rule_9_vocabulary_events_say_type_and_status(event_type, entity_type, status, is_alive):
    event = an_event(type=event_type, at="08:00", details={"LABEL": "x"})
    restored = an_event(type="entity.restored.v1", at="09:00", seq=2)

    folded = fold([event, restored])

    assert folded.entity_versions[-1].entity_type == entity_type
    assert detail_rows(folded, "STATUS")[-1][0] == status
    assert bool(fold([event]).entity_versions) is is_alive


@pytest.mark.parametrize(
    ("details", "asserted", "shown"),
    [
        ({"SURNAME": "Ősz", "NAME": "Ámos"}, "ignored", "Ősz, Ámos"),
        ({"SURNAME": "Ősz"}, "ignored", "Ősz"),
        ({"NAME": "Ámos"}, None, "Ámos"),
        ({}, "Known as X", "Known as X"),
        ({"SURNAME": None}, "Known as X", "Known as X"),
        ({"SURNAME": 5}, "Known as X", "Known as X"),
        ({}, None, None),
    ],
)
def test_rule_10_a_person_is_shown_by_surname_and_name(details, asserted, shown):
    created = a_created(at="08:00", display_name=asserted, details=details)

    assert fold([created]).entity_versions[0].display_name == shown


def test_rule_10_an_asserted_name_shows_again_once_both_parts_are_gone():
    created = a_created(at="08:00", display_name="X", details={"SURNAME": "Ősz"})
    unnamed = an_event(at="09:00", seq=2, details={"SURNAME": None})

    versions = fold([created, unnamed]).entity_versions

    assert [(v.display_name, v.event_id) for v in versions] == [
        ("Ősz", created.event_id),
        ("X", unnamed.event_id),
    ]


def test_rule_10_a_change_of_type_changes_what_names_it():
    created = a_created(at="08:00", display_name="X", details={"SURNAME": "Ősz"})
    retyped = an_event(at="09:00", seq=2, entity_type="INSTITUTION")

    assert entity_rows(fold([created, retyped])) == [
        ("PERSON", "Ősz", *at("08:00", "09:00")),
        ("INSTITUTION", "X", *at("09:00", None)),
    ]


def test_holds_erasure_and_distinctions_are_state():
    other = str(OTHER)
    placed = [
        an_event(type="hold.placed.v1", at="08:00", hold_id="h1", reason="court order"),
        an_event(type="hold.placed.v1", at="08:01", seq=2, hold_id="h2"),
        an_event(
            type="erasure.scheduled.v1", at="08:02", seq=3, execute_after=9, basis="age", reason="x"
        ),
        an_event(type="entity.distinguished.v1", at="08:03", seq=4, other=other, same=False),
    ]
    undone = [
        an_event(type="hold.lifted.v1", at="09:00", seq=5, hold_id="h1"),
        an_event(type="erasure.cancelled.v1", at="09:01", seq=6, scheduled=other),
        an_event(type="entity.distinguished.v1", at="09:02", seq=7, other=other, same=True),
    ]

    assert state_of(fold(placed)) == {
        "distinct:" + other: True,
        "erasure": {"execute_after": 9, "basis": "age"},
        "hold:h1": True,
        "hold:h2": True,
    }
    assert state_of(fold(placed + undone)) == {"hold:h2": True}


def test_a_restriction_is_state_until_it_is_lifted_and_changes_nothing_else():
    created = a_created(at="08:00")
    restricted = an_event(type="entity.restricted.v1", at="09:00", seq=2, reason="disputed")
    lifted = an_event(type="entity.unrestricted.v1", at="10:00", seq=3, reason="settled")

    before, during = fold([created]), fold([created, restricted])

    assert state_of(during) == {**state_of(before), "restricted": True}
    assert state_of(fold([created, restricted, lifted])) == state_of(before)
    assert during.entity_versions == before.entity_versions
    assert during.conflicts == ()


def test_state_names_the_winning_assertion_not_the_first_of_its_run():
    created = a_created(at="08:00")
    restored = an_event(type="entity.restored.v1", at="09:00", seq=2)

    (alive,) = fold([created, restored]).state

    assert alive.event_id == restored.event_id


def test_a_void_takes_an_event_out_whenever_it_arrives():
    created = a_created(at="08:00", details={"PHONE": "1"})
    wrong = an_event(at="09:00", seq=2, details={"PHONE": "2"})
    void = an_event(type="event.voided.v1", at="10:00", seq=3, event_id=str(wrong.event_id))

    assert detail_rows(fold([void, wrong, created]), "PHONE") == [("1", *at("08:00", None))]


def test_voids_and_foreign_events_cannot_be_voided():
    created = a_created(at="08:00")
    void = an_event(type="event.voided.v1", at="09:00", seq=2, event_id=str(created.event_id))
    void_of_void = an_event(type="event.voided.v1", at="10:00", seq=3, event_id=str(void.event_id))
    stray = an_event(type="event.voided.v1", at="11:00", seq=4, event_id=str(an_id("elsewhere")))

    assert fold([created, void, void_of_void, stray]).voided == {created.event_id}
