"""How a search is said to be read, and what a new customer made of it would be."""

from datetime import date

import pytest

from customers.search.query_reading import read_query
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


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("30-08-1979", ["30 Aug 1979"]),
        ("30.08.79", ["30 Aug 1979"]),
        ("30.08.21", ["30 Aug 1921", "30 Aug 2021"]),
        ("21.11.26", ["21 Nov 1926", "21 Nov 2026"]),
        ("22.11.26", ["22 Nov 1926"]),
        ("30 Aug 1979", ["30 Aug 1979"]),
        ("30. August 1979", ["30 Aug 1979"]),
        ("30 8 1979", ["30 Aug 1979"]),
        ("30. 8. 1979", ["30 Aug 1979"]),
        ("1979/08/30", ["30 Aug 1979"]),
        ("1979.08.30", ["30 Aug 1979"]),
        ("1979-8-30", ["30 Aug 1979"]),
        ("August 30, 1979", ["30 Aug 1979"]),
        ("Aug. 30th 1979", ["30 Aug 1979"]),
        ("30-aug-79", ["30 Aug 1979"]),
        ("5-4-1979", ["5 Apr 1979", "4 May 1979"]),
        ("5 4 1979", ["5 Apr 1979"]),
    ],
)
def test_search_reads_a_date_as_people_write_it(typed, days):
    found = read(f"garcia {typed} maria")

    assert [word.text for word in found.words] == ["garcia", "maria"]
    assert suggestions.read_as(found)[2:] == [" or ".join(f"born {day}" for day in days)]


@pytest.mark.parametrize("q", ["AB 123 456", "12 10 56", "99-99-1979", "Marie 30 1979", "55.13.79"])
def test_numbers_that_are_no_date_are_none(q):
    assert not any(clue.dates for clue in read(q).clues)


def test_of_two_readings_the_usual_one_is_offered():
    [part] = suggestions.parts("05/12/1987", read("05/12/1987"))

    assert (part.value, part.is_day_first) == ("1987-12-05", True)
