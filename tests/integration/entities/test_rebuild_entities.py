"""rebuild_entities: the tables are what the log says, and what is not is put right."""

import io
from uuid import UUID

import pytest
from django.core.management import call_command

from audit.models import AuditEntry
from customers.models import Customer
from entities.models import Conflict, DetailVersion, EntityVersion, StateValue
from entities.services import create_entity, delete_entity, update_entity
from events.models import EntityHead, EventState, LoggedEvent
from tests.builders import ENTITY, a_created, an_event
from tests.integration.entities.rows import an_act, details, receive, stored

pytestmark = pytest.mark.django_db

TWO = "loc2/1"


@pytest.fixture
def person() -> UUID:
    """Somebody with a change, a deleted neighbour, and another with a conflict and a void."""
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="A")).entity_uid
    update_entity(an_act(), entity_uid=uid, details=details(SURNAME="B", EMAIL="a@b.is"))
    gone = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="G")).entity_uid
    delete_entity(an_act(), entity_uid=gone)
    voided = an_event(name="voided", at="11:00", seq=3, details={"PHONE": "555"})
    receive(
        [
            a_created(at="08:00", details={"SURNAME": "Smith"}),
            an_event(name="one", at="09:00", seq=2, details={"SURNAME": "X"}),
            an_event(
                name="two", at="09:01", origin=TWO, sees={"loc1/1": 1}, details={"SURNAME": "Y"}
            ),
            voided,
            an_event(
                type="event.voided.v1", at="12:00", seq=4, event_id=str(voided.event_id), name="v"
            ),
        ]
    )
    return uid


def rebuild(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rebuild_entities", *arguments, stdout=out)
    return out.getvalue().strip()


def test_nothing_differs_after_ordinary_work(person):
    assert rebuild() == "Folded 9 events of 3 entities: nothing differed."
    assert AuditEntry.objects.get(action="entities.rebuilt").result_count == 0


DAMAGES = {
    "entities_entity": lambda uid: EntityVersion.objects.filter(
        entity_uid=uid, is_current=True
    ).update(display_name="Nobody"),
    "entities_entitydetail": lambda uid: DetailVersion.objects.filter(
        entity_uid=uid, detail_code="EMAIL"
    ).update(hashdiff=b"x"),
    "entities_state": lambda uid: StateValue.objects.filter(entity_uid=uid).delete(),
    "events_head": lambda uid: EntityHead.objects.filter(entity_uid=uid).update(revision=9),
}


@pytest.mark.parametrize("table", sorted(DAMAGES))
def test_damage_is_named_and_put_right(person, table):
    was = stored(person)
    DAMAGES[table](person)

    assert rebuild("--dry-run") == (
        f"Folded 9 events of 3 entities: 1 differed, would be put right:\n  {person}: {table}"
    )
    assert "1 differed, put right" in rebuild()
    assert "nothing differed" in rebuild()
    assert stored(person) == was


@pytest.mark.parametrize(
    "damage",
    [
        lambda: Conflict.objects.all().delete(),
        lambda: DetailVersion.objects.filter(entity_uid=ENTITY).update(location_id="loc9"),
        lambda: LoggedEvent.objects.filter(state=EventState.VOIDED).update(state=EventState.FOLDED),
        lambda: EntityHead.objects.filter(entity_uid=ENTITY).delete(),
    ],
)
def test_conflicts_locations_voids_and_heads_are_put_right_too(person, damage):
    was = stored(ENTITY)
    damage()

    assert str(ENTITY) in rebuild()
    assert "nothing differed" in rebuild()
    assert stored(ENTITY) == was


def test_rows_without_any_event_go(person):
    row = EntityVersion.objects.get(entity_uid=person, is_current=True)
    row.id, row.entity_uid = None, UUID(int=7)
    row.save()

    assert f"{UUID(int=7)}: entities_entity" in rebuild()
    assert not EntityVersion.objects.filter(entity_uid=UUID(int=7)).exists()


def test_read_models_are_made_anew(person):
    Customer.objects.filter(entity_uid=person).delete()

    rebuild()

    assert Customer.objects.filter(entity_uid=person, surname="B").exists()
