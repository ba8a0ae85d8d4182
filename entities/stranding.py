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
    "Must be the id of a record that is there (this one's own id: it stands for itself again), or "
    "null (it is deleted, too)."
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


def decided(loser: UUID, value: Any) -> list[Draft]:
    """`value`: who stands for it from now on, None = nobody. Raises InvalidValue."""
    if value is None:
        return _deleted(loser)
    into = UUID(value) if is_uuid(value) else None
    if into == loser:
        return merging.unmerge_drafts(loser, {})
    if into is None or into not in queries.current([into]):
        raise InvalidValue(MUST_STAND)
    back = merging.taken_back(loser, {}, but=into)
    return [Draft(loser, MERGED_TYPE, {"into": str(into)}), *back]


def _deleted(loser: UUID) -> list[Draft]:
    return [Draft(loser, "entity.deleted.v1", {})]
