"""Two customers beside each other: who stays, which values are taken, what the table shows."""

from dataclasses import dataclass
from typing import Any

import pytest

from customers.web import merge_form
from customers.web.merge_form import A, B, Choices


@dataclass
class Field:
    """One of a dry run."""

    key: str
    survivor: Any
    loser: Any
    result: Any = None
    is_same: bool = False


FIELDS = [
    Field("surname", "García", "Garcia"),
    Field("dob", "1979-08-30", "1979-08-30", is_same=True),
    Field("phone", None, "+1 212"),
    Field("notes", "VIP", None),
]


def test_a_side_without_a_value_gives_way_to_the_one_with_it():
    chosen = merge_form.completed(Choices(A, {}), FIELDS)

    assert chosen.sides == {"surname": A, "phone": B, "notes": A}
    assert chosen.taken() == ("phone",)


def test_what_was_chosen_stays_chosen():
    chosen = merge_form.completed(Choices(A, {"surname": B, "phone": A}), FIELDS)

    assert chosen.sides == {"surname": B, "phone": A, "notes": A}
    assert chosen.taken() == ("surname",)


def test_taken_are_the_values_of_the_one_that_leaves_whichever_side_it_stands_on():
    assert Choices(B, {"surname": A, "name": B}).taken() == ("surname",)


@pytest.mark.parametrize(
    ("posted", "stays", "sides"),
    [
        ({}, B, {}),
        ({"stays": "a"}, A, {}),
        ({"stays": "c", "take:name": "c", "take:dob": ""}, B, {}),
        ({"stays": "b", "take:name": "a", "reason": "a", "takename": "a"}, B, {"name": A}),
    ],
)
def test_only_choices_of_the_form_count(posted, stays, sides):
    assert merge_form.choices(posted, default=B) == Choices(stays, sides)


def test_the_left_one_stays_on_the_left_when_the_right_one_is_kept():
    fields = [Field("surname", "Garcia", "García", result="Garcia")]

    (row,) = merge_form.table(fields, Choices(B, {"surname": B}))

    assert (row.a, row.b, row.result, row.chosen) == ("García", "Garcia", "Garcia", B)
    assert row.a_runs == (("Garc", False), ("í", True), ("a", False))


def test_days_stand_in_words_and_labels_are_those_of_the_pages():
    fields = [
        Field("dob", "1979-08-30", None, result="1979-08-30"),
        Field("shoe_size", 42, None, result=42),
    ]

    born, size = merge_form.table(fields, Choices(A, {}))

    assert (born.label, born.a, born.b) == ("Birth date", "30 Aug 1979", "")
    assert (size.label, size.a) == ("Shoe size", "42")
