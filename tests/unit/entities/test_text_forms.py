"""Names and values come to one form for ordering and looking through, whatever their spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.text_forms import (
    MAX_SORT_LENGTH,
    containing,
    has_trigram,
    search_text,
    sort_key,
    sortable,
    whole,
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("GARCÍA", "garcia"),
        ("Straße", "strasse"),
        ("Søren  Ærø ", "soren aero"),
        ("Łukasz", "lukasz"),
        ("ﬁnn", "finn"),
        ("O'Brien-Smith", "o'brien-smith"),
        ("Иванов", "иванов"),
        ("ΠΑΠΠΆΣ", "παππασ"),
        ("\u00a8", ""),
        ("", ""),
    ],
)
def test_sortable_form(text, form):
    assert sortable(text) == form


@pytest.mark.parametrize(
    ("text", "has_one"),
    [("abc", True), ("a-bc1", True), ("παπ", True), ("ab", False), ("a-b", False), ("a_b-", False)],
)
def test_a_trigram_is_three_letters_or_digits(text, has_one):
    assert has_trigram(text) is has_one


@given(st.text(), st.text())
def test_what_contains_a_text_contains_its_form(before, text):
    assert sortable(text) in sortable(before + "|" + text)


def test_a_sort_key_fits_into_an_index_whatever_the_name():
    assert sort_key(None) == ""
    assert sort_key("Ó" * 10_000) == "o" * MAX_SORT_LENGTH
    assert len(sort_key("\U0001f600" * 10_000).encode()) <= 2_000


@pytest.mark.parametrize(
    ("value", "text"), [("Ärger", "arger"), (42, "42"), (True, "true"), (False, "false")]
)
def test_search_text_of_values(value, text):
    assert search_text(value) == text


def test_wildcards_are_only_signs():
    assert containing("100%_\\") == "%100\\%\\_\\\\%"
    assert whole("a_b") == "a\\_b"
