"""Creating, deleting and restoring; rules and audit of every write."""

import pytest

from audit.models import AuditEntry
from entities import queries, rules
from entities.governance import define_detail_type
from entities.models import DetailVersion, EntityVersion
from entities.refusals import Deleted, Erased, Exists, Invalid, Merged, NotFound, Reserved
from entities.services import create_entity, delete_entity, restore_entity, update_entity
from events.models import LoggedEvent
from events.recording import Draft, record
from tests.integration.entities.rows import (
    NOW,
    SECOND,
    a_person,
    an_act,
    details,
    errors_of,
    said,
    spans,
)

pytestmark = pytest.mark.django_db


def an_institution(**values):
    return create_entity(
        an_act(now_us=NOW),
        entity_type="INSTITUTION",
        display_name="Harbour Office",
        details=details(**values),
    ).entity_uid


# Creating


def test_a_person_is_created_with_details_in_canonical_form():
    created = create_entity(
        an_act(),
        entity_type="person",
        details=details(surname="  Ste\u0301phan ", NAME="", DOB="1985-03-12", EMAIL=None),
    )

    person = queries.current([created.entity_uid])[created.entity_uid]
    assert created.is_new
    assert person.details == {"SURNAME": "Stéphan", "DOB": "1985-03-12"}
    assert (person.entity_type, person.display_name) == ("PERSON", "Stéphan")
    assert person.state == {"alive": True}


def test_creating_the_same_again_records_nothing():
    uid = a_person().entity_uid

    again = create_entity(
        an_act(now_us=NOW + SECOND),
        entity_uid=uid,
        entity_type="PERSON",
        details=details(SURNAME="Smith", NAME="John"),
    )

    assert not again.is_new
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1
    [_, entry] = AuditEntry.objects.filter(entity_uid=uid).order_by("audit_id")
    assert (entry.action, entry.codes, entry.event_ids) == ("entity.created", ["existed"], [])


def test_a_uid_in_use_by_other_content_is_refused():
    uid = a_person().entity_uid

    with pytest.raises(Exists):
        create_entity(
            an_act(), entity_uid=uid, entity_type="PERSON", details=details(SURNAME="Other")
        )
    delete_entity(an_act(), entity_uid=uid)
    with pytest.raises(Deleted):
        create_entity(
            an_act(), entity_uid=uid, entity_type="PERSON", details=details(SURNAME="Smith")
        )


def test_a_typo_in_a_type_makes_no_new_type():
    with pytest.raises(Invalid) as refused:
        create_entity(an_act(), entity_type="PRESON", details=details(SURNAME="Smith"))

    assert errors_of(refused) == {
        "entity_type": ["Unknown entity type. Known types: INSTITUTION, PERSON."]
    }


def test_definitions_are_not_made_or_changed_as_entities():
    made = define_detail_type(
        an_act(role="service_provider"), code="MIDDLE_NAME", label="Middle", value_type="text"
    )

    with pytest.raises(Invalid):
        create_entity(an_act(), entity_type="DETAIL_TYPE", display_name="Shoe size")
    with pytest.raises(Reserved):
        update_entity(an_act(), entity_uid=made.entity_uid, details=details(NAME="x"))


def test_an_institution_needs_a_name_and_a_person_does_not():
    with pytest.raises(Invalid) as refused:
        create_entity(an_act(), entity_type="INSTITUTION")

    assert errors_of(refused) == {"display_name": ["This field is required."]}
    nameless = create_entity(an_act(), entity_type="PERSON", display_name="Man in the harbour")
    assert spans(EntityVersion, nameless.entity_uid)[0][0] == "Man in the harbour"


def test_a_given_name_beside_surname_is_ignored_on_creation():
    created = create_entity(
        an_act(), entity_type="PERSON", display_name="X", details=details(SURNAME="Smith")
    )

    assert said(created.events) == [{"entity_type": "PERSON", "details": {"SURNAME": "Smith"}}]


def test_details_of_several_instants_become_one_event_each():
    since, later = NOW - 100 * SECOND, NOW - 50 * SECOND
    act = an_act(now_us=NOW)

    created = create_entity(
        act,
        entity_type="PERSON",
        valid_from=since,
        details=[*details(SURNAME="Smith"), *details(at=later, EMAIL="a@b.is", PHONE="555 1234")],
    )

    assert [event.type for event in created.events] == ["entity.created.v1", "entity.updated.v1"]
    assert {event.request_id for event in created.events} == {act.request_id}
    assert spans(DetailVersion, created.entity_uid, detail_code="EMAIL") == [
        ("a@b.is", later, None)
    ]
    assert spans(EntityVersion, created.entity_uid) == [("Smith", since, None)]


# Deleting and restoring


def test_a_deleted_entity_keeps_its_history_and_comes_back_as_it_was():
    uid = a_person(SURNAME="Smith", EMAIL="j@s.is").entity_uid

    delete_entity(an_act(now_us=NOW + SECOND), entity_uid=uid, reason="left the country")
    assert queries.current([uid]) == {}
    with pytest.raises(NotFound):
        delete_entity(an_act(), entity_uid=uid)
    with pytest.raises(Deleted):
        update_entity(an_act(), entity_uid=uid, details=details(EMAIL="x@s.is"))
    restore_entity(an_act(now_us=NOW + 2 * SECOND), entity_uid=uid)

    assert spans(DetailVersion, uid, detail_code="EMAIL") == [
        ("j@s.is", NOW, NOW + SECOND),
        ("j@s.is", NOW + 2 * SECOND, None),
    ]
    assert restore_entity(an_act(), entity_uid=uid) == []


def test_merged_and_erased_entities_are_gone():
    merged, erased, other = (a_person().entity_uid for _ in range(3))
    record(an_act(), [Draft(merged, "entity.merged.v1", {"into": str(other)})])
    record(an_act(), [Draft(erased, "entity.erased.v1", {"basis": "request"})])

    for write in (update_entity, delete_entity, restore_entity):
        with pytest.raises(Merged) as refused:
            write(an_act(), entity_uid=merged)
        assert refused.value.extra == {"merged_into": str(other)}
        with pytest.raises(Erased):
            write(an_act(), entity_uid=erased)
    with pytest.raises(Erased):
        create_entity(an_act(), entity_uid=erased, entity_type="PERSON", display_name="X")


# Rules and audit


@pytest.fixture
def asked(monkeypatch):
    """The proposals that a rule of institutions is asked about; it refuses the name "Wrong"."""
    proposals = []

    def rule(proposal):
        proposals.append(proposal)
        if proposal.display_name == "Wrong" and "wrong_name" not in proposal.overriding:
            raise Exists
        return ("noted",)

    monkeypatch.setitem(rules._rules, "INSTITUTION", [rule])
    return proposals


def test_rules_see_what_the_entity_would_be_and_can_stop_it(asked):
    uid = an_institution(EMAIL="a@b.is")

    with pytest.raises(Exists):
        update_entity(an_act(), entity_uid=uid, display_name="Wrong", details=details(NOTES="n"))
    update_entity(an_act(), entity_uid=uid, details=details(EMAIL="a@b.is"))

    created, refused = asked
    assert (created.entity_uid, created.details, created.held) == (uid, {"EMAIL": "a@b.is"}, {})
    assert refused.details == {"EMAIL": "a@b.is", "NOTES": "n"}
    assert refused.held == {"EMAIL": "a@b.is"}
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1


def test_a_refusal_can_be_overridden_and_what_rules_note_is_audited(asked):
    uid = an_institution()

    update_entity(an_act(), entity_uid=uid, display_name="Wrong", overriding=["wrong_name"])

    entry = AuditEntry.objects.get(entity_uid=uid, action="entity.updated")
    assert entry.codes == ["display_name", "noted"]


def test_the_rules_of_the_resulting_type_are_asked_and_nothing_has_passed_them_yet(asked):
    uid = a_person(SURNAME="Smith").entity_uid

    update_entity(an_act(), entity_uid=uid, entity_type="INSTITUTION", display_name="Harbour")

    [proposal] = asked
    assert (proposal.entity_type, proposal.display_name) == ("INSTITUTION", "Harbour")
    assert (proposal.details, proposal.held) == ({"SURNAME": "Smith"}, {})


def test_names_are_stored_with_single_blanks_inside():
    person = a_person(SURNAME=" van \t der  Berg ", NAME="Anna\u00a0 Maria", NOTES="a  b")
    institution = create_entity(
        an_act(), entity_type="INSTITUTION", display_name=" Harbour   Office "
    )

    now = queries.current([person.entity_uid, institution.entity_uid])
    assert now[person.entity_uid].details == {
        "SURNAME": "van der Berg",
        "NAME": "Anna Maria",
        "NOTES": "a  b",
    }
    assert now[institution.entity_uid].display_name == "Harbour Office"


def test_a_person_needs_something_to_be_known_by():
    uid = a_person(SURNAME="Smith", EMAIL="j@s.is").entity_uid

    with pytest.raises(Invalid, match="Give at least"):
        update_entity(an_act(), entity_uid=uid, details=details(SURNAME=None))

    assert queries.current([uid])[uid].details["SURNAME"] == "Smith"


def test_each_write_has_one_audit_entry_without_values():
    act = an_act()
    uid = create_entity(act, entity_type="PERSON", details=details(SURNAME="Smith")).entity_uid
    update_entity(act, entity_uid=uid, details=details(NAME="John"))
    delete_entity(act, entity_uid=uid)

    entries = AuditEntry.objects.filter(entity_uid=uid).order_by("audit_id")
    assert [(entry.action, entry.codes) for entry in entries] == [
        ("entity.created", ["SURNAME", "entity_type"]),
        ("entity.updated", ["NAME"]),
        ("entity.deleted", []),
    ]
    assert {event_id for entry in entries for event_id in entry.event_ids} == set(
        LoggedEvent.objects.filter(entity_uid=uid).values_list("event_id", flat=True)
    )
