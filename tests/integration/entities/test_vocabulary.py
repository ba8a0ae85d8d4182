"""The vocabulary: built in, or defined by events like everything else."""

import pytest

from audit.models import AuditEntry
from entities import queries, vocabulary
from entities.governance import define_detail_type
from entities.models import DetailType
from entities.refusals import Invalid
from entities.services import create_entity, update_entity
from entities.vocabulary import CodeTaken, define_entity_type
from events.clock import instant_of
from events.models import LoggedEvent
from events.recording import Draft, record
from tests.builders import an_event
from tests.integration.entities.rows import an_act, details, errors_of, receive

pytestmark = pytest.mark.django_db

MIDDLE_NAME = vocabulary.vocabulary_uid("DETAIL_TYPE", "MIDDLE_NAME")


def define(**overrides):
    given = {"code": "MIDDLE_NAME", "label": "Middle name", "value_type": "text"} | overrides
    return define_detail_type(an_act(role="service_provider"), **given)


def vocabulary_event(verb: str, **parts) -> None:
    record(an_act(), [Draft(MIDDLE_NAME, f"detail_type.{verb}.v1", {"details": parts})])


def test_the_built_in_detail_types_are_there():
    assert vocabulary.known_codes() == vocabulary.BUILT_IN_CODES
    assert [one.code for one in vocabulary.detail_types()] == sorted(vocabulary.BUILT_IN_CODES)


def test_a_field_is_defined_once():
    assert define().entity_uid == MIDDLE_NAME
    assert define(code=" middle_name").entity_uid == MIDDLE_NAME

    field = DetailType.objects.get(code="MIDDLE_NAME")
    assert (field.label, field.value_type, field.status) == ("Middle name", "text", "authorised")
    assert field.created_hlc == LoggedEvent.objects.get(entity_uid=MIDDLE_NAME).hlc


def test_a_label_may_change_and_a_type_may_not():
    define()

    define(label="Second name")
    with pytest.raises(CodeTaken):
        define(value_type="integer")

    field = DetailType.objects.get(code="MIDDLE_NAME")
    assert (field.label, field.value_type) == ("Second name", "text")


def test_a_built_in_code_is_taken():
    with pytest.raises(CodeTaken):
        define(code="SURNAME")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "9lives"},
        {"code": "SHOE SIZE"},
        {"value_type": "colour"},
        {"label": ""},
        {"label": "a\0"},
        {"value_type": "choice"},
        {"options": ["a"]},
    ],
)
def test_a_bad_definition_is_refused(wrong):
    with pytest.raises(Invalid):
        define(**wrong)

    assert not LoggedEvent.objects.exists()


def test_a_field_can_be_used_only_while_authorised():
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid
    vocabulary_event("proposed", CODE="MIDDLE_NAME", LABEL="Middle name", TYPE="text")

    with pytest.raises(Invalid):
        update_entity(an_act(), entity_uid=uid, details=details(MIDDLE_NAME="Anne"))
    vocabulary_event("authorised")
    update_entity(an_act(), entity_uid=uid, details=details(MIDDLE_NAME="Anne"))
    vocabulary_event("retired")

    with pytest.raises(Invalid):
        update_entity(an_act(), entity_uid=uid, details=details(MIDDLE_NAME="Marie"))
    update_entity(an_act(), entity_uid=uid, details=details(MIDDLE_NAME="Anne", NAME="A"))
    assert queries.current([uid])[uid].details["MIDDLE_NAME"] == "Anne"
    update_entity(an_act(), entity_uid=uid, details=details(MIDDLE_NAME=None))
    assert "MIDDLE_NAME" not in queries.current([uid])[uid].details


def test_a_field_not_defined_here_yet_is_stored_when_a_peer_sends_it():
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid

    receive([an_event(entity_uid=uid, origin="loc2/1", details={"SHOE_SIZE": "44"})])

    assert queries.current([uid])[uid].details["SHOE_SIZE"] == "44"


def test_a_peers_definition_cannot_take_a_built_in_code():
    uid = vocabulary.vocabulary_uid("DETAIL_TYPE", "SURNAME")

    receive(
        [
            an_event(
                type="detail_type.authorised.v1",
                entity_uid=uid,
                origin="loc2/1",
                details={"CODE": "SURNAME", "LABEL": "Shoe size", "TYPE": "integer"},
            )
        ]
    )

    assert DetailType.objects.get(code="SURNAME").label == "Surname"


def test_a_code_that_changes_moves_its_row():
    define()

    vocabulary_event("amended", CODE="SECOND_NAME")

    codes = vocabulary.known_codes() - vocabulary.BUILT_IN_CODES
    assert codes == {"SECOND_NAME"}


@pytest.mark.parametrize(
    ("value_type", "given", "held"),
    [
        ("integer", "42", 42),
        ("integer", -7, -7),
        ("decimal", "12.50", "12.50"),
        ("decimal", 3, "3"),
        ("boolean", "TRUE", True),
        ("boolean", False, False),
        ("date", "2024-02-29", "2024-02-29"),
        ("email", "a@b.is", "a@b.is"),
        ("phone", "+354 555-1234", "+354 555-1234"),
        ("url", "https://b.is/x?y", "https://b.is/x?y"),
        ("choice", "red", "red"),
    ],
)
def test_values_are_read_by_type(value_type, given, held):
    define(value_type=value_type, options=["red", "blue"] if value_type == "choice" else ())

    created = create_entity(
        an_act(), entity_type="PERSON", details=details(SURNAME="S", MIDDLE_NAME=given)
    )

    value = queries.current([created.entity_uid])[created.entity_uid].details["MIDDLE_NAME"]
    assert (value, type(value)) == (held, type(held))


@pytest.mark.parametrize(
    ("value_type", "given"),
    [
        ("integer", "4.2"),
        ("integer", True),
        ("integer", "9" * 16),
        ("decimal", "NaN"),
        ("decimal", "1e400"),
        ("decimal", "twelve"),
        ("boolean", "yes"),
        ("boolean", 1),
        ("date", "2023-02-29"),
        ("date", "29.02.2024"),
        ("date", "20240229"),
        ("email", "a@b"),
        ("phone", "call me"),
        ("phone", "12"),
        ("url", "javascript:alert(1)"),
        ("url", "http://[x"),
        ("choice", "green"),
        ("text", 5),
    ],
)
def test_values_of_another_type_are_refused(value_type, given):
    define(value_type=value_type, options=["red", "blue"] if value_type == "choice" else ())

    with pytest.raises(Invalid):
        create_entity(
            an_act(), entity_type="PERSON", details=details(SURNAME="S", MIDDLE_NAME=given)
        )


def test_a_definition_that_is_so_already_is_only_audited():
    define()
    define()

    entries = AuditEntry.objects.filter(action="detail_type.authorised").order_by("audit_id")
    assert [(entry.codes, entry.result_count) for entry in entries] == [
        (["MIDDLE_NAME"], 1),
        (["MIDDLE_NAME"], 0),
    ]


def test_everything_wrong_with_a_definition_is_said_at_once():
    with pytest.raises(Invalid) as refused:
        define(code="9", label=" ", value_type="colour")

    assert list(errors_of(refused)) == ["code", "label", "type"]


# Entity types

VESSEL = vocabulary.vocabulary_uid("ENTITY_TYPE", "VESSEL")


def define_vessel(**overrides):
    return define_entity_type(an_act(), **{"code": "VESSEL", "label": "Vessel"} | overrides)


def test_a_defined_entity_type_may_be_used():
    assert define_vessel(code=" vessel", label=" Big  vessel ").entity_uid == VESSEL

    assert vocabulary.entity_types() == {
        "INSTITUTION": "Institution",
        "PERSON": "Person",
        "VESSEL": "Big vessel",
    }
    assert create_entity(an_act(), entity_type="vessel", display_name="Ægir").is_new


def test_an_entity_type_is_defined_once_and_may_get_another_label():
    define_vessel()
    define_vessel()
    define_vessel(label="Ship")

    assert vocabulary.entity_types()["VESSEL"] == "Ship"
    entries = AuditEntry.objects.filter(action="entity_type.defined").order_by("audit_id")
    assert [entry.result_count for entry in entries] == [1, 0, 1]
    assert LoggedEvent.objects.filter(entity_uid=VESSEL).count() == 2


@pytest.mark.parametrize(
    "code", ["PERSON", "INSTITUTION", "DETAIL_TYPE", "ENTITY_TYPE", "LOCATION"]
)
def test_codes_of_this_program_are_taken(code):
    with pytest.raises(CodeTaken):
        define_vessel(code=code)

    assert not LoggedEvent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"code": ""}, {"code": "9"}, {"code": "A" * 65}, {"label": None}, {"label": "x" * 201}],
)
def test_a_bad_entity_type_is_refused(wrong):
    with pytest.raises(Invalid):
        define_vessel(**wrong)


def test_a_peers_definition_under_another_uid_defines_nothing():
    receive(
        [
            an_event(
                type="entity_type.defined.v1",
                entity_uid=vocabulary.vocabulary_uid("ENTITY_TYPE", "SHIP"),
                origin="loc2/1",
                details={"CODE": "VESSEL", "LABEL": "Vessel"},
            )
        ]
    )

    assert "VESSEL" not in vocabulary.entity_types()
    assert not vocabulary.is_entity_type("VESSEL")
    assert not vocabulary.is_entity_type("SHIP")


def test_the_lists_show_what_is_built_in_and_what_was_defined_when():
    define()
    vocabulary_event("retired")
    define_vessel()

    types, fields = vocabulary.entity_type_rows(), vocabulary.detail_type_rows()

    born = instant_of(LoggedEvent.objects.get(entity_uid=VESSEL).hlc)
    assert [row["code"] for row in types] == ["INSTITUTION", "PERSON", "VESSEL"]
    assert types[1:] == [
        {
            "code": "PERSON",
            "label": "Person",
            "status": "authorised",
            "active": True,
            "created_at": None,
        },
        {
            "code": "VESSEL",
            "label": "Vessel",
            "status": "authorised",
            "active": True,
            "created_at": born,
        },
    ]
    field = next(row for row in fields if row["code"] == "MIDDLE_NAME")
    assert (field["type"], field["status"], field["active"]) == ("text", "retired", False)
    assert [row["code"] for row in fields] == sorted(row["code"] for row in fields)


def test_asking_for_types_costs_little(django_assert_num_queries):
    define_vessel()

    with django_assert_num_queries(0):
        assert vocabulary.is_entity_type("PERSON")
    with django_assert_num_queries(1):
        assert vocabulary.is_entity_type("VESSEL")
    with django_assert_num_queries(1):
        vocabulary.entity_type_rows()
    with django_assert_num_queries(1):
        vocabulary.detail_type_rows()
