"""The log knows no entity: what folds events into rows registers itself here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from events.event import Event


@dataclass(slots=True)
class Head:
    """The one row per entity that recording and projecting lock.

    `vv` is the gap-free prefix of counted events per origin, `revision` the number of events
    counted in (folded, voided or erased): nothing is missing iff `revision == sum(vv.values())`.
    """

    entity_uid: UUID
    last_hlc: int = 0
    last_key: str = ""
    vv: dict[str, int] = field(default_factory=dict)
    revision: int = 0
    digest: bytes | None = None
    erased_event: UUID | None = None
    stale: bool = False


class Projector(Protocol):
    """Folds events of the types it knows. Called in the caller's transaction, heads locked."""

    types: frozenset[str]

    def attributes_of(self, event: Event) -> frozenset[str]:
        """What the event asserts; kept in the log so that a partial re-fold finds it."""

    def company_of(self, uids: Collection[UUID], arrivals: Sequence[Event]) -> Collection[UUID]:
        """Further entities whose rows may change with those of `uids`, or by `arrivals` about
        them: their heads are locked together, so that two writers cannot wait for each other."""

    def project(self, heads: Mapping[UUID, Head], arrivals: Sequence[Event]) -> None:
        """Fold `arrivals`, already in the log, into rows. The heads' counters are those from
        before the arrivals; `digest` and `erased_event` are the projector's to set."""


_projectors: list[Projector] = []


def register_projector(projector: Projector) -> None:
    if projector not in _projectors:
        _projectors.append(projector)


def projectors() -> tuple[Projector, ...]:
    return tuple(_projectors)


def known_types() -> frozenset[str]:
    return frozenset().union(*(projector.types for projector in _projectors))


def attributes_of(event: Event) -> frozenset[str]:
    """What all projectors that know its type say the event asserts."""
    return frozenset().union(
        *(
            projector.attributes_of(event)
            for projector in _projectors
            if event.type in projector.types
        )
    )


def company_of(uids: Collection[UUID], arrivals: Sequence[Event]) -> set[UUID]:
    """These entities and all that projectors want locked with them."""
    together = set(uids)
    for projector in _projectors:
        together.update(projector.company_of(uids, arrivals))
    return together


class Keyed(Protocol):
    """What the order of events is made of."""

    @property
    def hlc(self) -> int: ...
    @property
    def origin(self) -> str: ...
    @property
    def event_id(self) -> UUID: ...


def last_key_of(event: Keyed) -> str:
    """The total order as text: compares bytewise as `event.key` does."""
    return f"{event.hlc:016d} {event.origin} {event.event_id}"
