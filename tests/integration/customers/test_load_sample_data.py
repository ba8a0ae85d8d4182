"""load_sample_data: through the log into the list, once, and the same from two sides."""

import hashlib
import io
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.models import AuditEntry
from customers import loading
from customers.models import Customer
from customers.sample_data import FIELDS, PLAIN_COUNT, REFERENCE, sample, sample_uid
from entities import vocabulary
from entities.models import Conflict, DetailVersion
from events import log, recording
from events.clock import instant_of, us_of
from events.commands import command_act
from events.event import encode
from events.models import EntityHead, LoggedEvent
from tests.unit.customers.test_sample_converges import events_at

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> str:
    out = io.StringIO()
    call_command("load_sample_data", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_sample_is_listed_with_its_fields_and_history():
    said = load()

    people = sum(history.entity_type == "PERSON" for history in sample())
    assert said.startswith(f"Sample: {PLAIN_COUNT} loaded (")
    assert Customer.objects.count() == people
    smith = Customer.objects.get(document_number="A1234567")
    assert (smith.surname, smith.name, str(smith.dob)) == ("Smith", "John", "1985-03-12")
    assert smith.extra_fields == {"middle_name": "Andrew", "notes": "VIP"}
    assert {field.code for field in FIELDS} <= vocabulary.known_codes()
    assert DetailVersion.objects.filter(is_current=False).count() > 50
    assert not LoggedEvent.objects.filter(type__startswith="entity.", is_bulk=False).exists()


def test_a_second_load_writes_nothing_but_that_it_ran():
    load()
    events, entries = LoggedEvent.objects.count(), AuditEntry.objects.count()

    assert load() == f"Sample: 0 loaded (0 events), {PLAIN_COUNT} were here already."
    assert LoggedEvent.objects.count() == events
    assert [entry.action for entry in AuditEntry.objects.order_by("at")[entries:]] == [
        "command.run"
    ]


def test_a_load_has_one_audit_entry_that_names_its_batch():
    load()

    (entry,) = AuditEntry.objects.filter(action="sample_data.loaded")
    events = LoggedEvent.objects.filter(batch_id=entry.batch_id)
    assert entry.result_count == PLAIN_COUNT
    assert events.count() == sum(len(history.steps) for history in sample())


def test_whoever_was_deleted_since_stays_so():
    load()
    uid = sample_uid("known:1")
    with transaction.atomic():
        recording.record(command_act("test"), [recording.Draft(uid, "entity.deleted.v1", {})])
    revision = EntityHead.objects.get(entity_uid=uid).revision

    assert load("--extras", "2").startswith("Sample: 2 loaded")
    assert EntityHead.objects.get(entity_uid=uid).revision == revision
    assert Customer.objects.get(entity_uid=uid).state == "deleted"


def test_a_load_at_the_other_side_of_a_cut_line_makes_no_conflict_and_changes_no_row():
    load()
    fields = ["entity_uid", "state", "surname", "name", "dob", "document_number", "extra_fields"]
    before = list(Customer.objects.order_by("entity_uid").values(*fields))
    histories = list(sample())
    now_us = command_act("test").now_us
    theirs = [event for h in histories for event in events_at("loc2/1", h, loaded_us=now_us)]

    with transaction.atomic():
        log.append([entry_of(event) for event in theirs], recorded_at=instant_of(now_us))
        log.fold_in(theirs)

    assert not Conflict.objects.filter(closed_event=None).exists()
    assert list(Customer.objects.order_by("entity_uid").values(*fields)) == before


def entry_of(event):
    raw = encode(event)
    return log.Entry(event=event, raw=raw, sha256=hashlib.sha256(raw).digest())


def test_a_field_that_somebody_retired_stays_retired():
    load()
    field = vocabulary.DetailType.objects.get(code="MIDDLE_NAME")
    field.status = "retired"
    field.save()

    load("--extras", "1")

    assert "MIDDLE_NAME" not in vocabulary.known_codes()


def test_a_wrong_number_of_extras_is_refused():
    with pytest.raises(CommandError, match="--extras is -1"):
        load("--extras", "-1")


def test_a_clock_before_the_sample_is_refused_with_a_sentence():
    act = command_act("test")
    early = type(act)(act.principal, uuid4(), us_of(REFERENCE) - 1)

    with pytest.raises(loading.ClockBehind, match="Set the clock"):
        loading.load_sample(early)
    assert not LoggedEvent.objects.exists()
