"""When an entity may be erased, and until when a hold may be placed. Pure.

The order of things at a peer makes it safe: whoever places a hold says so before it reads its clock
(events/in_flight.py), and from `execute_after` on it places none. So a heartbeat that is later than
`execute_after`, knows the schedule, and has nothing on its way that is not sealed, has told of
every hold that was placed there in time.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from events import ranges
from events.heartbeat import Heartbeat
from events.ranges import Ranges

DAY_US = 86_400_000_000

# Why an entity leaves: closed, because it stays when the entity is gone.
SUBJECT_REQUEST = "subject_request"
RETENTION = "retention"
BASES: Mapping[str, str] = {
    SUBJECT_REQUEST: "The person asked for it",
    "consent_withdrawn": "Consent was withdrawn",
    "objection": "The person objected to the processing",
    "unlawful_processing": "The data were processed unlawfully",
    "legal_obligation": "A law requires it",
    RETENTION: "Its time is over by a retention policy",
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """That an entity is to be erased; instants in µs. `origin`, `sequence`: of the event that says
    so (None: not sealed yet)."""

    entity_uid: UUID
    event_id: UUID
    basis: str
    scheduled_us: int
    execute_after_us: int
    origin: str
    sequence: int | None

    def is_past_deadline(self, *, now_us: int, deadline: timedelta) -> bool:
        """Counted from when it could have happened: nobody can answer before, and the delay of a
        policy may be longer than the deadline."""
        return now_us >= self.execute_after_us + deadline // timedelta(microseconds=1)


def may_place_hold(*, execute_after_us: int | None, now_us: int) -> bool:
    """`execute_after_us`: of the erasure that is scheduled, as known where the hold is placed."""
    return execute_after_us is None or now_us < execute_after_us


def unanswered(
    schedule: Schedule,
    *,
    here: str,
    members: Collection[str],
    heard: Mapping[str, Heartbeat],
    received: Mapping[str, Ranges],
) -> list[str]:
    """The members that may still have placed a hold in time of which nothing arrived here;
    `received`: what this location has of each origin."""
    return sorted(
        location_id
        for location_id in members
        if location_id != here and not _has_answered(schedule, heard.get(location_id), received)
    )


def _has_answered(
    schedule: Schedule, heartbeat: Heartbeat | None, received: Mapping[str, Ranges]
) -> bool:
    if heartbeat is None or heartbeat.at <= schedule.execute_after_us:
        return False
    knows = _knows(schedule, heartbeat)
    is_all_sealed = not (heartbeat.unsealed or heartbeat.pending)
    return knows and is_all_sealed and not _on_their_way(heartbeat, received)


def _knows(schedule: Schedule, heartbeat: Heartbeat) -> bool:
    if schedule.origin.partition("/")[0] == heartbeat.location_id:
        return True
    told = heartbeat.received.get(schedule.origin, ())
    return schedule.sequence is not None and ranges.contains(told, schedule.sequence)


def _on_their_way(heartbeat: Heartbeat, received: Mapping[str, Ranges]) -> bool:
    """Is anything of its own not here yet, of this epoch or of an earlier one?"""
    sent: dict[str, Ranges] = {
        origin: part
        for origin, part in heartbeat.received.items()
        if origin.partition("/")[0] == heartbeat.location_id
    }
    if heartbeat.sealed:
        sent[heartbeat.origin] = ((1, heartbeat.sealed),)
    return any(_lacks(part, received.get(origin, ())) for origin, part in sent.items())


def _lacks(part: Ranges, received: Ranges) -> bool:
    return bool(ranges.minus(part, received))


def has_confirmed(
    *, origin: str, sequence: int | None, location_id: str, heartbeat: Heartbeat
) -> bool:
    """Has the location folded the erasure with this place, as far as it says?"""
    if heartbeat.pending or sequence is None:
        return False
    if origin.partition("/")[0] == location_id:
        return True
    return ranges.contains(heartbeat.received.get(origin, ()), sequence)


def is_held(attributes: Iterable[str]) -> bool:
    """By the names of what holds of an entity now."""
    return any(attribute.startswith("hold:") for attribute in attributes)
