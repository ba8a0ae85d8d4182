"""Log → all that this location has of what was ever said about one entity, counted or not.

Unlike entities/history.py also what was taken back and what waits to be folded, each with all of
its data: for whoever must tell a person everything.
"""

from typing import Any
from uuid import UUID

from entities.history import EventKey
from events import sql
from events.clock import instant_of
from events.event import decode
from events.models import PENDING_STATES, EventState
from events.paging import Slice, slice_of

COLUMNS = (
    "event_id",
    "type",
    "origin",
    "sequence",
    "location_id",
    "actor",
    "role",
    "request_id",
    "batch_id",
    "recorded_at",
)
SAID_SQL = f"""
SELECT {", ".join(COLUMNS)}, state, hlc, raw FROM events_event
WHERE entity_uid = %(uid)s AND (hlc, origin, event_id) > (%(hlc)s, %(origin)s, %(event_id)s)
ORDER BY hlc, origin, event_id LIMIT %(limit)s
"""  # noqa: S608 - our own columns

COUNTED, TAKEN_BACK, WAITING, ERASED = "counted", "taken_back", "waiting", "erased"
STANDINGS = (COUNTED, TAKEN_BACK, WAITING, ERASED)
_STANDING = {
    EventState.FOLDED.value: COUNTED,
    EventState.VOIDED.value: TAKEN_BACK,
    **{state.value: WAITING for state in PENDING_STATES},
}

BEFORE_ALL = EventKey(0, "", UUID(int=0))


def said_about(entity_uid: UUID, *, limit: int, after: EventKey | None = None) -> Slice[Any]:
    """By key: {event_id, type, …, standing, at, valid_from, says}. `says` is the event's data."""
    key = (after or BEFORE_ALL)._asdict()
    rows = sql.fetch_bound(SAID_SQL, {"uid": entity_uid, "limit": limit + 1, **key})
    return slice_of([_said(row) for row in rows], limit)


def _said(row: tuple[Any, ...]) -> dict[str, Any]:
    *envelope, state, hlc, raw = row
    event = decode(bytes(raw)) if raw is not None else None
    says = dict(event.data) if event else {}
    return {
        **dict(zip(COLUMNS, envelope, strict=True)),
        "standing": _STANDING.get(state, ERASED),
        "at": instant_of(hlc),
        "valid_from": instant_of(event.valid_from if event else hlc),
        "says": {name: value for name, value in says.items() if name not in _TOLD_APART},
    }


# The salt says nothing; `valid_from` is told as an instant.
_TOLD_APART = ("salt", "valid_from")
