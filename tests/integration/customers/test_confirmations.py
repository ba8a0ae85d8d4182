"""Where a customer's changes have arrived, as far as the other locations have said."""

from uuid import UUID, uuid4

import pytest

from customers.web.confirmations import confirmations
from events import peers, sql
from events.clock import instant_of
from events.heartbeat import Heartbeat
from tests.integration.customers.registry import a_customer, agent, entries

pytestmark = pytest.mark.django_db

NOW_US = 4_000_000_000_000_000


def hears(location_id, received):
    heartbeat = Heartbeat(
        location_id=location_id,
        instance_id=uuid4(),
        origin=f"{location_id}/1",
        version="0",
        fold_version=1,
        at=NOW_US,
        floor=NOW_US,
        sealed=0,
        unsealed=0,
        pending=0,
        received=received,
        wants={},
        digest=None,
        buckets=None,
        conflicts=0,
        dead_letters=0,
    )
    peers.keep(heartbeat, seen_at=instant_of(NOW_US))


def sealed(uid, *sequences):
    """The customer's events get these sequences; gives their origin."""
    rows = sql.fetch(
        "SELECT event_id, origin FROM events_event WHERE entity_uid = %(uid)s ORDER BY entity_seq",
        {"uid": uid},
    )
    for (event_id, _), sequence in zip(rows, sequences, strict=True):
        sql.execute(
            "UPDATE events_event SET sequence = %(sequence)s WHERE event_id = %(id)s",
            {"sequence": sequence, "id": event_id},
        )
    return rows[0][1]


def chips(uid):
    found = confirmations([UUID(uid)], here="loc1", now_us=NOW_US)
    return {chip["location_id"]: chip["confirmed"] for chip in found.get(uid, [])}


def test_alone_there_is_nothing_to_confirm():
    assert chips(a_customer()["id"]) == {}


def test_a_location_confirms_what_it_has_received():
    uid = a_customer()["id"]
    agent("PATCH", f"items/{uid}/", {"name": "x"})
    origin = sealed(uid, 7, 8)
    hears("loc2", {origin: ((1, 8),)})
    hears("loc3", {origin: ((1, 7),)})

    assert chips(uid) == {"loc1": True, "loc2": True, "loc3": False}


def test_what_has_no_sequence_yet_is_nowhere_else():
    uid = a_customer()["id"]
    hears("loc2", {"loc1/1": ((1, 1000),)})

    (late,) = [
        chip
        for chip in confirmations([UUID(uid)], here="loc1", now_us=NOW_US)[uid]
        if chip["location_id"] == "loc2"
    ]

    assert not late["confirmed"]
    assert late["lag_s"] > 0


def test_asking_is_no_entry():
    uid = a_customer()["id"]
    known = len(entries())

    chips(uid)

    assert len(entries()) == known
