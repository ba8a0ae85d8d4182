"""Who and what is there while the document is tested: something for every operation to find."""

import time
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from audit.chain.numbering import number_entries
from audit.models import AuditEntry
from customers import services as registry
from customers.retention import runs
from entities import services
from entities.governance import define_detail_type
from entities.services import DetailChange
from entities.vocabulary import vocabulary_uid
from events import deadletters
from events.commands import command_act
from events.event import NAMESPACE
from tests.builders import an_event
from tests.integration.entities.rows import open_conflicts_of, receive

PERSONS = tuple(uuid5(NAMESPACE, f"openapi-{number}") for number in range(8))
INSTITUTION = uuid5(NAMESPACE, "openapi-institution")
DELETED, CONTESTED = PERSONS[-1], PERSONS[0]
YEAR_US = 365 * 24 * 60 * 60 * 1_000_000
# By path parameter: the ids of what there is.
CHOICE = vocabulary_uid("DETAIL_TYPE", "COLOUR")
IDS: dict[str, tuple[Any, ...]] = {
    "uid": (*PERSONS, INSTITUTION, CHOICE),
    "field_id": (CHOICE, vocabulary_uid("DETAIL_TYPE", "SIZE")),
    "code": ("STANDARD", "standard"),
    "a": PERSONS,
    "b": PERSONS,
}


def seed() -> None:
    for number, uid in enumerate(PERSONS):
        add_person(uid, number)
    registry.delete_customer(command_act("seed"), entity_uid=DELETED)
    add_institution()
    define_choice()
    contest()
    preview_runs()
    number_entries()
    IDS["audit_id"] = tuple(AuditEntry.objects.values_list("audit_id", flat=True))
    deadletters.set_aside(
        [deadletters.SetAside(reason_code="bad_json", raw=b"{", source=source())],
        now=timezone.now(),
    )


def add_person(uid: UUID, number: int) -> None:
    values = {
        "surname": f"Lindqvist{number}" if number % 4 else None,
        "name": "Åsa",
        "dob": "1984-02-11" if number % 3 else None,
        "document_number": f"SE-{number:08}" if number % 2 else None,
    }
    registry.create_customer(
        command_act("seed"),
        values=values,
        extra_fields={"email": f"asa{number}@example.org"},
        entity_uid=uid,
    )


def add_institution() -> None:
    """With a past: renamed, and a detail that was closed."""
    now_us = time.time_ns() // 1000
    services.create_entity(
        command_act("seed"),
        entity_type="INSTITUTION",
        display_name="Library",
        details=[DetailChange("WEBSITE", "https://library.example.org")],
        entity_uid=INSTITUTION,
        valid_from=now_us - YEAR_US,
    )
    services.update_entity(
        command_act("seed"),
        entity_uid=INSTITUTION,
        display_name="Harbour Library",
        details=[DetailChange("WEBSITE", None)],
        valid_from=now_us - YEAR_US // 2,
    )


def define_choice() -> None:
    """A definition is an entity, too; its options are a list."""
    define_detail_type(
        command_act("seed"),
        code="COLOUR",
        label="Colour",
        value_type="choice",
        options=["red", "blue"],
    )
    define_detail_type(command_act("seed"), code="SIZE", label="Size", value_type="integer")


def preview_runs() -> None:
    """Nobody changed them for so long that they are due to leave."""
    for number in range(2):
        act = command_act("seed")
        long_ago = replace(act, now_us=act.now_us - 4 * YEAR_US)
        registry.create_customer(long_ago, values={"surname": f"Forgotten{number}"})
    IDS["run"] = (runs.preview_run(command_act("seed")).run_id,)


def contest() -> None:
    """Other locations knew nothing of what was said here: they gave the person another name, and
    the field other options, and planned to erase the person on different days."""
    said = [
        an_event(entity_uid=CONTESTED, origin="loc2/1", details={"NAME": "Asa"}),
        an_event(
            entity_uid=CHOICE,
            origin="loc2/1",
            type="detail_type.amended.v1",
            details={"OPTIONS": ["green"]},
        ),
        *(
            an_event(
                entity_uid=CONTESTED,
                origin=f"loc{number}/1",
                type="erasure.scheduled.v1",
                execute_after=number,
                basis="request",
            )
            for number in (3, 4)
        ),
    ]
    receive(said)
    conflicts = [*open_conflicts_of(CONTESTED), *open_conflicts_of(CHOICE)]
    IDS["conflict_id"] = tuple(one.conflict_id for one in conflicts)
    assert {one.attribute for one in conflicts} == {"NAME", "OPTIONS", "erasure"}


def source() -> deadletters.Source:
    return deadletters.Source("cluster", "customer.events", 0, 7)
