"""Erasure reaches every app: each says here how it forgets entities, and what it still has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

# Both run in the caller's transaction, with the heads of these entities locked.
Erase = Callable[[Collection[UUID]], None]
# What should not be here any more: table -> number of rows. Nothing for what is gone.
Leftovers = Callable[[Collection[UUID]], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Eraser:
    """One app's part of every erasure."""

    name: str
    erase: Erase
    leftovers: Leftovers


_erasers: dict[str, Eraser] = {}


def register_eraser(
    name: str, erase: Erase, *, leftovers: Leftovers = lambda entity_uids: {}
) -> None:
    """They run in the order of registration; the same name registered again replaces."""
    _erasers[name] = Eraser(name, erase, leftovers)


def erase(entity_uids: Collection[UUID]) -> None:
    for eraser in _erasers.values():
        eraser.erase(entity_uids)


def leftovers(entity_uids: Collection[UUID]) -> dict[str, int]:
    """What all apps together still have of entities that were erased; nothing is as it should."""
    found: dict[str, int] = {}
    for eraser in _erasers.values():
        for table, count in eraser.leftovers(entity_uids).items():
            if count:
                found[table] = found.get(table, 0) + count
    return found
