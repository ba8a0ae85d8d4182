"""Heartbeats from the topic: kept, ignored, or a sign that concerns this location."""

from datetime import timedelta
from uuid import uuid4

import pytest

from events import peers, sql, wanting
from events.clock import instant_of
from events.heartbeat import Heartbeat, to_json
from events.kafka import Message
from events.listening import Listening
from events.origin import ensure_self
from tests.integration.events.builders import NOW_US, PEER, column
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db

STATUS = "location.status"


def hear(
    *said: Heartbeat | bytes, listening: Listening | None = None, first: int = 0, key: bytes = b""
) -> Listening:
    listening = listening or Listening()
    messages = []
    for place, each in enumerate(said):
        raw = each if isinstance(each, bytes) else to_json(each)
        name = key or (b"loc2" if isinstance(each, bytes) else each.location_id.encode())
        messages.append(Message(STATUS, 0, first + place, name, raw, {}, NOW_US // 1000 - 60_000))
    listening.take(messages, now_us=NOW_US)
    return listening


def own(**overrides) -> Heartbeat:
    this = ensure_self(now_us=NOW_US)
    fields = {"location_id": "loc1", "origin": this.origin, "instance_id": this.instance_id}
    return a_heartbeat(**{**fields, **overrides})


def rivals() -> list:
    return column("SELECT rival_instance FROM events_self")


def test_the_last_heartbeat_of_each_location_is_kept() -> None:
    hear(a_heartbeat(sealed=1), a_heartbeat(location_id="loc3"), a_heartbeat(sealed=2))

    known = peers.known()

    assert list(known) == ["loc2", "loc3"]
    assert known["loc2"].heartbeat.sealed == 2
    assert known["loc2"].seen_at == instant_of(NOW_US)


def test_what_was_on_the_topic_before_is_old_news() -> None:
    listening = Listening()
    listening.begin_catch_up({(STATUS, 0): 1})

    hear(a_heartbeat(), a_heartbeat(location_id="loc3"), listening=listening)

    known = peers.known()
    assert known["loc2"].seen_at == instant_of(NOW_US) - timedelta(seconds=60)
    assert known["loc3"].seen_at == instant_of(NOW_US)


def test_a_malformed_or_misnamed_heartbeat_is_ignored() -> None:
    hear(b"{", b"[]", to_json(a_heartbeat())[:-5])
    hear(a_heartbeat(), key=b"loc3")

    assert peers.known() == {}


def test_peers_that_know_more_of_this_origin_mean_a_restored_backup() -> None:
    before = ensure_self(now_us=NOW_US)
    sql.execute("UPDATE events_self SET next_sequence = 5")

    hear(a_heartbeat(received={before.origin: ((1, 4),)}))
    assert ensure_self(now_us=NOW_US).origin == before.origin
    hear(a_heartbeat(received={before.origin: ((1, 5),)}))

    assert ensure_self(now_us=NOW_US).epoch > before.epoch


def test_another_instance_heard_after_this_one_is_a_rival_until_it_falls_silent(settings) -> None:
    listening = hear(own(instance_id=uuid4()), own())  # the one before this one: no rival
    assert rivals() == [None]

    rival = own(instance_id=uuid4())
    hear(rival, listening=listening, first=5)
    assert rivals() == [rival.instance_id]

    listening.mind_rival(now=instant_of(NOW_US) + timedelta(seconds=settings.ORIGIN_SILENT_S - 1))
    assert rivals() == [rival.instance_id]
    listening.mind_rival(now=instant_of(NOW_US) + timedelta(seconds=settings.ORIGIN_SILENT_S + 1))
    assert rivals() == [None]


def test_holes_are_what_others_have_and_this_location_neither_has_nor_holds_aside() -> None:
    received = "INSERT INTO events_origin VALUES (%(o)s, '{[1,4],[8,8]}', '{}')"
    sql.execute(received, {"o": PEER})
    letter = """INSERT INTO events_deadletter (reason_code, origin, sequence, first_seen, attempts)
        VALUES ('bad_hash', %(o)s, 6, now(), 0)"""
    sql.execute(letter, {"o": PEER})

    hear(a_heartbeat(sealed=10), a_heartbeat(location_id="loc3", received={"loc9/1": ((3, 3),)}))

    assert wanting.holes() == {PEER: ((5, 5), (7, 7), (9, 10)), "loc9/1": ((1, 3),)}


def test_wants_are_kept_until_they_are_received() -> None:
    wanting.save({PEER: ((5, 7),), "loc9/1": ((1, 2),)})
    wants = "SELECT origin || ' ' || wants::text FROM events_origin ORDER BY 1"
    assert column(wants) == [f"{PEER} {{[5,8)}}", "loc9/1 {[1,3)}"]

    wanting.save({PEER: ((6, 6),)})

    assert column(wants) == [f"{PEER} {{[6,7)}}", "loc9/1 {}"]
