"""Rules of values: bounds, lengths and forms, also when a peer wrote nonsense there."""

import time
from contextlib import suppress

import pytest

from entities.value_rules import as_bound, check_rules, has_form, rules_in_words
from events.event import InvalidValue


@pytest.mark.parametrize(
    ("value_type", "rules", "good", "bad"),
    [
        ("integer", {"MIN": 1}, 1, 0),
        ("integer", {"MAX": -1}, -1, 0),
        ("decimal", {"MIN": "0.10", "MAX": "0.2"}, "0.1", "0.21"),
        ("date", {"MIN": "2024-01-01"}, "2024-01-01", "2023-12-31"),
        ("text", {"MAX_LENGTH": 2}, "ab", "abc"),
        ("email", {"MAX_LENGTH": 6}, "a@b.is", "ab@b.is"),
        ("text", {"FORMAT": "AA-99"}, "Żó-12", "ab-1x"),
    ],
)
def test_a_value_is_held_against_its_rules(value_type, rules, good, bad):
    check_rules(good, value_type=value_type, rules=rules)
    with pytest.raises(InvalidValue):
        check_rules(bad, value_type=value_type, rules=rules)


@pytest.mark.parametrize("value_type", ["boolean", "phone", "choice", "integer", "no such type"])
def test_rules_of_another_type_ask_nothing(value_type):
    check_rules("+354 1", value_type=value_type, rules={"MAX_LENGTH": 1, "FORMAT": "9"})


@pytest.mark.parametrize("nonsense", [True, None, "x", "NaN", 5, [1], {"a": 1}, "2024-02-30"])
@pytest.mark.parametrize("value_type", ["integer", "decimal", "date", "text"])
def test_nonsense_from_a_peer_is_no_rule_that_fails(value_type, nonsense):
    values = {"integer": 5, "decimal": "5", "date": "2024-01-01", "text": "5"}
    rules = dict.fromkeys(("MIN", "MAX", "MAX_LENGTH", "FORMAT"), nonsense)
    with suppress(InvalidValue):
        check_rules(values[value_type], value_type=value_type, rules=rules)
    rules_in_words(value_type=value_type, rules=rules)


@pytest.mark.parametrize(
    ("form", "value", "fits"),
    [
        ("99999", "01234", True),
        ("99999", "0123", False),
        ("99999", "012345", False),
        ("9", "١", False),
        ("A", "ß", True),
        ("A", "1", False),
        ("XX", "a1", True),
        ("X", "-", False),
        ("A/9.*", "a/1.*", True),
        ("A/9.*", "a/1xx", False),
    ],
)
def test_forms(form, value, fits):
    assert has_form(value, form) is fits


def test_a_form_is_looked_at_once():
    began = time.process_time()

    assert not has_form("a" * 2_000 + "!", "X" * 2_001)

    assert time.process_time() - began < 0.5


def test_bounds_of_other_types_are_none():
    assert as_bound(True, "integer") is None
    assert as_bound("x", "decimal") is None
    assert as_bound("2024-02-30", "date") is None
    assert as_bound("a", "text") is None


@pytest.mark.parametrize(
    ("value_type", "rules", "words"),
    [
        ("integer", {}, ""),
        ("integer", {"MIN": 1, "MAX": 9}, "1 to 9"),
        ("date", {"MIN": "2024-01-01"}, "2024-01-01 or later"),
        ("decimal", {"MAX": "9.5"}, "9.5 or less"),
        ("text", {"MAX_LENGTH": 5}, "at most 5 characters"),
        ("text", {"FORMAT": "A9"}, "like A9 (A = a letter, 9 = a digit, X = either)"),
        ("boolean", {"MIN": 1}, ""),
    ],
)
def test_rules_in_words(value_type, rules, words):
    assert rules_in_words(value_type=value_type, rules=rules) == words
