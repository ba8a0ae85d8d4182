"""The registry's rules for a person, on both faces."""

from datetime import date

import pytest

from customers.rules import check_person
from entities.refusals import Invalid

TODAY = date(2026, 1, 5)


def errors_of(details, display_name=None):
    try:
        check_person(details=details, display_name=display_name, today=TODAY)
    except Invalid as error:
        return error.errors
    return {}


@pytest.mark.parametrize(
    "details", [{"SURNAME": "x"}, {"NAME": "x"}, {"DOCUMENT_NUMBER": "x"}, {"NAME": "y" * 200}]
)
def test_one_identifier_is_enough(details):
    assert errors_of(details) == {}


def test_a_birth_date_identifies_nobody():
    assert "non_field_errors" in errors_of({"DOB": "1990-01-01"})


def test_a_given_display_name_counts():
    assert errors_of({}, display_name="The Cook") == {}


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"SURNAME": "x" * 201}, "SURNAME"),
        ({"NAME": "x" * 201}, "NAME"),
        ({"NAME": "x", "DOCUMENT_NUMBER": "x" * 65}, "DOCUMENT_NUMBER"),
        ({"NAME": 5}, "NAME"),
        ({"NAME": "x", "DOB": "1849-12-31"}, "DOB"),
        ({"NAME": "x", "DOB": "1990-02-30"}, "DOB"),
        ({"NAME": "x", "DOB": "19900201"}, "DOB"),
        ({"NAME": "x", "DOB": 1990}, "DOB"),
        ({"NAME": "x", "NOTES": "x" * 2001}, "NOTES"),
        ({"NAME": "x"} | {f"F{n}": "x" for n in range(101)}, "details"),
    ],
)
def test_each_limit_is_named(details, field):
    assert list(errors_of(details)) == [field]


def test_wrong_date_says_how_to_write_it():
    errors = errors_of({"NAME": "x", "DOB": "soon"})

    assert errors == {"DOB": ["Date has wrong format. Use YYYY-MM-DD."]}


def test_a_day_that_does_not_exist_is_called_so():
    assert errors_of({"NAME": "x", "DOB": "1984-02-31"}) == {
        "DOB": ["There is no such day. Check month and day: YYYY-MM-DD."]
    }


def test_nobody_is_born_tomorrow():
    assert errors_of({"NAME": "x", "DOB": "2026-01-05"}) == {}
    assert list(errors_of({"NAME": "x", "DOB": "2026-01-06"})) == ["DOB"]
