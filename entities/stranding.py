"""What people decide about a record that is merged into one that is no more → the events of it."""

from typing import Any
from uuid import UUID

from entities import merging, queries, survivors
from entities.assertions import MERGED_TYPE, claimed_survivor
from entities.settling import NotSettledHere
from events.event import Event, InvalidValue
from events.payload import is_uuid
from events.recording import Draft

MUST_STAND = (
    "Must be the id of a record of the same type that is there and not merged (this one's own id: "
    "it stands for itself again), or null (it is deleted, too)."
)
ERASED_FOR_EVER = "The other record was erased for ever. Un-merge this one, or delete it, too."


def kept(loser: UUID, said: Event) -> list[Draft]:
    """The merge is right, so the other record is restored; or the end of the other one's life is,
    so this one is deleted, too. Raises NotSettledHere."""
    if claimed_survivor(said) is None:
        return _deleted(loser)
    other = survivors.survivors_of([loser])[loser]
    is_erased, _ = queries.standing(other)
    if is_erased:
        raise NotSettledHere(ERASED_FOR_EVER)
    return [Draft(other, "entity.restored.v1", {})]


def decided(loser: UUID, value: Any, *, entity_type: str | None) -> list[Draft]:
    """`value`: who stands for it from now on, None = nobody; `entity_type`: the loser's. Raises
    InvalidValue."""
    if value is None:
        return _deleted(loser)
    into = UUID(value) if is_uuid(value) else None
    if into == loser:
        return merging.unmerge_drafts(loser, {})
    if into is None or not may_stand(into, entity_type=entity_type):
        raise InvalidValue(MUST_STAND)
    back = merging.taken_back(loser, {}, but=into)
    return [Draft(loser, MERGED_TYPE, {"into": str(into)}), *back]


def may_stand(uid: UUID, *, entity_type: str | None) -> bool:
    """Whoever is merged into it is found: it is there, not merged itself, and of this type."""
    found = queries.current([uid]).get(uid)
    is_alike = found is not None and found.entity_type == entity_type
    return is_alike and not survivors.survivors_of([uid])


def _deleted(loser: UUID) -> list[Draft]:
    return [Draft(loser, "entity.deleted.v1", {})]
