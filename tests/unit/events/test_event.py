"""The codec: any bytes are an event that folds, or an InvalidEvent, and never anything else."""

import copy
import json
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entities.assertions import KNOWN_TYPES
from entities.fold import attributes_of, fold
from events import event as event_module
from events.event import MAX_EVENT_BYTES, EventTooLarge, InvalidEvent, decode, encode
from events.payload import DATA_FIELDS, MAX_DEPTH
from tests.builders import OTHER, an_event, an_id, an_instant

EXAMPLES = {
    "entity.created.v1": {"entity_type": "PERSON", "details": {"NAME": "Ámos", "AGE": 7}},
    "entity.updated.v1": {"display_name": None, "details": {"NAME": None, "VIP": True}},
    "conflict.resolved.v1": {"details": {"NAME": "Ámos"}},
    "entity.deleted.v1": {"reason": "asked for"},
    "entity.restored.v1": {"valid_from": an_instant("09:00")},
    "entity.merged.v1": {"into": str(OTHER)},
    "entity.unmerged.v1": {},
    "entity.distinguished.v1": {"other": str(OTHER), "same": False},
    "hold.placed.v1": {"hold_id": str(OTHER), "reason": "court"},
    "hold.lifted.v1": {"hold_id": str(OTHER)},
    "erasure.scheduled.v1": {"execute_after": an_instant("12:00"), "basis": "request"},
    "erasure.cancelled.v1": {"scheduled": str(OTHER)},
    "entity.restricted.v1": {"reason": "The values are disputed."},
    "entity.unrestricted.v1": {"reason": "Settled."},
    "entity.erased.v1": {"basis": "request"},
    "event.voided.v1": {"event_id": str(an_id("void"))},
    "detail_type.proposed.v1": {"details": {"CODE": "VIP", "OPTIONS": ["a", "b"], "LABEL": "V"}},
    "detail_type.authorised.v1": {"details": {}},
    "detail_type.rejected.v1": {"details": {"REASON": "twice"}},
    "detail_type.retired.v1": {"details": {}},
    "detail_type.amended.v1": {"details": {"LABEL": None}},
    "entity_type.defined.v1": {"details": {"LABEL": "Institution"}},
    "location.joined.v1": {"details": {"LABEL": "Loc 1"}},
    "location.retired.v1": {"details": {}},
    "retention_policy.defined.v1": {"details": {"DAYS": 730, "APPROVAL": True}},
    "retention_policy.retired.v1": {"details": {}},
}


def envelope_of(**overrides):
    return orjson.loads(encode(an_event(**overrides)))


@pytest.mark.parametrize("event_type", sorted(EXAMPLES))
def test_every_type_survives_the_wire_and_folds(event_type):
    event = an_event(type=event_type, salt="AAAAAAAAAAAAAAAAAAAAAA==", **EXAMPLES[event_type])

    raw = encode(event)

    assert decode(raw) == event
    assert encode(decode(raw)) == raw
    assert fold([event]) == fold([event, event])
    assert attributes_of(event) or event_type == "entity.updated.v1"


def test_the_fold_knows_exactly_the_types_whose_data_is_checked():
    assert set(EXAMPLES) == set(DATA_FIELDS) == set(KNOWN_TYPES)


def test_the_bytes_are_as_documented():
    event = an_event(
        type="entity.created.v1",
        at="2026-01-05T10:00:00.000001",
        seq=2,
        sees={"loc2/7": 3},
        reason_code="correction",
        entity_type="PERSON",
        details={"NAME": "Ámos"},
    )

    assert encode(event).decode() == (
        '{"specversion":"1.0","id":"0c33f9a1-382c-3e68-7368-c70615cf1722"'
        ',"source":"/locations/loc1/1","type":"entity.created.v1"'
        ',"subject":"01900000-0000-7000-8000-000000000001"'
        ',"time":"2026-01-05T10:00:00.000001Z","datacontenttype":"application/json"'
        ',"hlc":1767607200000001,"entityseq":2,"basevv":{"loc1/1":1,"loc2/7":3}'
        ',"actor":"agent","role":"service_agent"'
        ',"requestid":"01900000-0000-7000-8000-00000000000a","reasoncode":"correction"'
        ',"data":{"entity_type":"PERSON","details":{"NAME":"Ámos"}}}'
    )


def test_an_event_knows_its_location_key_and_valid_time():
    event = an_event(at="10:00", origin="loc-3/12", valid_from="09:00")

    assert event.location_id == "loc-3"
    assert event.key == (an_instant("10:00"), "loc-3/12", event.event_id)
    assert event.valid_from == an_instant("09:00")
    assert an_event(at="10:00").valid_from == an_instant("10:00")


def test_a_valid_from_in_the_future_reads_as_the_instant_of_the_event():
    raw = encode(an_event(at="10:00", valid_from="11:00"))

    assert decode(raw).valid_from == an_instant("10:00")


def test_events_can_be_kept_in_sets():
    assert len({an_event(details={"A": 1}), an_event(details={"A": 1})}) == 1


def test_unknown_types_and_unknown_fields_decode():
    raw = orjson.dumps(
        envelope_of() | {"type": "ship.launched.v3", "traceparent": "x", "data": {"into": 5}}
    )

    event = decode(raw)

    assert event.type == "ship.launched.v3"
    assert fold([event]) == fold([])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": "no-uuid"}, "id"),
        ({"id": "{01900000-0000-7000-8000-000000000001}"}, "id"),
        ({"id": None}, "id"),
        ({"subject": 5}, "subject"),
        ({"requestid": "019000000000-7000-8000-00000000000a"}, "requestid"),
        ({"source": "/locations/LOC1/1"}, "source"),
        ({"source": "/locations/loc1"}, "source"),
        ({"source": "/locations/loc1/1\n"}, "source"),
        ({"source": "/locations/" + "a" * 33 + "/1"}, "source"),
        ({"source": "/locations/loc1/\u0661"}, "source"),
        ({"type": "entity.updated"}, "type"),
        ({"type": "Entity.updated.v1"}, "type"),
        ({"type": "entity.updated.v1\n"}, "type"),
        ({"hlc": 0}, "hlc"),
        ({"hlc": -5}, "hlc"),
        ({"hlc": 2**53}, "hlc"),
        ({"hlc": 1.5}, "hlc"),
        ({"hlc": True}, "hlc"),
        ({"hlc": "1"}, "hlc"),
        ({"entityseq": 0}, "entityseq"),
        ({"entityseq": -1}, "entityseq"),
        ({"entityseq": 2**31}, "entityseq"),
        ({"basevv": None}, "basevv"),
        ({"basevv": {"loc1": 1}}, "basevv"),
        ({"basevv": {"loc2/1": -1}}, "basevv"),
        ({"basevv": {"loc2/1": "1"}}, "basevv"),
        ({"basevv": {"loc2/1": True}}, "basevv"),
        ({"basevv": {"loc1/1": 1}}, "basevv"),
        ({"actor": None}, "actor"),
        ({"actor": "a\x00"}, "actor"),
        ({"actor": "a" * 257}, "actor"),
        ({"role": 1}, "role"),
        ({"reasoncode": 1}, "reasoncode"),
        ({"data": None}, "data"),
        ({"data": []}, "data"),
        ({"data": {"valid_from": "2024-01-01"}}, "valid_from"),
        ({"data": {"valid_from": -(2**62)}}, "valid_from"),
        ({"data": {"valid_from": None}}, "valid_from"),
        ({"data": {"valid_from": True}}, "valid_from"),
        ({"data": {"reason": 5}}, "reason"),
        ({"data": {"details": None}}, "details"),
        ({"data": {"details": {"NAME": {"value": "x"}}}}, "details"),
        ({"data": {"details": {"NAME": ["x"]}}}, "details"),
        ({"data": {"details": {"NAME": 2**53}}}, "details"),
        ({"data": {"details": {"NAME": 1.0}}}, "details"),
        ({"data": {"details": {"alive": True}}}, "details"),
        ({"data": {"details": {"NAME": "a\x00"}}}, "U+0000"),
        ({"data": {"ignored\x00": 1}}, "U+0000"),
        ({"data": {"ignored": [[0.5]]}}, "whole"),
        ({"data": {"entity_type": 5}}, "entity_type"),
        ({"data": {"display_name": ["x"]}}, "display_name"),
        ({"type": "entity.merged.v1", "data": {}}, "into"),
        ({"type": "entity.merged.v1", "data": {"into": "x"}}, "into"),
        ({"type": "entity.distinguished.v1", "data": {"other": str(OTHER), "same": 1}}, "same"),
        ({"type": "hold.placed.v1", "data": {"hold_id": ""}}, "hold_id"),
        ({"type": "erasure.scheduled.v1", "data": {"basis": "x"}}, "execute_after"),
        ({"type": "event.voided.v1", "data": {"event_id": 7}}, "event_id"),
        ({"type": "detail_type.proposed.v1", "data": {}}, "details"),
        ({"type": "detail_type.proposed.v1", "data": {"details": {"LABEL": []}}}, "details"),
        ({"type": "detail_type.proposed.v1", "data": {"details": {"OPTIONS": [1]}}}, "details"),
        ({"type": "ship.launched.v3", "data": {"a": {"b": 0.5}}}, "whole"),
    ],
)
def test_malformed_events_are_refused_by_name_of_the_attribute(change, word):
    raw = orjson.dumps(envelope_of() | change)

    with pytest.raises(InvalidEvent) as refusal:
        decode(raw)

    assert refusal.value.reason_code == "not_cloudevents"
    assert word in refusal.value.detail


@pytest.mark.parametrize("name", sorted(set(envelope_of()) - {"time", "datacontenttype"}))
def test_every_attribute_the_fold_needs_is_required(name):
    envelope = envelope_of()
    del envelope[name]

    with pytest.raises(InvalidEvent):
        decode(orjson.dumps(envelope))


@pytest.mark.parametrize(
    ("raw", "reason_code"),
    [
        (b"", "bad_json"),
        (b"not json", "bad_json"),
        (b"\xff\xfe{}", "bad_json"),
        (b'{"id": "\\ud800"}', "bad_json"),
        (b'{"hlc": NaN}', "bad_json"),
        (b'{"hlc": 1e999}', "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b'{"a":' * 2_000 + b"1" + b"}" * 2_000, "bad_json"),
        (b"[]", "not_cloudevents"),
        (b"null", "not_cloudevents"),
        (b"{}", "not_cloudevents"),
        (b" " * (MAX_EVENT_BYTES + 1), "too_large"),
    ],
)
def test_bytes_that_are_no_event_have_a_reason(raw, reason_code):
    with pytest.raises(InvalidEvent) as refusal:
        decode(raw)

    assert refusal.value.reason_code == reason_code


def test_data_may_be_nested_but_not_without_end():
    nested = {"x": 1}
    for _ in range(MAX_DEPTH):
        nested = {"x": nested}

    with pytest.raises(InvalidEvent, match="nested"):
        decode(orjson.dumps(envelope_of() | {"type": "ship.launched.v1", "data": nested}))
    assert decode(orjson.dumps(envelope_of() | {"type": "ship.launched.v1", "data": nested["x"]}))


def test_refusals_never_repeat_a_value():
    envelope = envelope_of() | {"data": {"details": {"NAME": ["Szabó"]}}}

    with pytest.raises(InvalidEvent) as refusal:
        decode(orjson.dumps(envelope))

    assert "Szab" not in str(refusal.value)


def test_an_event_too_large_for_the_others_is_not_made():
    with pytest.raises(EventTooLarge) as refusal:
        encode(an_event(details={"NOTES": "x" * MAX_EVENT_BYTES}))

    assert refusal.value.size_bytes > MAX_EVENT_BYTES


def test_what_others_would_refuse_is_not_made():
    with pytest.raises(InvalidEvent):
        encode(an_event(details={"lower": "x"}))


def test_an_event_of_the_largest_size_is_made_and_read():
    overhead = len(encode(an_event(details={"NOTES": ""})))
    event = an_event(details={"NOTES": "x" * (MAX_EVENT_BYTES - overhead)})

    assert decode(encode(event)) == event


def test_old_versions_are_brought_up_to_date_step_by_step():
    def to_second(envelope):
        data = {"display": envelope["data"]["title"]}
        return envelope | {"type": "entity.renamed.v2", "data": data}

    def to_updated(envelope):
        data = {"display_name": envelope["data"]["display"]}
        return envelope | {"type": "entity.updated.v1", "data": data}

    old = envelope_of() | {"type": "entity.renamed.v1", "data": {"title": "Mill"}}
    upcasts = {"entity.renamed.v1": to_second, "entity.renamed.v2": to_updated}

    event = decode(orjson.dumps(old), upcasts=upcasts)

    assert (event.type, event.data) == ("entity.updated.v1", {"display_name": "Mill"})
    assert decode(orjson.dumps(old)).type == "entity.renamed.v1"


def test_what_an_upcast_makes_is_checked_like_any_event():
    old = orjson.dumps(envelope_of() | {"type": "entity.renamed.v1", "data": {}})
    broken = {"entity.renamed.v1": lambda envelope: envelope | {"type": "entity.merged.v1"}}

    with pytest.raises(InvalidEvent, match="into"):
        decode(old, upcasts=broken)


def test_upcasts_lead_from_types_no_longer_written_to_known_ones():
    assert not set(event_module.UPCASTS) & set(KNOWN_TYPES)


REASONS = (None, "bad_json", "not_cloudevents", "too_large")


def decodes_or_says_why(raw):
    """The reason of the refusal; None when it decoded, folded and survived the way back."""
    try:
        event = decode(raw)
    except InvalidEvent as refusal:
        return refusal.reason_code
    fold([event, replace(event, event_id=OTHER), an_event(type="entity.created.v1")])
    assert isinstance(attributes_of(event), frozenset)
    assert decode(encode(event)) == event
    return None


@given(st.binary())
@example(b'{"id":"\\u0000"}')
def test_any_bytes_decode_or_are_refused(raw):
    assert decodes_or_says_why(raw) in REASONS


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**62, max_value=2**70)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["\x00", "\ud800", "", str(OTHER), "loc1/1", "/locations/loc1/1"])
    | st.sampled_from(sorted(EXAMPLES)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["NAME", "OPTIONS", "a", "loc1/1"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_mutated_events_decode_or_are_refused(event_type, data):
    envelope = copy.deepcopy(envelope_of(type=event_type, **EXAMPLES[event_type]))
    inside = data.draw(st.sampled_from(["envelope", "data", "details", "both"]))
    targets = {"envelope": [envelope], "data": [envelope["data"]]}
    details = envelope["data"].get("details")
    targets["details"] = [envelope["data"]] if details is None else [details]
    targets["both"] = [envelope, envelope["data"]]
    for target in targets[inside]:
        known = [*target, *DATA_FIELDS[event_type], "valid_from", "reason", "details", "NAME"]
        name = data.draw(st.sampled_from(known))
        target[name] = data.draw(JSON)

    assert decodes_or_says_why(json.dumps(envelope).encode()) in REASONS


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_events_with_damaged_bytes_decode_or_are_refused(event_type, data):
    raw = bytearray(encode(an_event(type=event_type, **EXAMPLES[event_type])))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(raw) - 1))
        raw[position : position + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    assert decodes_or_says_why(bytes(raw)) in REASONS


def test_ids_are_read_in_either_case_and_compare_equal():
    envelope = envelope_of()

    upper = decode(orjson.dumps(envelope | {"subject": envelope["subject"].upper()}))

    assert upper.entity_uid == UUID(envelope["subject"])
