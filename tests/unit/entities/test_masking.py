"""What customers see of entities on `/api/v1`."""

import json
from typing import Any

from entities.masking import masked_entity


def a_detail(code: str, value: Any) -> dict[str, Any]:
    return {"detail_code": code, "value": value, "valid_from": "2026-01-01", "hashdiff": "ab" * 32}


def an_entity(**values: Any) -> dict[str, Any]:
    given = {"entity_type": "PERSON", "display_name": "Ólafsdóttir, Sigríður Ása"} | values
    details = given.pop("details", {})
    return {
        **given,
        "hashdiff": "cd" * 32,
        "details": [a_detail(code, value) for code, value in details.items()],
    }


def values_of(entity: dict[str, Any]) -> dict[str, Any]:
    return {detail["detail_code"]: detail["value"] for detail in entity["details"]}


def test_a_person_is_masked_as_on_the_registry():
    masked = masked_entity(
        an_entity(
            details={
                "SURNAME": "Ólafsdóttir",
                "NAME": "Sigríður Ása",
                "DOB": "1987-05-12",
                "DOCUMENT_NUMBER": "AB123441",
                "EMAIL": "canary@example.org",
            }
        )
    )

    assert masked["display_name"] == "Ó***, S*** Á***"
    assert values_of(masked) == {
        "SURNAME": "Ó***",
        "NAME": "S*** Á***",
        "DOB": "1987",
        "DOCUMENT_NUMBER": "***41",
    }
    for canary in ("lafsd", "05-12", "1234", "canary", "abab", "cdcd"):
        assert canary not in json.dumps(masked, ensure_ascii=False)


def test_a_name_without_parts_is_masked_word_by_word():
    assert masked_entity(an_entity(display_name="The Cook"))["display_name"] == "T*** C***"
    assert masked_entity(an_entity(display_name=None))["display_name"] is None


def test_other_types_show_their_name_and_nothing_else():
    archive = an_entity(
        entity_type="INSTITUTION", display_name="Archive", details={"DOB": "1987-05-12"}
    )

    assert (masked_entity(archive)["display_name"], masked_entity(archive)["details"]) == (
        "Archive",
        [],
    )


def test_a_value_that_is_no_text_is_hidden_whole():
    masked = masked_entity(an_entity(details={"DOB": 19870512, "SURNAME": True}))

    assert set(values_of(masked).values()) == {"***"}
    assert masked["display_name"] == "Ó*** S*** Á***"


def test_what_was_masked_is_a_copy():
    whole = an_entity(details={"SURNAME": "Nagy"})

    masked_entity(whole)

    assert values_of(whole) == {"SURNAME": "Nagy"}
