"""The hybrid logical clock rule: every event gets an instant greater than all of its causes.

All instants are integer microseconds since 1970 UTC. The wall clock is read at the edge.
"""

from datetime import UTC, datetime, timedelta

# NTP settling stays far below a minute; a clock that is really wrong does not.
MAX_AHEAD_US = 60_000_000
# A day after the first instant datetime knows, so that no time zone can underflow it.
MIN_INSTANT_US = -62_135_510_400_000_000
# JSON numbers are exact below this; as microseconds it is the year 2255.
MAX_INSTANT_US = 2**53 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def next_hlc(*, wall_us: int, last_hlc: int, floor: int) -> int:
    """A new event's hlc: after the entity's last one and all that was sealed or applied here."""
    return max(wall_us, last_hlc + 1, floor + 1)


def raised_floor(*, floor: int, seen: int, wall_us: int) -> int:
    """The floor after an event with hlc `seen`. One wrong clock elsewhere lifts it by at most
    MAX_AHEAD_US above the wall; it is never lowered."""
    return max(floor, min(seen, wall_us + MAX_AHEAD_US))


def is_ahead(*, hlc: int, wall_us: int, floor: int) -> bool:
    """Is this event so far in the future that it has to be parked?"""
    return hlc > max(wall_us, floor) + MAX_AHEAD_US


def instant_of(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def us_of(instant: datetime) -> int:
    """Exact, without a detour over floats. The instant must know its offset."""
    return (instant - _EPOCH) // _MICROSECOND
