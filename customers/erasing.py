"""Holds and erasures of customers: whoever is one, the services of entities do the work."""

from dataclasses import dataclass
from uuid import UUID

from customers import queries
from entities import erasing, holding
from entities.erasing import Awaited
from entities.holding import Hold
from events.principal import Act


@dataclass(frozen=True, slots=True)
class Standing:
    """What keeps a customer, and what is to happen."""

    holds: tuple[Hold, ...]
    erasure: Awaited | None


def standing_of(*, uid: UUID) -> Standing:
    """Raises CustomerNotFound, CustomerErased."""
    queries.known_customer(uid=uid)
    return Standing(tuple(holding.holds_of(uid)), erasing.awaited_erasure(uid))


def place_hold(act: Act, *, entity_uid: UUID, reason: str, reference: str | None = None) -> Hold:
    """Raises CustomerNotFound, CustomerErased and what `entities.holding.place_hold` raises."""
    queries.known_customer(uid=entity_uid)
    hold_id = holding.place_hold(act, entity_uid=entity_uid, reason=reason, reference=reference)
    return next(hold for hold in holding.holds_of(entity_uid) if hold.hold_id == hold_id)


def lift_hold(act: Act, *, entity_uid: UUID, hold_id: str, reason: str) -> None:
    """Also one that stands on a record which was merged into this one. Raises as `place_hold`,
    and NotHeld."""
    queries.known_customer(uid=entity_uid)
    held = {hold.hold_id: hold.entity_uid for hold in holding.holds_of(entity_uid)}
    subject = held.get(hold_id, entity_uid)
    holding.lift_hold(act, entity_uid=subject, hold_id=hold_id, reason=reason)


def erase(act: Act, *, entity_uid: UUID, basis: str, reason: str | None = None) -> Awaited:
    """Raises CustomerNotFound, CustomerErased and what `entities.erasing.request_erasure` does."""
    queries.known_customer(uid=entity_uid)
    return erasing.request_erasure(act, entity_uid=entity_uid, basis=basis, reason=reason)


def cancel_erasure(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Raises CustomerNotFound, CustomerErased and what `entities.erasing.cancel_erasure` does."""
    queries.known_customer(uid=entity_uid)
    erasing.cancel_erasure(act, entity_uid=entity_uid, reason=reason)
