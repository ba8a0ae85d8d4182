"""Who is on hold, with the ground: what keeps customers although their time is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from entities.assertions import HOLD_PREFIX
from events import log, sql
from events.clock import instant_of
from events.event import Event

# The newest first; of whoever was merged, too.
HOLDS_SQL = """
SELECT state.entity_uid, person.display_name, state.attribute, state.event_id
FROM entities_state AS state JOIN events_event AS event USING (event_id)
LEFT JOIN customers_customer AS person ON person.entity_uid = state.entity_uid
WHERE state.attribute LIKE 'hold:%%'
ORDER BY event.hlc DESC, state.event_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class StandingHold:
    entity_uid: UUID
    display_name: str | None
    hold_id: str
    reason: str
    reference: str | None
    actor: str
    location_id: str
    placed_at: datetime


def list_holds(*, limit: int) -> list[StandingHold]:
    rows = sql.fetch(HOLDS_SQL, {"limit": limit})
    events = log.events_by_id([row[3] for row in rows])
    return [_hold(row, events[row[3]]) for row in rows if row[3] in events]


def _hold(row: tuple[Any, ...], event: Event) -> StandingHold:
    uid, display_name, attribute, _ = row
    return StandingHold(
        entity_uid=uid,
        display_name=display_name,
        hold_id=attribute.removeprefix(HOLD_PREFIX),
        reason=event.data.get("reason") or "",
        reference=event.data.get("reference"),
        actor=event.actor,
        location_id=event.location_id,
        placed_at=instant_of(event.hlc),
    )
