"""A location whose database came from a backup: closed until what happened since is here."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from events import deadletters, peers, progress, ranges, sql
from events.errors import Refused
from events.origin import ensure_self, take_new_epoch
from events.peers import Known
from events.ranges import Ranges

logger = logging.getLogger(__name__)

# For so long a connection that saw the location open believes it. A restored database comes with
# new connections; on an old one only the consumer closes it, when peers know more of its origin.
BELIEVE_S = 1.0
RETRY_AFTER_S = 10

# Which locations were retired is known to the floors above.
_retired: list[Callable[[], Collection[str]]] = []


def register_retired(retired: Callable[[], Collection[str]]) -> None:
    """Locations that left: nobody waits for them."""
    _retired[:] = [retired]


class Restoring(Refused):
    """The database came from a backup; what happened since is not here yet."""

    code = "restoring"
    status = 503
    retry_after_s = RETRY_AFTER_S


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a restored location waits for: locations that it has not heard since, and how many of
    the events that the others have."""

    since: datetime
    silent: tuple[str, ...]
    missing: int

    @property
    def is_over(self) -> bool:
        return not self.silent and not self.missing

    @property
    def sentence(self) -> str:
        return (
            "This location was restored from a backup and first receives what happened since. "
            f"It waits for {self.words}. Reading and writing open by themselves."
        )

    @property
    def words(self) -> str:
        """Short, for a pill."""
        parts = [f"a sign of {', '.join(self.silent)}"] if self.silent else []
        if self.missing:
            parts.append(f"{self.missing:,} events")
        return " and ".join(parts) or "the first sign of others"


SINCE_SQL = "SELECT restoring_since FROM events_self"

# An erasure that is here but not folded yet has taken nobody off yet.
PENDING_ERASURES_SQL = """
SELECT count(*) FROM events_event
WHERE state IN (1, 2, 3) AND starts_with(type, 'entity.erased.')
"""

OPEN_SQL = """
UPDATE events_self SET restoring_since = NULL WHERE restoring_since = %(since)s
"""


def waiting() -> Waiting | None:
    """What this location waits for; None when it is open."""
    found = sql.fetch(SINCE_SQL)
    if not found or found[0][0] is None:
        return None
    since: datetime = found[0][0]
    others = _others()
    silent = sorted(name for name, known in others.items() if known.seen_at < since)
    pending = int(sql.fetch(PENDING_ERASURES_SQL)[0][0])
    missing = sum(ranges.count(hole) for hole in _missing(others).values())
    return Waiting(since, tuple(silent), missing + pending)


def _others() -> dict[str, Known]:
    left = {location_id for retired in _retired for location_id in retired()}
    left.add(settings.LOCATION_ID)
    return {name: known for name, known in peers.known().items() if name not in left}


def _missing(others: dict[str, Known]) -> Mapping[str, Ranges]:
    """What the others have, of any origin and so of this location's own former ones, too; but for
    what is held here and is no event. What is held for want of its key may be an erasure."""
    received, _ = progress.known()
    for origin, sequence in deadletters.useless_sequences():
        one = ((sequence, sequence),)
        received[origin] = ranges.union(received.get(origin, ()), one)
    return peers.missing(received, peers.highest_sealed(others))


def begin(*, now_us: int) -> None:
    """Say that this database came from a backup: it goes on under a new origin, closed."""
    this = ensure_self(now_us=now_us)
    forget()
    if this.restoring_since is None:
        take_new_epoch(this, now_us=now_us, reason="restored from a backup", is_restored=True)


def open_if_complete(*, has_read_status: bool) -> None:
    """Open when all are heard and all that they have is here. `has_read_status`: the heartbeats
    that lay in the topic were read, so that nobody is unknown who joined after the backup."""
    found = waiting()
    if found is not None and found.is_over and has_read_status:
        _open(found, reason="everything is here")


def open_anyway() -> Waiting | None:
    """Open without waiting any longer; what it still waited for, None if it was open."""
    found = waiting()
    if found is not None:
        _open(found, reason=f"told to, though it waited for {found.words}")
    return found


def _open(found: Waiting, *, reason: str) -> None:
    if sql.execute(OPEN_SQL, {"since": found.since}):
        logger.warning("events.restored", extra={"reason": reason})


def forget() -> None:
    """Look anew, whatever was seen before."""
    _seen_open.clear()


_seen_open: WeakKeyDictionary[object, float] = WeakKeyDictionary()


def is_open(*, now_s: float | None = None) -> bool:
    """May this location be read and written? Cheap enough to be asked with every request."""
    now_s = time.monotonic() if now_s is None else now_s
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    raw = database.connection
    if now_s < _seen_open.get(raw, 0.0):
        return True
    with database.wrap_database_errors:
        row = raw.execute(SINCE_SQL).fetchone()
    if row is not None and row[0] is not None:
        return False
    _seen_open[raw] = now_s + BELIEVE_S
    return True
