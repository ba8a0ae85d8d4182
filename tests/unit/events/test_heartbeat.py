"""What counts as a heartbeat, and what is ignored."""

import base64
import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.heartbeat import BUCKETS, DIGEST_BYTES, InvalidHeartbeatError, parse, to_json
from tests.integration.events.heartbeats import a_heartbeat

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
FIELDS = sorted(orjson.loads(to_json(a_heartbeat())))


def said(**changes: Any) -> bytes:
    return orjson.dumps({**orjson.loads(to_json(a_heartbeat())), **changes})


def test_a_heartbeat_survives_the_wire() -> None:
    heartbeat = a_heartbeat(
        received={"loc1/1": ((1, 5), (7, 9))},
        wants={"loc1/1": ((6, 6),)},
        digest="ab" * 32,
        buckets=bytes(BUCKETS * DIGEST_BYTES),
    )

    assert parse(to_json(heartbeat)) == heartbeat


def test_unknown_keys_are_ignored() -> None:
    assert parse(said(mood="fine")) == a_heartbeat()


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"location_id": "Loc 2"},
        {"origin": "loc3/1"},
        {"instance_id": "x"},
        {"sealed": -1},
        {"sealed": 1.5},
        {"sealed": True},
        {"at": 2**60},
        {"received": []},
        {"received": {"loc1": [[1, 2]]}},
        {"received": {"loc1/1": [[0, 2]]}},
        {"received": {"loc1/1": [[3, 2]]}},
        {"received": {"loc1/1": [[1, 2, 3]]}},
        {"received": {"loc1/1": [[n, n] for n in range(1, 30_000, 2)]}},
        {"wants": {"loc1/1": "all"}},
        {"digest": "ab"},
        {"buckets": "*"},
        {"buckets": base64.b64encode(b"short").decode()},
    ],
)
def test_anything_else_is_no_heartbeat(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidHeartbeatError):
        parse(said(**changes))


@given(st.sampled_from(FIELDS), json_values)
def test_no_value_of_any_field_does_more_than_be_refused(field: str, value: Any) -> None:
    try:
        raw = said(**{field: value})
    except TypeError:
        return  # a number too large for JSON
    with contextlib.suppress(InvalidHeartbeatError):
        parse(raw)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"1", b"\xff", b'"' + b"x" * 2**21 + b'"'])
def test_no_bytes_do_more_than_be_refused(raw: bytes) -> None:
    with pytest.raises(InvalidHeartbeatError):
        parse(raw)


def test_heartbeats_compare_only_at_equal_progress_with_nothing_left_to_do() -> None:
    one = a_heartbeat(received={"loc1/1": ((1, 5),)}, digest="ab" * 32)
    same = a_heartbeat(location_id="loc3", received={"loc1/1": ((1, 5),)}, digest="cd" * 32)

    assert one.is_comparable(same)
    for other in (
        a_heartbeat(received={"loc1/1": ((1, 4),)}, digest="ab" * 32),
        a_heartbeat(received={"loc1/1": ((1, 5),)}, digest="ab" * 32, pending=1),
        a_heartbeat(received={"loc1/1": ((1, 5),)}, digest="ab" * 32, unsealed=1),
        a_heartbeat(received={"loc1/1": ((1, 5),)}, digest="ab" * 32, fold_version=2),
        a_heartbeat(received={"loc1/1": ((1, 5),)}, digest=None),
    ):
        assert not one.is_comparable(other)
