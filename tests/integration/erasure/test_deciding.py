"""Conflicts about holds and erasures: decided by providers, by the acts themselves."""

import pytest

from entities.holding import ErasureDue
from entities.refusals import Invalid
from entities.resolving import HeldByProviders
from events.recording import Draft, record
from tests.integration.entities.resolved import assert_settled_everywhere, from_there, resolve
from tests.integration.entities.rows import NOW, SECOND, a_person, an_act

pytestmark = pytest.mark.django_db

PROVIDER = "service_provider"
FAR = NOW * 2


def a_contested_hold():
    uid = a_person(SURNAME="Smith").entity_uid
    record(an_act(now_us=NOW + SECOND), [Draft(uid, "hold.placed.v1", {"hold_id": "court"})])
    lifted = from_there(uid, type="hold.lifted.v1", hold_id="court")
    return uid, lifted


def a_contested_erasure():
    uid = a_person(SURNAME="Smith").entity_uid
    plan = {"execute_after": FAR, "basis": "retention"}
    [ours] = record(an_act(now_us=NOW + SECOND), [Draft(uid, "erasure.scheduled.v1", plan)])
    theirs = from_there(uid, type="erasure.cancelled.v1", scheduled=str(ours.event_id))
    return uid, ours, theirs, plan


def test_whether_a_hold_stands_is_decided_by_placing_or_lifting_it():
    uid, lifted = a_contested_hold()
    with pytest.raises(HeldByProviders):
        resolve(uid, "hold:court", value=True)
    with pytest.raises(Invalid):
        resolve(uid, "hold:court", role=PROVIDER, value=False)

    told = resolve(uid, "hold:court", role=PROVIDER, keep=lifted.event_id)

    assert told == ("hold.lifted.v1", {"hold_id": "court"})
    assert_settled_everywhere(uid)


def test_a_hold_may_be_decided_to_stand():
    uid, _ = a_contested_hold()

    assert resolve(uid, "hold:court", role=PROVIDER, value=True)[0] == "hold.placed.v1"
    assert_settled_everywhere(uid)


def test_not_when_the_erasure_is_due_and_the_hold_does_not_stand_now():
    uid, _ = a_contested_hold()
    plan = {"execute_after": NOW, "basis": "subject_request"}
    record(an_act(now_us=NOW + 6 * SECOND), [Draft(uid, "erasure.scheduled.v1", plan)])

    with pytest.raises(ErasureDue):
        resolve(uid, "hold:court", role=PROVIDER, value=True)


def test_an_erasure_is_decided_by_scheduling_or_cancelling_it():
    uid, ours, _theirs, plan = a_contested_erasure()
    with pytest.raises(HeldByProviders):
        resolve(uid, "erasure", keep=ours.event_id)
    with pytest.raises(Invalid):
        resolve(uid, "erasure", role=PROVIDER, value=plan)

    told = resolve(uid, "erasure", role=PROVIDER, keep=ours.event_id)

    assert told == ("erasure.scheduled.v1", plan)
    assert_settled_everywhere(uid)


@pytest.mark.parametrize("way", ["keep", "value"])
def test_an_erasure_may_be_decided_to_be_cancelled(way):
    uid, ours, theirs, _ = a_contested_erasure()
    decision = {"keep": theirs.event_id} if way == "keep" else {"value": None}

    told = resolve(uid, "erasure", role=PROVIDER, **decision)

    assert told == ("erasure.cancelled.v1", {"scheduled": str(ours.event_id)})
    assert_settled_everywhere(uid)


def test_two_schedules_are_decided_for_one_of_them():
    uid = a_person(SURNAME="Smith").entity_uid
    plans = [{"execute_after": FAR + n, "basis": "retention"} for n in (1, 2)]
    [ours] = record(an_act(now_us=NOW + SECOND), [Draft(uid, "erasure.scheduled.v1", plans[0])])
    from_there(uid, type="erasure.scheduled.v1", **plans[1])

    told = resolve(uid, "erasure", role=PROVIDER, keep=ours.event_id)

    assert told == ("erasure.scheduled.v1", plans[0])
    assert_settled_everywhere(uid)
