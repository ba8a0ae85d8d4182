"""How a search is said to be read, and what a new customer made of it would be."""

from datetime import date

import pytest

from customers.query_reading import read_query
from customers.web import suggestions

TODAY = date(2026, 11, 21)


def read(q):
    return read_query(q=q, today=TODAY)


def test_words_years_dates_and_numbers_are_said_as_read():
    assert suggestions.read_as(read("alyse jonson 1990")) == [
        "name or surname ≈ alyse",
        "name or surname ≈ jonson",
        "born in 1990",
    ]
    assert suggestions.read_as(read("14.7.1988 C-88120345")) == [
        "born 14 Jul 1988",
        "document C-88120345",
    ]


def test_a_date_with_two_readings_is_said_twice():
    assert suggestions.read_as(read("03/04/1990")) == ["born 4 Mar 1990 or born 3 Apr 1990"]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("Nguyễn Thị Ánh", {"surname": "Nguyễn", "name": "Thị Ánh"}),
        ("García Márquez, Gabriel", {"surname": "García Márquez", "name": "Gabriel"}),
        ("smith 14.7.1988", {"surname": "Smith", "dob": "1988-07-14"}),
        ("Jean-Luc", {"surname": "Jean-Luc"}),
        ("C-88120345", {"document_number": "C-88120345"}),
        ("Smith 1990", {"surname": "Smith"}),
        ("!!", {}),
    ],
)
def test_words_become_values_of_a_new_customer(q, expected):
    parts = suggestions.parts(q, read(q))

    assert {part.name: part.value for part in parts} == expected


def test_a_date_read_from_other_writing_says_from_what():
    [part] = suggestions.parts("14.7.1988", read("14.7.1988"))

    assert (part.label, part.typed) == ("Birth date", "14.7.1988")


def test_other_searches_take_one_kind_of_evidence_each():
    found = suggestions.other_searches(read("Smith 14.7.1988 C-88120345"))

    assert [other.q for other in found] == ["Smith", "14.7.1988", "C-88120345"]
    assert suggestions.other_searches(read("Smith John")) == []
