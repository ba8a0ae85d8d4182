"""The registry's rules hold for every write of a person, also one that knows only entities."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from customers.person_rules import DuplicateDocument
from entities.refusals import Invalid
from entities.services import create_entity, update_entity
from events.clock import instant_of
from tests.integration.entities.rows import NOW, a_person, an_act, details, errors_of

pytestmark = pytest.mark.django_db


def an_institution(**values):
    return create_entity(
        an_act(), entity_type="INSTITUTION", display_name="Harbour", details=details(**values)
    ).entity_uid


def test_a_document_number_is_held_once():
    holder = a_person(SURNAME="Smith", DOCUMENT_NUMBER="AB 123").entity_uid
    other = a_person(SURNAME="Jones").entity_uid

    with pytest.raises(DuplicateDocument) as refused:
        a_person(SURNAME="Brown", DOCUMENT_NUMBER="ab-123")
    with pytest.raises(DuplicateDocument):
        update_entity(an_act(), entity_uid=other, details=details(DOCUMENT_NUMBER="AB123"))

    assert refused.value.extra == {"entity_uid": str(holder)}


def test_an_allowed_duplicate_is_audited_and_not_asked_about_again():
    a_person(SURNAME="Smith", DOCUMENT_NUMBER="AB 123")
    twin = a_person(SURNAME="Jones").entity_uid

    update_entity(
        an_act(),
        entity_uid=twin,
        details=details(DOCUMENT_NUMBER="AB123"),
        overriding=["duplicate_document"],
    )
    update_entity(an_act(), entity_uid=twin, details=details(NAME="Jo", DOCUMENT_NUMBER="AB-123"))

    entries = AuditEntry.objects.filter(entity_uid=twin).order_by("audit_id")
    assert [entry.codes for entry in entries][1:] == [
        ["DOCUMENT_NUMBER", "duplicate_allowed"],
        ["DOCUMENT_NUMBER", "NAME"],
    ]


def test_whoever_becomes_a_person_is_asked_for_the_first_time():
    a_person(SURNAME="Smith", DOCUMENT_NUMBER="AB 123")
    institution = an_institution(DOCUMENT_NUMBER="AB 123")

    with pytest.raises(DuplicateDocument):
        update_entity(
            an_act(),
            entity_uid=institution,
            entity_type="PERSON",
            details=details(SURNAME="Harbour"),
        )


def test_what_is_no_person_any_more_need_not_fit():
    a_person(SURNAME="Smith", DOCUMENT_NUMBER="AB 123")
    person = a_person(SURNAME="Jones").entity_uid

    events = update_entity(
        an_act(),
        entity_uid=person,
        entity_type="INSTITUTION",
        display_name="Jones",
        details=details(SURNAME=None, DOCUMENT_NUMBER="AB 123", DOB="1700-01-01"),
    )

    assert len(events) == 1


def test_what_is_wrong_is_said_by_detail_code():
    tomorrow = (instant_of(NOW) + timedelta(days=1)).date()

    with pytest.raises(Invalid) as refused:
        a_person(at=NOW, DOB=tomorrow, NOTES="tall")

    assert errors_of(refused) == {
        "DOB": ["A birth date cannot be in the future."],
        "non_field_errors": ["Give at least a surname, a name or a document number."],
    }


def test_a_display_name_identifies_somebody_as_long_as_it_stands():
    uid = create_entity(
        an_act(), entity_type="PERSON", display_name="Man in the harbour"
    ).entity_uid

    assert update_entity(an_act(), entity_uid=uid, details=details(NOTES="tall"))
