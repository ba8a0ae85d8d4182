"""Erasure at one location: asked for, carried out when all conditions hold, and nothing is left."""

from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from customers import queries, services
from customers.models import Customer
from entities import erasing, erasure_ledger, holding
from entities.refusals import Erased, Invalid, Merged, NotFound
from events import idempotency, log
from events.clock import instant_of
from events.deadletters import SetAside, set_aside
from events.event import encode
from events.models import DeadLetter, EntityHead, EventState
from tests.builders import an_event
from tests.integration.customers.registry import a_customer, agent
from tests.integration.erasure.worlds import (
    an_act,
    execute,
    hear,
    now_us,
    seal_all,
    states_of,
    tables_with,
)

pytestmark = pytest.mark.django_db

WORDS = ("Canarysurname", "Canaryname", "CANARYDOC77", "canary@example.org", "Oncewascanary")


@pytest.fixture
def person() -> UUID:
    """Somebody with a past, found by others, in an answer that is kept for retries."""
    made = agent(
        "POST",
        "items/",
        {
            "surname": "Oncewascanary",
            "name": "Canaryname",
            "document_number": "CANARYDOC77",
            "dob": "1961-03-04",
            "extra_fields": {"email": "canary@example.org"},
        },
        headers={"Idempotency-Key": str(uuid4())},
    ).json()
    agent("PATCH", f"items/{made['id']}/", {"surname": "Canarysurname"})
    return UUID(made["id"])


def request(uid: UUID, **more: object) -> erasing.Awaited:
    fields = {"entity_uid": uid, "basis": "subject_request", "reason": "Canaryname asked", **more}
    return erasing.request_erasure(an_act(), **fields)


def test_the_search_for_words_finds_what_is_there(person):
    assert {"public.events_event", "public.customers_customer"} <= tables_with(*WORDS).keys()


def test_after_the_erasure_no_table_has_a_value(person):
    kept = a_customer(surname="Keptcanary")
    letter = b'{"subject": "%s", "broken": "Canarysurname' % str(person).encode()
    set_aside([SetAside("bad_json", letter)], now=instant_of(now_us()))
    holding.lift_hold(
        an_act(),
        entity_uid=person,
        hold_id=holding.place_hold(an_act(), entity_uid=person, reason="Canaryname sues"),
        reason="Canaryname does not sue",
    )

    request(person)
    executed = execute()

    assert executed.erased == 1
    assert tables_with(*WORDS) == {}
    assert tables_with("Keptcanary")
    assert queries.get_customer(uid=UUID(kept["id"]))
    assert DeadLetter.objects.get().raw is None
    assert erasure_ledger.verify(person).leftovers == {}


def test_envelopes_stay_and_the_erasure_tells_itself(person):
    request(person)
    execute()

    assert states_of(person) == [
        ("entity.created.v1", EventState.ERASED, False),
        ("entity.updated.v1", EventState.ERASED, False),
        ("erasure.scheduled.v1", EventState.ERASED, False),
        ("entity.deleted.v1", EventState.ERASED, False),
        ("entity.erased.v1", EventState.FOLDED, True),
    ]
    head = EntityHead.objects.get(entity_uid=person)
    assert (head.revision, sum(head.vv.values()), head.digest) == (5, 5, None)
    row = Customer.objects.get(entity_uid=person)
    assert (row.state, row.search_text, row.needs_match) == ("erased", "", False)
    with pytest.raises(Erased):
        erasing.cancel_erasure(an_act(), entity_uid=person, reason="No")
    assert agent("GET", f"items/{person}/").status_code == 410


def test_a_request_takes_off_the_list_at_once(person):
    awaited = request(person)

    assert awaited.basis == "subject_request"
    assert agent("GET", f"items/{person}/").json()["code"] == "deleted"
    assert AuditEntry.objects.get(action="erasure.scheduled").codes == ["subject_request"]


def test_a_request_takes_off_the_list_also_who_waits_for_retention(person):
    erasing.schedule_erasures(
        an_act(), entity_uids=[person], execute_after_us=now_us() - 1, basis="retention"
    )

    assert request(person).basis == "subject_request"  # which no policy takes back
    assert agent("GET", f"items/{person}/").json()["code"] == "deleted"


def test_a_basis_is_of_the_list_and_retention_is_nobodys_request(person):
    for basis in ("because", "retention"):
        with pytest.raises(Invalid):
            request(person, basis=basis)
    with pytest.raises(NotFound):
        request(uuid4())


def test_nothing_is_erased_under_a_hold(person):
    hold_id = holding.place_hold(an_act(), entity_uid=person, reason="Lawsuit", reference="A 1")
    with pytest.raises(erasing.Held):
        request(person)
    assert [hold.reference for hold in holding.holds_of(person)] == ["A 1"]

    holding.lift_hold(an_act(), entity_uid=person, hold_id=hold_id, reason="Settled")

    request(person)
    assert execute().erased == 1
    assert holding.holds_of(person) == []


def test_from_the_hour_on_no_hold_is_placed(person):
    request(person)

    with pytest.raises(holding.ErasureDue):
        holding.place_hold(an_act(), entity_uid=person, reason="Too late")


def test_a_hold_before_the_hour_keeps(person):
    plan = an_act()
    erasing.schedule_erasures(
        plan, entity_uids=[person], execute_after_us=now_us() + 60_000_000, basis="retention"
    )
    holding.place_hold(an_act(), entity_uid=person, reason="Lawsuit")

    later = an_act(at_us=now_us() + 120_000_000)
    executed = execute_as(later)

    assert (executed.erased, executed.held) == (0, [person])


def execute_as(act):
    from entities import executing

    return executing.execute_due(lambda: act)


def test_who_is_to_be_erased_on_request_is_not_put_back_before_that_is_cancelled(person):
    erasing.request_erasure(an_act(), entity_uid=person, basis="subject_request")

    answer = agent("POST", f"items/{person}/restore/", {})
    erasing.cancel_erasure(an_act(), entity_uid=person, reason="They changed their mind.")

    assert (answer.status_code, answer.json()["code"]) == (409, "erasure_scheduled")
    assert agent("POST", f"items/{person}/restore/", {}).status_code == 200


def test_a_cancelled_erasure_does_not_happen(person):
    request(person)
    erasing.cancel_erasure(an_act(), entity_uid=person, reason="Asked not to")

    assert execute().erased == 0
    assert erasing.awaited_erasure(person) is None
    assert erasure_ledger.row_of(person) is None
    with pytest.raises(erasing.NotScheduled):
        erasing.cancel_erasure(an_act(), entity_uid=person, reason="Again")
    services.restore_customer(an_act(), entity_uid=person)
    assert queries.get_customer(uid=person).surname == "Canarysurname"


def test_it_waits_for_those_who_have_not_answered(person):
    hear("loc2", knows_all=False)
    request(person)
    seal_all()

    assert execute().waiting == {person: ("loc2",)}
    hear("loc2", unsealed=1)
    assert execute().waiting == {person: ("loc2",)}
    hear("loc2", sealed=1)  # an event of its own that is not here
    assert execute().waiting == {person: ("loc2",)}
    hear("loc2")
    assert execute().erased == 1
    assert execute().erased == 0


def test_at_the_deadline_it_is_erased_and_says_who_was_silent(person):
    hear("loc2", knows_all=False)
    request(person)
    seal_all()

    month = 31 * 86_400_000_000
    assert execute_as(an_act(at_us=now_us() + month)).erased == 1

    row = erasure_ledger.row_of(person)
    assert row
    assert row.unanswered == ("loc2",)
    assert AuditEntry.objects.get(action="entity.erased").codes == ["subject_request", "loc2"]


def test_confirmations_come_with_heartbeats(person):
    hear("loc2")
    request(person)
    seal_all()
    hear("loc2")
    execute()
    now = instant_of(now_us())

    assert erasure_ledger.note_confirmations(now=now) == 1
    row = erasure_ledger.row_of(person)
    assert row
    assert (row.unconfirmed, row.is_done) == (("loc2",), False)

    seal_all()
    hear("loc2", pending=1)
    assert erasure_ledger.note_confirmations(now=now) == 0
    hear("loc2")
    assert erasure_ledger.note_confirmations(now=now) == 1
    row = erasure_ledger.row_of(person)
    assert row
    assert row.is_done
    assert set(row.confirmed) == {"loc1", "loc2"}
    assert [one.entity_uid for one in erasure_ledger.rows(is_erased=True, limit=5).rows] == [person]


def test_a_person_is_erased_with_all_records_merged_into_theirs(person):
    other = a_customer(surname="Canarysurname", name="Twin", dob="1961-03-04")
    answer = agent("POST", f"items/{other['id']}/merge/", {"into": str(person)})
    assert answer.status_code == 200, answer.content
    with pytest.raises(Merged):
        request(UUID(other["id"]))

    request(person)

    assert execute().erased == 2
    assert tables_with(*WORDS) == {}


def test_a_hold_on_a_merged_record_keeps_the_one_that_stands_for_it(person):
    other = a_customer(surname="Canarysurname", name="Twin", dob="1961-03-04")
    hold_id = holding.place_hold(an_act(), entity_uid=UUID(other["id"]), reason="Lawsuit")
    agent("POST", f"items/{other['id']}/merge/", {"into": str(person)})

    with pytest.raises(erasing.Held):
        request(person)
    holding.lift_hold(an_act(), entity_uid=UUID(other["id"]), hold_id=hold_id, reason="Settled")
    request(person)
    assert execute().erased == 2


def test_what_is_not_folded_of_a_merged_record_keeps_both(person):
    other = UUID(a_customer(surname="Canarysurname", name="Twin", dob="1961-03-04")["id"])
    agent("POST", f"items/{other}/merge/", {"into": str(person)})
    hold = an_event(type="hold.placed.v1", entity_uid=other, origin="loc2/1", hold_id="court")
    raw = encode(hold)
    failed = log.Entry(hold, raw, sha256(raw).digest(), EventState.FAILED, sequence=1)
    log.append([failed], recorded_at=instant_of(now_us()))
    request(person)

    executed = execute()

    assert executed.erased == 0
    assert set(executed.disputed) == {person, other}


def test_a_set_is_scheduled_in_one_batch_and_who_is_kept_is_named(person):
    other = UUID(a_customer(surname="Held")["id"])
    holding.place_hold(an_act(), entity_uid=other, reason="Lawsuit")
    nobody = uuid4()

    outcome = erasing.schedule_erasures(
        an_act(), entity_uids=[person, other, nobody], execute_after_us=now_us(), basis="retention"
    )

    assert outcome.entity_uids == (person,)
    assert outcome.passed_over == {other: "held", nobody: "gone"}
    again = erasing.schedule_erasures(
        an_act(), entity_uids=[person], execute_after_us=now_us(), basis="retention"
    )
    assert again.passed_over == {person: "scheduled"}


def test_answers_kept_for_retries_go_too(person):
    now = instant_of(now_us())
    request(person)
    execute()

    assert idempotency.claim(actor="service_agent", key="x", request_sha256=b"", now=now) is None
    assert tables_with("canary@example.org") == {}
