"""Legal holds: placed and lifted by a provider with a reason; audited. As long as one stands,
nothing of the entity is erased at any location."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import add_entry
from entities import reasons, survivors
from entities.assertions import HOLD_PREFIX
from entities.hold_hours import ErasureDue, check_may_be_held
from entities.refusals import NotFound
from entities.services import is_alive, locked
from events import in_flight, log, recording, sql
from events.clock import instant_of
from events.errors import Refused
from events.principal import Act

__all__ = ["ErasureDue", "Hold", "NotHeld", "holds_of", "lift_hold", "place_hold"]

MAX_HOLD_ID = 64

HELD_SQL = """
SELECT DISTINCT entity_uid FROM entities_state
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND attribute >= 'hold:' AND attribute < 'hold;'
ORDER BY entity_uid
"""


class NotHeld(Refused):
    code = "not_held"
    status = 409

    def __init__(self) -> None:
        super().__init__("No hold with this id stands.")


@dataclass(frozen=True, slots=True)
class Hold:
    """One that stands; `reason` and `reference` as whoever placed it said."""

    entity_uid: UUID
    hold_id: str
    reason: str
    reference: str | None
    placed_at: datetime
    actor: str
    location_id: str


def place_hold(act: Act, *, entity_uid: UUID, reason: str, reference: str | None = None) -> str:
    """Nothing erases the entity until the hold with the returned id is lifted.

    Raises Invalid, NotFound, Merged, Erased, Reserved, ErasureDue.
    """
    data = reasons.said(reason=reason, reference=reference)
    hold_id = uuid7().hex
    with transaction.atomic():
        in_flight.announce()
        head, stored = locked(entity_uid)
        is_alive(head, stored)
        check_may_be_held(act, stored)
        draft = recording.Draft(entity_uid, "hold.placed.v1", {"hold_id": hold_id, **data})
        events = recording.record(act, [draft], heads={entity_uid: head})
        add_entry(
            act,
            action="hold.placed",
            entity_uid=entity_uid,
            event_ids=[event.event_id for event in events],
            codes=[HOLD_PREFIX + hold_id],
        )
    return hold_id


def lift_hold(act: Act, *, entity_uid: UUID, hold_id: str, reason: str) -> None:
    """Also of one that was merged or deleted since. Raises Invalid, NotFound, Erased, Reserved,
    NotHeld."""
    data = reasons.said(reason=reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        if not head.revision:
            raise NotFound
        if HOLD_PREFIX + hold_id not in {value.attribute for value in stored.state}:
            raise NotHeld
        draft = recording.Draft(entity_uid, "hold.lifted.v1", {"hold_id": hold_id, **data})
        events = recording.record(act, [draft], heads={entity_uid: head})
        add_entry(
            act,
            action="hold.lifted",
            entity_uid=entity_uid,
            event_ids=[event.event_id for event in events],
            codes=[HOLD_PREFIX + hold_id],
        )


def holds_of(entity_uid: UUID) -> list[Hold]:
    """Those that stand, on it and on what is linked with it by merges, the oldest first."""
    uids = {entity_uid, *survivors.company_of([entity_uid])}
    held = held_among(uids)
    if not held:
        return []
    found = [hold for uid in sorted(held) for hold in _holds(uid)]
    return sorted(found, key=lambda hold: (hold.placed_at, hold.hold_id))


def held_among(uids: Collection[UUID]) -> set[UUID]:
    """Those of these very entities on which a hold stands."""
    return {uid for (uid,) in sql.fetch_bound(HELD_SQL, {"uids": list(uids)})}


def held_with_company(uids: Collection[UUID]) -> set[UUID]:
    """Those that a hold keeps: one on it, or on a record that stands for the same person."""
    return survivors.concerned(uids, held_among)


STANDING_SQL = """
SELECT attribute, event_id FROM entities_state
WHERE entity_uid = %(uid)s AND attribute >= 'hold:' AND attribute < 'hold;'
ORDER BY attribute
"""


def _holds(uid: UUID) -> list[Hold]:
    standing = dict(sql.fetch_bound(STANDING_SQL, {"uid": uid}))
    events = log.events_by_id(list(standing.values()))
    return [
        Hold(
            entity_uid=uid,
            hold_id=attribute.removeprefix(HOLD_PREFIX),
            reason=event.data.get("reason") or "",
            reference=event.data.get("reference"),
            placed_at=instant_of(event.hlc),
            actor=event.actor,
            location_id=event.location_id,
        )
        for attribute, event_id in standing.items()
        if (event := events.get(event_id))
    ]
