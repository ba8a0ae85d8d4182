"""The one way a value is written in an event."""

from decimal import Decimal
from enum import IntEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.event import InvalidValue, canonical


class Colour(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("  Szabó \n", "Szabó"),
        ("Szabo\u0301", "Szab\u00f3"),
        ("", None),
        (" \t\u2003", None),
        ("smith", "smith"),
        (None, None),
        (True, True),
        (0, 0),
        (Colour.RED, 1),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (2**53 - 1, 2**53 - 1),
    ],
)
def test_canonical_values(given_value, expected):
    result = canonical(given_value)

    assert result == expected
    assert type(result) in (type(expected), type(given_value))


@pytest.mark.parametrize(
    "refused",
    [
        1.5,
        float("nan"),
        "a\x00b",
        "\ud800",
        "a\udfffb",
        2**53,
        -(2**53),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        ["a"],
        {"value": "x"},
        ("a",),
        b"a",
        object(),
    ],
)
def test_refused_values_come_with_a_sentence(refused):
    with pytest.raises(InvalidValue) as refusal:
        canonical(refused)

    assert str(refusal.value).endswith(".")
    assert len(str(refusal.value).split()) > 4


@given(st.text() | st.integers() | st.decimals() | st.booleans() | st.none() | st.floats())
def test_canonical_is_idempotent_or_a_refusal(value):
    try:
        once = canonical(value)
    except InvalidValue:
        return

    assert canonical(once) == once
