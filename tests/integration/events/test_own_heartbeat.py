"""The heartbeat of this location, its digest, and what others make of it."""

import hashlib
from functools import reduce
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from events import deadletters, own_heartbeat, peers, queries, ranges, sql
from events.clock import instant_of
from events.deadletters import SetAside
from events.heartbeat import DIGEST_BYTES, Heartbeat, parse, to_json
from events.origin import ensure_self
from events.own_heartbeat import OwnHeartbeats, read_buckets
from events.recording import Draft, record
from events.sealing import seal
from tests.integration.events.builders import NOW_US, an_act
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db


def write(count: int = 1) -> list[UUID]:
    uids = [uuid4() for _ in range(count)]
    with transaction.atomic():
        record(an_act(), [Draft(uid, "entity.created.v1", {}) for uid in uids])
    return uids


def digest_heads() -> None:
    sql.execute("UPDATE events_head SET digest = sha256(uuid_send(entity_uid))")


def beat(standing: OwnHeartbeats | None = None) -> Heartbeat:
    return (standing or OwnHeartbeats()).heartbeat(now_us=NOW_US)


def test_a_heartbeat_says_how_this_location_stands() -> None:
    write(3)
    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)
    write(1)
    deadletters.set_aside([SetAside("bad_json", b"{")], now=instant_of(NOW_US))

    heartbeat = beat()

    this = ensure_self(now_us=NOW_US)
    assert (heartbeat.origin, heartbeat.instance_id) == (this.origin, this.instance_id)
    assert (heartbeat.sealed, heartbeat.unsealed, heartbeat.dead_letters) == (3, 1, 1)
    assert heartbeat.received == {this.origin: ((1, 3),)}
    assert (heartbeat.floor, heartbeat.at) == (NOW_US, NOW_US)
    assert parse(to_json(heartbeat)) == heartbeat


def test_a_heartbeat_stays_small_enough_to_be_sent_and_believed() -> None:
    pieces = ranges.to_sql(tuple((2 * n, 2 * n) for n in range(1, 80_000)))
    statement = "INSERT INTO events_origin VALUES ('loc2/1', %(pieces)s::int8multirange, '{}')"
    sql.execute(statement, {"pieces": pieces})

    heartbeat = beat()

    assert len(to_json(heartbeat)) < 100_000
    assert parse(to_json(heartbeat)) == heartbeat
    assert heartbeat.received["loc2/1"][:2] == ((2, 2), (4, 4))
    assert heartbeat.digest is None  # it would speak of more than is told


def test_buckets_are_the_heads_digests_by_the_last_byte_of_the_uid() -> None:
    uids = write(50)
    digest_heads()

    buckets = read_buckets()

    for byte in range(256):
        digests = [hashlib.sha256(uid.bytes).digest() for uid in uids if uid.bytes[-1] == byte]
        expected = reduce(lambda a, b: a ^ b, [int.from_bytes(each) for each in digests], 0)
        start = byte * DIGEST_BYTES
        assert int.from_bytes(buckets[start : start + DIGEST_BYTES]) == expected


def test_there_is_no_digest_while_something_is_unsealed() -> None:
    write()
    digest_heads()
    assert beat().digest is None

    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)

    assert beat().digest == hashlib.sha256(read_buckets()).hexdigest()


@pytest.mark.django_db(transaction=True)
def test_the_digest_is_read_again_only_after_something_changed(monkeypatch) -> None:
    write()
    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)
    read = []

    def counted() -> bytes:
        read.append(1)
        return read_buckets()

    monkeypatch.setattr("events.own_heartbeat.read_buckets", counted)
    monkeypatch.setattr("events.own_heartbeat.HEADS_TOUCHED_SQL", "SELECT 0")
    standing = OwnHeartbeats()
    beat(standing)
    beat(standing)
    assert len(read) == 1

    standing._next_digest_at = 0
    own_heartbeat.register_fold_version(own_heartbeat.fold_version())
    write()
    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)

    assert beat(standing).digest is not None
    assert len(read) == 2


@pytest.mark.django_db(transaction=True)
def test_a_long_digest_waits_until_nothing_changes(monkeypatch) -> None:
    monkeypatch.setattr("events.own_heartbeat.HEADS_TOUCHED_SQL", "SELECT 0")
    standing = OwnHeartbeats()
    told = []
    for is_writing in (True, True, True, False):
        if is_writing:
            write()
            seal_all()
        told.append(beat(standing).digest)
        standing._took_s, standing._next_digest_at = 1.0, 0.0  # as with a million entities

    assert [digest is not None for digest in told] == [True, False, False, True]


def test_locations_are_identical_different_or_it_cannot_be_said() -> None:
    one = a_heartbeat(digest="ab" * 32)
    same = a_heartbeat(location_id="loc3", digest="ab" * 32)
    other = a_heartbeat(location_id="loc3", digest="cd" * 32)
    late = a_heartbeat(location_id="loc4", digest=None, pending=1)

    assert queries.identical([one, same]) is True
    assert queries.identical([one, same, late]) is None
    assert queries.identical([one, late, other]) is False
    assert queries.identical([one]) is None


def test_the_state_counts_what_each_location_lacks() -> None:
    write(3)
    this = seal_all()
    heard = a_heartbeat(received={this.origin: ((1, 1),)}, sealed=2, wants={this.origin: ((2, 3),)})
    peers.keep(heard, seen_at=instant_of(NOW_US))

    state = queries.sync_state()

    here, there = state["locations"]
    assert (state["location_id"], state["origin"]) == ("loc1", this.origin)
    assert (here["location_id"], here["lag_events"]) == ("loc1", 2)
    assert (there["location_id"], there["lag_events"], there["wants"]) == ("loc2", 4, 2)
    assert there["seen_at"] == "2025-06-15T15:06:40.000000Z"
    assert there["clock_offset_ms"] == 0
    assert state["identical"] is None


def test_the_pill_says_alone_then_in_sync_then_not_heard(settings) -> None:
    write()
    this = seal_all()
    digest_heads()
    assert queries.sync_pill()["state"] == "alone"

    own = beat()
    peers.keep(own, seen_at=instant_of(NOW_US))
    equal = a_heartbeat(
        received=own.received,
        digest=own.digest,
        buckets=own.buckets,
        fold_version=own.fold_version,
    )
    peers.keep(equal, seen_at=now())
    assert queries.sync_pill()["state"] == "in_sync"
    write()
    assert queries.sync_pill()["sentence"] == "1 to send"
    assert seal_all().sealed == this.sealed + 1
    assert queries.sync_pill()["sentence"] == "loc2 1 behind"
    peers.keep(equal, seen_at=instant_of(NOW_US))
    assert queries.sync_pill()["state"] == "down"


def seal_all():
    seal(ensure_self(now_us=NOW_US), wall_us=NOW_US)
    return ensure_self(now_us=NOW_US)


def now():
    return sql.fetch("SELECT clock_timestamp()")[0][0]
