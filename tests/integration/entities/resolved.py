"""Conflicts made and settled in tests."""

import random
from uuid import uuid4

from entities import fold
from entities.models import Conflict
from entities.resolving import resolve_conflict
from entities.services import update_entity
from events import log
from events.models import LoggedEvent
from tests.builders import an_event
from tests.integration.entities.rows import (
    NOW,
    SECOND,
    a_person,
    an_act,
    details,
    moved,
    open_conflicts_of,
    receive,
    said,
    stored,
)

THERE = "loc2/1"


def first_origin(uid):
    return LoggedEvent.objects.filter(entity_uid=uid).order_by("hlc").first().origin


def from_there(uid, *, sees=1, seq=1, after=5, **overrides):
    """Another location writes, having seen so many of our events."""
    given = {"type": "entity.updated.v1", "at": NOW + after * SECOND, "origin": THERE} | overrides
    seen = {first_origin(uid): sees} if sees else {}
    event = an_event(entity_uid=uid, seq=seq, sees=seen, name=str(uuid4()), **given)
    receive([event])
    return event


def the_conflict(uid, attribute):
    return Conflict.objects.get(entity_uid=uid, attribute=attribute, closed_event=None)


def a_renamed_person(here="Smyth", there="Smythe"):
    """Smith was renamed at two locations at once; that of the other one holds."""
    uid = a_person(SURNAME="Smith", EMAIL="a@b.is").entity_uid
    act = an_act(now_us=NOW + SECOND)
    [ours] = update_entity(act, entity_uid=uid, details=details(SURNAME=here))
    theirs = from_there(uid, details={"SURNAME": there})
    return uid, ours, theirs


def resolve(uid, attribute, *, role="service_agent", **decision):
    conflict = the_conflict(uid, attribute)
    act = an_act(now_us=NOW + 10 * SECOND, role=role)
    resolve_conflict(act, conflict_id=conflict.conflict_id, **decision)
    return last_said(uid)


def last_said(uid):
    event = max(log.events_of([uid])[uid], key=lambda event: event.key)
    return event.type, said([event])[0]


def assert_settled_everywhere(uid):
    """Nothing is open here, nor where all these events arrive in any other order."""
    assert open_conflicts_of(uid) == []
    events = log.events_of([uid])[uid]
    assert fold.fold(events).conflicts == ()
    elsewhere = uuid4()
    arrivals = moved(events, elsewhere)
    random.Random(7).shuffle(arrivals)
    for event in arrivals:
        receive([event])
    assert open_conflicts_of(elsewhere) == []
    assert stored(elsewhere).detail_versions == fold.fold(moved(events, elsewhere)).detail_versions
