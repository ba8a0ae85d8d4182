"""Whatever bytes arrive: JSON values that can be stored, or a sentence."""

import io
import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework.exceptions import APIException, ParseError

from entities.http.parsers import MAX_BODY_BYTES, BodyTooLarge, StrictJSONParser, loads

texts = st.text().filter(lambda text: "\x00" not in text)
plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(st.binary())
@example(b"\xff\xfe{\x00")
@example(b"[" * 100_000)
@example(b'{"a":' * 5_000)
@example(b"-" + b"9" * 5_000)
@example(b"1e99999999999999999999")
@example(b'"\\ud83d"')
def test_arbitrary_bytes_never_raise_anything_but_a_refusal(raw):
    with suppress(ParseError):
        json.dumps(loads(raw), default=str).encode()


@given(plain_json)
def test_json_comes_back_as_it_was(value):
    assert loads(json.dumps(value).encode()) == value
    assert loads(json.dumps(value, ensure_ascii=False).encode()) == value


def test_fractions_keep_every_digit():
    assert loads(b"12.50") == Decimal("12.50")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"NaN",
        b"[Infinity]",
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'"\\ud800"',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        b"[" * 60 + b"]" * 60,
    ],
)
def test_what_could_not_be_stored_is_refused(raw):
    with pytest.raises(ParseError):
        loads(raw)


def test_a_pair_of_surrogates_is_one_character():
    assert loads(b'"\\ud83d\\ude00"') == "😀"


def test_bodies_end_at_one_mebibyte():
    fits = b'"' + b"x" * (MAX_BODY_BYTES - 2) + b'"'

    assert StrictJSONParser().parse(io.BytesIO(fits))
    with pytest.raises(BodyTooLarge) as refused:
        StrictJSONParser().parse(io.BytesIO(fits + b" "))
    assert isinstance(refused.value, APIException)
    assert refused.value.status_code == 413
