"""Entities with a past, for the tests of lists, history and differences."""

from typing import Any
from uuid import UUID

from entities.services import create_entity, delete_entity, restore_entity, update_entity
from events.recording import Draft, record
from tests.integration.entities.rows import NOW, SECOND, an_act, details

# Instants of the tests: whole minutes after NOW.
MINUTE = 60 * SECOND


def at(minute: int) -> int:
    return NOW + minute * MINUTE


def born(minute: int = 0, *, entity_type: str = "PERSON", name: str | None = None, **values: Any):
    """The uid of an entity created so many minutes after NOW."""
    return create_entity(
        an_act(now_us=at(minute)),
        entity_type=entity_type,
        display_name=name,
        details=details(**values),
    ).entity_uid


def changed(minute: int, uid: UUID, *, name: str | None = None, **values: Any) -> None:
    update_entity(
        an_act(now_us=at(minute)), entity_uid=uid, display_name=name, details=details(**values)
    )


def said_of(minute: int, uid: UUID, verb: str, **data: Any) -> None:
    """An event as another location might record it: past the rules of the local door."""
    record(an_act(now_us=at(minute)), [Draft(uid, f"entity.{verb}.v1", data)])


def deleted(minute: int, uid: UUID) -> None:
    delete_entity(an_act(now_us=at(minute)), entity_uid=uid)


def restored(minute: int, uid: UUID) -> None:
    restore_entity(an_act(now_us=at(minute)), entity_uid=uid)
