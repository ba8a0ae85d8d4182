"""What single events changed: before and after, read from the log when somebody asks. Nothing of it
is kept, so that an erased entity has neither any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from entities.assertions import DISPLAY_NAME, ENTITY_TYPE, asserted, is_detail_code
from entities.fold import EMPTY, Folded, fold
from events import sql
from events.clock import instant_of
from events.event import Event, decode
from events.models import PENDING_STATES

TOLD, PENDING, ERASED, UNKNOWN = "told", "pending", "erased", "unknown"

EVENTS_SQL = """
SELECT event_id, entity_uid, type, hlc, location_id, actor, role, reason_code, codes, state,
    recorded_at, erased_event IS NOT NULL
FROM events_event LEFT JOIN events_head USING (entity_uid)
WHERE event_id = ANY(%(ids)s::uuid[])
"""
# All that was said of these entities, in the order of events: what was known before each of them.
LOG_SQL = """
SELECT raw FROM events_event
WHERE entity_uid = ANY(%(uids)s::uuid[]) AND state IN (0, 5) AND raw IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """`attribute`: a detail code, or a name like alive or display_name. Null = there is none."""

    attribute: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class EventChange:
    """One event and what it changed for the time since when it holds (`valid_from`), beside what
    was known before it. `state`: "told"; "pending" (received, not folded yet); "erased" (its values
    are gone); "unknown" (not in this log). Only told ones have changes."""

    event_id: UUID
    state: str
    entity_uid: UUID | None = None
    type: str = ""
    at: datetime | None = None
    valid_from: datetime | None = None
    recorded_at: datetime | None = None
    location_id: str = ""
    actor: str = ""
    role: str = ""
    reason_code: str | None = None
    reason: str | None = None
    codes: Sequence[str] = ()
    changes: tuple[ValueChange, ...] = ()


def changes_of_events(event_ids: Sequence[UUID]) -> list[EventChange]:
    """In the order asked. Two statements; folds the whole log of each entity they speak of, so ask
    for a page of them."""
    found = {row[0]: row for row in sql.fetch(EVENTS_SQL, {"ids": list(event_ids)})}
    logs = _logs({row[1] for row in found.values() if not row[-1]})
    return [
        _change(found[event_id], logs.get(found[event_id][1], []))
        if event_id in found
        else EventChange(event_id, UNKNOWN)
        for event_id in event_ids
    ]


def _logs(uids: Collection[UUID]) -> dict[UUID, list[Event]]:
    events = [decode(bytes(raw)) for (raw,) in sql.fetch(LOG_SQL, {"uids": list(uids)})]
    logs: dict[UUID, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.key):
        logs.setdefault(event.entity_uid, []).append(event)
    return logs


def _change(row: Sequence[Any], log: Sequence[Event]) -> EventChange:
    event_id, uid, kind, hlc, location_id, actor, role, reason_code, codes, state, *rest = row
    recorded_at, _ = rest
    event = next((event for event in log if event.event_id == event_id), None)
    return EventChange(
        event_id=event_id,
        state=_state(state, event),
        entity_uid=uid,
        type=kind,
        at=instant_of(hlc),
        valid_from=instant_of(event.valid_from) if event else None,
        recorded_at=recorded_at,
        location_id=location_id,
        actor=actor,
        role=role,
        reason_code=reason_code,
        reason=event.data.get("reason") if event else None,
        codes=codes,
        changes=_value_changes(event, log) if event else (),
    )


def _state(state: int, event: Event | None) -> str:
    if event is not None:
        return TOLD
    return PENDING if state in PENDING_STATES else ERASED


def _value_changes(event: Event, log: Sequence[Event]) -> tuple[ValueChange, ...]:
    earlier = [other for other in log if other.key < event.key]
    before, after = fold(earlier) if earlier else EMPTY, fold([*earlier, event])
    return tuple(
        ValueChange(attribute, *values)
        for attribute in sorted(asserted(event))
        if (values := (_held(before, attribute, event), _held(after, attribute, event)))
    )


def _held(folded: Folded, attribute: str, event: Event) -> Any:
    """The value for the instant from which on the event speaks; of state, which has no past, the
    latest."""
    at = event.valid_from
    if is_detail_code(attribute):
        return next(
            (
                version.value
                for version in folded.detail_versions
                if version.detail_code == attribute and _holds(version, at)
            ),
            None,
        )
    if attribute in (DISPLAY_NAME, ENTITY_TYPE):
        versions = (version for version in folded.entity_versions if _holds(version, at))
        return next((getattr(version, attribute) for version in versions), None)
    return next((row.value for row in folded.state if row.attribute == attribute), None)


def _holds(version: Any, at: int) -> bool:
    return bool(version.valid_from <= at and (version.valid_to is None or at < version.valid_to))
