"""Events of the erased on their way: sent without values, counted where they arrive, never read."""

import io
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from audit.models import AuditEntry
from customers.models import Customer
from entities import erasing
from entities.services import create_entity, update_entity
from events import own_heartbeat, peers, progress, ranges, sql
from events.arrivals import Arrival, examine
from events.clock import instant_of
from events.deadletters import SetAside, set_aside
from events.event import Event, encode, encode_redacted
from events.kafka import Message
from events.models import DeadLetter, EntityHead, EventState, LoggedEvent
from events.origin import ensure_self
from events.producing import Producing
from events.receiving import Received, receive
from events.resending import Resending
from events.steady_producer import SteadyProducer
from tests.builders import an_event
from tests.integration.entities.rows import details
from tests.integration.erasure.worlds import an_act, execute, now_us, seal_all, tables_with
from tests.integration.events.builders import a_message, messages_of
from tests.integration.events.heartbeats import a_heartbeat
from tests.integration.events.test_producing import FakeProducer

pytestmark = pytest.mark.django_db

PEER = "loc2/1"
CANARY = "Canarylate"


def a_history(uid: UUID) -> list[Event]:
    """Of loc2: created, changed, to be erased, erased."""
    fields = {"entity_uid": uid, "origin": PEER}
    created = an_event(
        type="entity.created.v1", entity_type="PERSON", details={"SURNAME": CANARY}, **fields
    )
    return [
        created,
        an_event(seq=2, at="10:01", details={"NAME": CANARY}, **fields),
        an_event(
            type="erasure.scheduled.v1",
            seq=3,
            at="10:02",
            execute_after=created.hlc,
            basis="subject_request",
            **fields,
        ),
        an_event(type="entity.erased.v1", seq=4, at="10:03", basis="subject_request", **fields),
    ]


def redacted(message: Message, event: Event) -> Message:
    return replace(
        message, value=encode_redacted(event), headers={**message.headers, "redacted": b"1"}
    )


def take(*messages: Message) -> Received:
    return receive(an_act(), list(messages), cluster_id="cluster")


def summary(uid: UUID) -> tuple[object, ...]:
    """What must be the same at every location."""
    head = EntityHead.objects.get(entity_uid=uid)
    row = Customer.objects.values(
        "state", "created_hlc", "updated_hlc", "created_location", "location_id", "search_text"
    ).get(entity_uid=uid)
    states = sql.fetch(
        "SELECT event_id, state, raw IS NOT NULL FROM events_event WHERE entity_uid = %(uid)s "
        "ORDER BY hlc",
        {"uid": uid},
    )
    return head.revision, head.vv, head.last_key, head.digest, head.stale, row, states


def pending() -> int:
    return own_heartbeat.OwnHeartbeats().heartbeat(now_us=now_us()).pending


def test_a_new_location_heals_by_envelopes_alone():
    uid = uuid4()
    history = a_history(uid)
    sent = messages_of(history)
    envelopes = [redacted(message, event) for message, event in zip(sent, history, strict=True)]

    received = take(*envelopes[:3])

    assert len(received.stored) == 3
    assert (pending(), progress.known()[0]) == (3, {PEER: ((1, 3),)})
    assert not Customer.objects.filter(entity_uid=uid).exists()
    take(sent[3])
    assert pending() == 0
    assert tables_with(CANARY) == {}
    healed = summary(uid)

    whole = uuid4()
    take(*messages_of(a_history(whole), first=5))
    others = summary(whole)
    assert healed[0] == others[0] == 4
    assert [state[1:] for state in healed[6]] == [state[1:] for state in others[6]]
    assert healed[5] == others[5]


@pytest.mark.parametrize("order", [(3, 0, 1, 2), (0, 3, 2, 1), (1, 0, 2, 3), (3, 2, 1, 0)])
@pytest.mark.parametrize("without_values", [(), (0,), (0, 1, 2)])
def test_whatever_the_order_and_form_the_end_is_the_same(order, without_values):
    uid = UUID(int=77)
    history = a_history(uid)
    sent = messages_of(history)
    for place in without_values:
        sent[place] = redacted(sent[place], history[place])

    for place in order:
        take(sent[place])

    assert tables_with(CANARY) == {}
    revision, vv, _, digest, stale, row, states = summary(uid)
    assert (revision, vv, digest, stale) == (4, {PEER: 4}, None, False)
    assert (row["state"], row["created_hlc"], row["location_id"]) == (
        "erased",
        history[0].hlc,
        "loc2",
    )
    assert [state for _, state, _ in states] == [4, 4, 4, 0]
    assert pending() == 0


def test_a_replay_of_erased_events_changes_nothing():
    uid = uuid4()
    sent = messages_of(a_history(uid))
    take(*sent)
    before = summary(uid)

    received = take(*sent)

    assert (len(received.repeated), summary(uid)) == (4, before)
    assert tables_with(CANARY) == {}


def test_a_late_event_that_nobody_can_fold_is_emptied_at_once():
    uid = uuid4()
    take(*messages_of(a_history(uid)))
    ahead = an_event(entity_uid=uid, origin="loc3/1", at=now_us() + 10**9, details={"NAME": CANARY})
    unknown = an_event(entity_uid=uid, origin="loc3/1", seq=2, type="entity.sung.v1", song=CANARY)

    take(*messages_of([ahead, unknown]))

    assert pending() == 0
    assert tables_with(CANARY) == {}
    assert EntityHead.objects.get(entity_uid=uid).vv == {PEER: 4, "loc3/1": 2}


def test_what_waited_here_goes_with_the_erasure():
    uid = uuid4()
    history = a_history(uid)
    unknown = an_event(entity_uid=uid, origin="loc3/1", type="entity.sung.v1", song=CANARY)
    take(*messages_of([unknown]))
    assert pending() == 1

    take(*messages_of(history))

    assert pending() == 0
    assert tables_with(CANARY) == {}


def test_dead_letters_about_the_erased_keep_no_bytes():
    uid = uuid4()
    take(*messages_of(a_history(uid)))
    letter = SetAside("same_id_other_bytes", CANARY.encode(), entity_uid=uid)

    set_aside([letter], now=instant_of(now_us()))

    kept = DeadLetter.objects.get()
    assert kept.raw is None
    assert kept.resolved_at is not None


def test_an_erased_event_is_sent_as_its_envelope(monkeypatch):
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME=CANARY)).entity_uid
    erasing.request_erasure(an_act(), entity_uid=uid, basis="subject_request")
    execute()
    seal_all()
    kept = {row.sequence: row for row in LoggedEvent.objects.all()}

    fake = FakeProducer()
    steady = a_steady(monkeypatch, fake)
    Producing(steady).step(ensure_self(now_us=now_us()))

    assert len(fake.messages) == 4
    for _, _, value, headers in fake.messages:
        arrival = examine(value, headers)
        assert isinstance(arrival, Arrival)
        event = kept[arrival.sequence]
        assert (arrival.event.event_id, arrival.sha256) == (event.event_id, event.sha256)
        assert (arrival.raw is None) == (event.state == EventState.ERASED)
        assert CANARY.encode() not in value


def a_steady(monkeypatch: pytest.MonkeyPatch, fake: FakeProducer) -> SteadyProducer:
    from events import kafka

    monkeypatch.setattr(kafka, "create_topics", list)
    monkeypatch.setattr(kafka, "Producer", lambda: fake)
    steady = SteadyProducer()
    steady.is_ready()
    return steady


def test_who_asks_again_gets_envelopes(monkeypatch):
    uid = uuid4()
    take(*messages_of(a_history(uid)))
    asker = a_heartbeat(location_id="loc3", at=now_us(), wants={PEER: ranges.of([1, 2, 4])})
    peers.keep(asker, seen_at=instant_of(now_us()))
    peers.keep(
        a_heartbeat(location_id="loc1", at=now_us(), origin="loc1/1", received={PEER: ((1, 4),)}),
        seen_at=instant_of(now_us()),
    )
    fake = FakeProducer()
    steady = a_steady(monkeypatch, fake)

    Resending(steady).step(now=instant_of(now_us()), now_s=1.0)

    forms = {
        sequence: headers.get("redacted")
        for (sequence, _), (*_, headers) in zip(fake.sent, fake.messages, strict=True)
    }
    assert forms == {1: b"1", 2: b"1", 4: None}


def test_whoever_changed_what_was_erased_elsewhere_is_told():
    uid = uuid4()
    history = a_history(uid)
    take(*messages_of(history[:2]))
    update_entity(an_act(role="service_agent"), entity_uid=uid, details=details(EMAIL="a@b.is"))
    take(*messages_of(history)[2:])

    told = AuditEntry.objects.get(action="entity.write_lost")
    assert (told.entity_uid, told.actor, told.codes) == (uid, "provider", ["EMAIL"])


def test_rebuilding_finds_nothing_to_do():
    uid = uuid4()
    history = a_history(uid)
    sent = messages_of(history)
    take(redacted(sent[0], history[0]), *sent[1:])
    before = summary(uid)
    out = io.StringIO()

    call_command("rebuild_entities", stdout=out)

    assert "nothing differed" in out.getvalue()
    assert summary(uid) == before


def test_a_redacted_erasure_is_no_event():
    erased = a_history(uuid4())[3]

    found = examine(encode_redacted(erased), {**a_message(erased).headers, "redacted": b"1"})

    assert isinstance(found, SetAside)
    assert isinstance(examine(encode(erased), a_message(erased).headers), Arrival)
