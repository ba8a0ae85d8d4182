"""Which wrong letters fingers make, and which make another name."""

import pytest

from customers.search.slips import is_slip


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("jonson", "johnson"),  # left out
        ("johnsson", "johnson"),  # struck twice
        ("johnsion", "johnson"),  # the key beside as well
        ("johmson", "johnson"),  # the key beside
        ("jonhson", "johnson"),  # in the wrong order
        ("yorro", "zorro"),  # German keyboards
        ("ohnson", "johnson"),
        ("johnso", "johnson"),
    ],
)
def test_slips(asked, held):
    assert is_slip(asked, held)


@pytest.mark.parametrize(
    ("asked", "held"),
    [("alena", "elena"), ("ivanova", "ivanov"), ("marta", "maria"), ("karl", "carl")],
)
def test_other_letters(asked, held):
    assert not is_slip(asked, held)
