"""Conflicts about detail types and entity types, and who settles them."""

import pytest

from entities import vocabulary
from entities.governance import define_detail_type
from entities.refusals import Invalid
from entities.resolving import DecidedByProviders
from entities.settling import NotSettledHere
from entities.vocabulary import define_entity_type, vocabulary_uid
from events.recording import Draft, record
from tests.integration.entities.resolved import (
    assert_settled_everywhere,
    from_there,
    resolve,
    the_conflict,
)
from tests.integration.entities.rows import (
    NOW,
    SECOND,
    an_act,
)

pytestmark = pytest.mark.django_db


def a_field_defined_twice(**theirs):
    define_detail_type(
        an_act(now_us=NOW, role="service_provider"),
        code="SHOE_SIZE",
        label="Shoe size",
        value_type="integer",
    )
    uid = vocabulary_uid("DETAIL_TYPE", "SHOE_SIZE")
    parts = {"CODE": "SHOE_SIZE", "LABEL": "Shoe size", "TYPE": "integer"} | theirs
    event = from_there(uid, sees=0, type="detail_type.authorised.v1", details=parts)
    return uid, event


def test_a_label_is_settled_by_an_amendment_which_names_the_definition_too():
    uid, theirs = a_field_defined_twice(LABEL="Size of shoes")

    said_last = resolve(uid, "LABEL", keep=theirs.event_id, role="service_provider")

    assert said_last == ("detail_type.amended.v1", {"details": {"LABEL": "Size of shoes"}})
    assert vocabulary.detail_type("SHOE_SIZE").label == "Size of shoes"
    assert_settled_everywhere(uid)


def test_the_name_of_a_definition_is_its_label():
    uid, _ = a_field_defined_twice(LABEL="Size of shoes")

    said_last = resolve(uid, "display_name", value=" EU  size ", role="service_provider")

    assert said_last == ("detail_type.amended.v1", {"details": {"LABEL": "EU size"}})
    assert_settled_everywhere(uid)


def test_types_defined_differently_at_once_are_settled_though_a_type_cannot_change_else():
    uid, _ = a_field_defined_twice(TYPE="text")

    with pytest.raises(Invalid):
        resolve(uid, "TYPE", value="colour", role="service_provider")
    resolve(uid, "TYPE", value="integer", role="service_provider")

    assert vocabulary.detail_type("SHOE_SIZE").value_type == "integer"
    assert_settled_everywhere(uid)


@pytest.mark.parametrize("status", ["proposed", "authorised", "rejected", "retired"])
def test_a_status_is_settled_by_its_own_event(status):
    define_detail_type(
        an_act(now_us=NOW, role="service_provider"),
        code="SHOE_SIZE",
        label="Size",
        value_type="text",
    )
    uid = vocabulary_uid("DETAIL_TYPE", "SHOE_SIZE")
    record(an_act(now_us=NOW + SECOND), [Draft(uid, "detail_type.retired.v1", {"details": {}})])
    from_there(uid, type="detail_type.rejected.v1", details={})

    said_last = resolve(uid, "STATUS", value=status, role="service_provider")

    assert said_last == (f"detail_type.{status}.v1", {"details": {}})
    assert vocabulary.detail_type("SHOE_SIZE").status == status
    assert_settled_everywhere(uid)


def test_an_entity_type_gets_one_label_again():
    define_entity_type(an_act(now_us=NOW), code="VESSEL", label="Vessel")
    uid = vocabulary_uid("ENTITY_TYPE", "VESSEL")
    theirs = from_there(
        uid,
        sees=0,
        type="entity_type.defined.v1",
        details={"CODE": "VESSEL", "LABEL": "Ship"},
    )

    resolve(uid, "LABEL", keep=theirs.event_id, role="service_provider")

    assert vocabulary.entity_types()["VESSEL"] == "Ship"
    assert_settled_everywhere(uid)


def test_only_a_provider_decides_on_definitions():
    uid, theirs = a_field_defined_twice(LABEL="Size of shoes")

    with pytest.raises(DecidedByProviders):
        resolve(uid, "LABEL", keep=theirs.event_id)

    assert the_conflict(uid, "LABEL")


def test_a_definition_is_not_deleted_by_settling():
    define_entity_type(an_act(now_us=NOW), code="VESSEL", label="Vessel")
    uid = vocabulary_uid("ENTITY_TYPE", "VESSEL")
    from_there(uid, sees=0, type="entity.deleted.v1")

    with pytest.raises(NotSettledHere):
        resolve(uid, "alive", value=False, role="service_provider")
    resolve(uid, "alive", value=True, role="service_provider")

    assert vocabulary.is_entity_type("VESSEL")
