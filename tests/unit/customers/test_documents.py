"""The numbers a document number may stand for."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from customers.search.documents import MAX_LENGTH, look_alikes, neighbours


def test_each_kind_of_error_is_among_them():
    found = set(neighbours("AB1230"))

    assert {"AB1231", "AC1230", "B1230", "AB123", "AB12304", "ABX1230", "BA1230", "AB1320"} <= found
    assert "ABI230" in found
    assert "ABI23O" in found
    assert "A1B230" in found


def test_letters_stand_for_letters_and_digits_for_digits():
    found = set(neighbours("12345678"))

    assert not any(key.isalpha() for key in found)
    assert "1234X678" not in found


def test_signs_that_look_alike_in_every_way():
    assert set(look_alikes("1O")) == {"IO", "10", "I0"}


def test_what_is_no_document_number_has_none():
    assert list(neighbours("1" * (MAX_LENGTH + 1))) == []


@given(st.text("AB01", min_size=1, max_size=12))
def test_they_are_one_error_away_but_for_signs_that_look_alike(key):
    plain = str.maketrans("OI", "01")

    assert all(
        OSA.distance(key.translate(plain), other.translate(plain)) <= 1 for other in neighbours(key)
    )
