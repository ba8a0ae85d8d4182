"""Changing an entity: what is recorded, what is left out, what is refused."""

from uuid import uuid4

import pytest

from entities import queries
from entities.governance import define_detail_type
from entities.models import DetailVersion, EntityVersion
from entities.refusals import Invalid, NotFound, Stale
from entities.services import create_entity, delete_entity, restore_entity, update_entity
from events.models import EntityHead, LoggedEvent
from events.recording import TooLarge
from tests.integration.entities.rows import (
    NOW,
    SECOND,
    a_person,
    an_act,
    check_constraints,
    details,
    errors_of,
    said,
    spans,
)

pytestmark = pytest.mark.django_db


def test_a_write_that_changes_nothing_writes_nothing():
    uid = a_person().entity_uid
    head = EntityHead.objects.get(entity_uid=uid)

    events = update_entity(an_act(), entity_uid=uid, details=details(SURNAME="Smith", NAME="John"))

    assert events == []
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1
    assert EntityHead.objects.get(entity_uid=uid).digest == head.digest


def test_only_what_differs_is_said():
    uid = a_person().entity_uid

    events = update_entity(
        an_act(), entity_uid=uid, details=details(SURNAME="Smith", NAME="Jon", EMAIL=None)
    )

    assert said(events) == [{"details": {"NAME": "Jon"}}]


def test_case_is_a_change():
    uid = a_person(SURNAME="smith").entity_uid

    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(SURNAME="Smith"))

    values = [value for value, _, _ in spans(DetailVersion, uid, detail_code="SURNAME")]
    hashes = {row.hashdiff for row in DetailVersion.objects.filter(entity_uid=uid)}
    assert values == ["smith", "Smith"]
    assert len(hashes) == 2


def test_a_rename_keeps_the_other_details():
    uid = a_person(SURNAME="Smith", NAME="John", EMAIL="j@s.is").entity_uid

    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(SURNAME="Smythe"))

    person = queries.current([uid])[uid]
    assert person.details == {"SURNAME": "Smythe", "NAME": "John", "EMAIL": "j@s.is"}
    assert spans(DetailVersion, uid, detail_code="EMAIL") == [("j@s.is", NOW, None)]
    assert spans(EntityVersion, uid) == [
        ("Smith, John", NOW, NOW + SECOND),
        ("Smythe, John", NOW + SECOND, None),
    ]


def test_a_closed_detail_ends():
    uid = a_person(SURNAME="Smith", EMAIL="j@s.is").entity_uid

    update_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, details=details(EMAIL=None))

    assert spans(DetailVersion, uid, detail_code="EMAIL") == [("j@s.is", NOW, NOW + SECOND)]


def test_a_back_dated_change_never_overwrites_later_facts():
    uid = a_person(SURNAME="Smith", EMAIL="first@s.is").entity_uid
    act = an_act(now_us=NOW + 10 * SECOND)
    update_entity(act, entity_uid=uid, details=details(EMAIL="last@s.is"))

    middle = NOW + 5 * SECOND
    events = update_entity(
        an_act(now_us=NOW + 20 * SECOND),
        entity_uid=uid,
        valid_from=middle,
        details=details(EMAIL="middle@s.is"),
    )

    assert spans(DetailVersion, uid, detail_code="EMAIL") == [
        ("first@s.is", NOW, middle),
        ("middle@s.is", middle, NOW + 10 * SECOND),
        ("last@s.is", NOW + 10 * SECOND, None),
    ]
    assert queries.superseded(entity_uid=uid, events=events) == ["EMAIL"]
    check_constraints()


def test_equal_to_what_held_then_is_left_out_even_if_it_differs_today():
    uid = a_person(SURNAME="Smith").entity_uid
    update_entity(
        an_act(now_us=NOW + 10 * SECOND), entity_uid=uid, details=details(SURNAME="Smythe")
    )

    events = update_entity(
        an_act(now_us=NOW + 20 * SECOND),
        entity_uid=uid,
        valid_from=NOW + 5 * SECOND,
        details=details(SURNAME="Smith"),
    )

    assert events == []


def test_at_the_boundary_itself_the_later_value_is_what_holds():
    uid = a_person(SURNAME="Smith").entity_uid
    boundary = NOW + 10 * SECOND
    update_entity(an_act(now_us=boundary), entity_uid=uid, details=details(SURNAME="Smythe"))
    act = an_act(now_us=NOW + 20 * SECOND)

    unchanged = update_entity(
        act, entity_uid=uid, valid_from=boundary, details=details(SURNAME="Smythe")
    )
    changed = update_entity(
        act, entity_uid=uid, valid_from=boundary, details=details(SURNAME="Smith")
    )

    assert unchanged == []
    assert said(changed) == [{"valid_from": boundary, "details": {"SURNAME": "Smith"}}]


def test_the_future_is_refused_but_a_clock_a_little_ahead_is_read_as_now():
    uid = a_person().entity_uid
    act = an_act(now_us=NOW + SECOND)

    with pytest.raises(Invalid) as refused:
        update_entity(
            act,
            entity_uid=uid,
            valid_from=act.now_us + 61 * SECOND,
            details=details(EMAIL="a@b.is"),
        )
    events = update_entity(
        act, entity_uid=uid, valid_from=act.now_us + 59 * SECOND, details=details(EMAIL="a@b.is")
    )

    assert errors_of(refused) == {"valid_from": ["Must not be later than now."]}
    assert said(events) == [{"details": {"EMAIL": "a@b.is"}}]


def test_nothing_holds_before_an_entity_lives_or_while_it_is_dead():
    uid = a_person(SURNAME="Smith").entity_uid
    delete_entity(an_act(now_us=NOW + 10 * SECOND), entity_uid=uid)
    restore_entity(an_act(now_us=NOW + 20 * SECOND), entity_uid=uid)

    for instant in (NOW - 1, NOW + 15 * SECOND):
        with pytest.raises(Invalid) as refused:
            update_entity(
                an_act(now_us=NOW + 30 * SECOND),
                entity_uid=uid,
                details=details(at=instant, EMAIL="a@b.is"),
            )
        assert list(errors_of(refused)) == ["valid_from"]
    with pytest.raises(Invalid) as refused:
        create_entity(
            an_act(now_us=NOW),
            entity_type="PERSON",
            details=[*details(SURNAME="Smith"), *details(at=NOW - 1, EMAIL="a@b.is")],
        )
    assert errors_of(refused) == {"EMAIL": ["Must not begin before its entity does."]}


def test_a_change_is_all_or_nothing():
    uid = a_person().entity_uid

    with pytest.raises(Invalid) as refused:
        update_entity(
            an_act(),
            entity_uid=uid,
            details=details(SURNAME="Other", EMIAL="x", EMAIL="no address", DOB="31 June"),
        )

    assert set(errors_of(refused)) == {"EMIAL", "EMAIL", "DOB"}
    assert errors_of(refused)["EMIAL"][0].startswith("Unknown field. Known fields: ADDRESS, DOB")
    assert queries.current([uid])[uid].details["SURNAME"] == "Smith"
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1


def test_a_code_given_twice_is_refused():
    uid = a_person().entity_uid

    with pytest.raises(Invalid):
        update_entity(an_act(), entity_uid=uid, details=[*details(NAME="A"), *details(name="B")])


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("a\0b", "The text contains the character U+0000; remove it."),
        ("\ud800", "The text contains half a surrogate pair; send whole characters."),
        (1.5, "Numbers with a fraction are not exact; send the number as text."),
        (["x"], "A value must be a single text, whole number, true, false or null."),
        (7, "Must be a text."),
        ("x" * 2_001, "Has 2001 characters; at most 2000 are allowed."),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words(value, sentence):
    uid = a_person().entity_uid

    with pytest.raises(Invalid) as refused:
        update_entity(an_act(), entity_uid=uid, details=details(NOTES=value))

    assert errors_of(refused) == {"NOTES": [sentence]}


def test_a_name_of_a_person_is_not_set_beside_surname():
    uid = a_person().entity_uid

    with pytest.raises(Invalid) as refused:
        update_entity(an_act(), entity_uid=uid, display_name="X")

    assert list(errors_of(refused)) == ["display_name"]


def test_a_new_type_keeps_history_and_needs_a_name():
    uid = a_person().entity_uid

    with pytest.raises(Invalid):
        update_entity(an_act(), entity_uid=uid, entity_type="INSTITUTION")
    update_entity(
        an_act(now_us=NOW + SECOND),
        entity_uid=uid,
        entity_type="INSTITUTION",
        display_name="Smith & Sons",
    )

    assert spans(EntityVersion, uid) == [
        ("Smith, John", NOW, NOW + SECOND),
        ("Smith & Sons", NOW + SECOND, None),
    ]
    assert queries.current([uid])[uid].details == {"SURNAME": "Smith", "NAME": "John"}


def test_an_unknown_uid_creates_nothing():
    uid = uuid4()

    for write in (update_entity, delete_entity, restore_entity):
        with pytest.raises(NotFound):
            write(an_act(), entity_uid=uid)
    assert not EntityHead.objects.filter(entity_uid=uid).exists()


def test_a_stale_write_is_refused():
    uid = a_person().entity_uid
    seen = bytes(EntityHead.objects.get(entity_uid=uid).digest).hex()

    update_entity(an_act(), entity_uid=uid, details=details(NAME="Jon"), if_match=seen)

    with pytest.raises(Stale):
        update_entity(an_act(), entity_uid=uid, details=details(NAME="Jo"), if_match=seen)
    with pytest.raises(Stale):
        delete_entity(an_act(), entity_uid=uid, if_match=seen)


def test_too_much_in_one_event_is_refused():
    for number in range(33):
        define_detail_type(
            an_act(role="service_provider"),
            code=f"FIELD_{number}",
            label=f"Field {number}",
            value_type="text",
        )
    much = {f"FIELD_{number}": "𐍈" * 2_000 for number in range(33)}

    with pytest.raises(TooLarge):
        a_person(SURNAME="Smith", **much)
