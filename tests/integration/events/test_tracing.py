"""What the log says of events on their way: one search for a request finds all its traces."""

import logging
from uuid import uuid4

import pytest

from events import tracing
from events.arrivals import Arrival
from events.deadletters import Source
from events.kafka import Message
from tests.builders import a_created

NOW_US = 1_800_000_000_000_000


def a_message(*, offset, headers):
    return Message("t", 0, offset, b"k", b"v", headers, None)


def an_arrival(*, offset, **overrides):
    event = a_created(entity_uid=uuid4(), **overrides)
    return Arrival(event, b"", b"", offset + 1, Source("c", "t", 0, offset))


@pytest.fixture
def told(caplog):
    caplog.set_level(logging.INFO)
    return caplog


def test_received_events_tell_their_requests_and_their_age_by_origin(told):
    ids = [str(uuid4()) for _ in range(2)]
    messages = [
        a_message(offset=0, headers={"requestid": ids[0].encode()}),
        a_message(offset=1, headers={"requestid": ids[1].encode()}),
        a_message(offset=2, headers={"requestid": b"\xff"}),
    ]
    arrivals = [an_arrival(offset=number) for number in range(3)]
    now_us = max(arrival.event.hlc for arrival in arrivals) + 2_500

    tracing.say_received(arrivals, messages, now_us=now_us)

    [line] = told.records
    own = str(arrivals[2].event.request_id)
    assert line.__dict__["http.request.id"] == sorted([*ids, own])
    assert line.__dict__["sins.events"] == 3
    assert line.__dict__["sins.latency_ms"] >= line.__dict__["sins.latency_p50_ms"] >= 0
    assert line.__dict__["labels.origin"] == arrivals[0].event.location_id


def test_sent_events_tell_each_request_once(told):
    request_id = uuid4()

    tracing.say_sent([(1, uuid4(), request_id), (2, uuid4(), request_id)])
    tracing.say_sent([])

    [line] = told.records
    assert line.__dict__["http.request.id"] == [str(request_id)]
