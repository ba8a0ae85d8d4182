"""Event log → sequence: committed local events get their gap-free number, by one leader."""

import logging

from django.conf import settings
from django.db import transaction

from events import clock_floor, failpoints, peers, progress, ranges, sql
from events.origin import Self

logger = logging.getLogger(__name__)

# Small enough that a step stays in the tens of milliseconds.
SLICE = 500
# Bulk waits while this many sealed events are not acked: production follows the sequence, so a
# counter clerk's event would otherwise queue behind a whole import.
BULK_BACKLOG = 1000

IS_WAITING_SQL = """
SELECT is_bulk FROM (VALUES (false), (true)) AS kind (is_bulk)
WHERE EXISTS (SELECT 1 FROM events_event event WHERE sequence IS NULL
    AND event.is_bulk = kind.is_bulk AND origin = %(origin)s)
ORDER BY is_bulk
"""

# Locked first: should two processes seal at once, the second goes on where the first ended.
LOCK_SELF_SQL = """
SELECT next_sequence FROM events_self
WHERE epoch = %(epoch)s AND rival_instance IS NULL FOR UPDATE
"""

# Committed means visible, so nothing is skipped: claimed by state, never by id or time.
SEAL_SQL = """
UPDATE events_event event SET sequence = %(next)s + chosen.place - 1
FROM (
    SELECT event_id, row_number() OVER (ORDER BY hlc, event_id) AS place
    FROM (
        SELECT event_id, hlc FROM events_event
        WHERE sequence IS NULL AND is_bulk = %(bulk)s AND origin = %(origin)s
        ORDER BY hlc, event_id LIMIT %(limit)s FOR UPDATE
    ) unsealed
) chosen
WHERE event.event_id = chosen.event_id
RETURNING event.hlc
"""

NEXT_SEQUENCE_SQL = "UPDATE events_self SET next_sequence = next_sequence + %(count)s"


def seal(this: Self, *, wall_us: int) -> int:
    """Number a slice of the interactive events, then one of bulk when little is on its way (also
    while people keep writing: an import must end, too). How many."""
    if this.rival_instance is not None:
        return 0
    count = 0
    for (is_bulk,) in sql.fetch(IS_WAITING_SQL, {"origin": this.origin}):
        if not is_bulk or this.sealed - this.produced_to < BULK_BACKLOG:
            count += _seal_slice(this, is_bulk=is_bulk, wall_us=wall_us)
            failpoints.reach("seal.committed")
    return count


@transaction.atomic
def _seal_slice(this: Self, *, is_bulk: bool, wall_us: int) -> int:
    locked = sql.fetch(LOCK_SELF_SQL, {"epoch": this.epoch})
    if not locked:
        return 0  # a new epoch or a rival: the next step sees it
    next_sequence = locked[0][0]
    chosen = {"bulk": is_bulk, "origin": this.origin, "limit": SLICE}
    sealed = sql.fetch(SEAL_SQL, {"next": next_sequence, **chosen})
    if not sealed:
        return 0
    failpoints.reach("seal.numbered")
    sql.execute(NEXT_SEQUENCE_SQL, {"count": len(sealed)})
    progress.add({this.origin: ((next_sequence, next_sequence + len(sealed) - 1),)})
    clock_floor.raise_to((hlc for (hlc,) in sealed), writer="publish", wall_us=wall_us)
    failpoints.reach("seal.before_commit")
    return len(sealed)


LEFT_ORIGINS_SQL = """
SELECT DISTINCT origin FROM events_event
WHERE sequence IS NULL AND location_id = %(location_id)s AND origin <> %(origin)s ORDER BY origin
"""


@transaction.atomic
def seal_leftovers(this: Self, *, wall_us: int) -> int:
    """Number what earlier epochs of this location left unsealed; how many.

    Peers may hold these events with sequences given before the backup was restored, so they get
    ORIGIN_SILENT_S to say so. The new numbers follow the highest anybody knows; peers see the
    hole and ask for it, so there is no cursor to keep. A restored location first hears them all.
    """
    if this.restoring_since is not None:
        return 0
    if wall_us < this.epoch * 1_000_000 + settings.ORIGIN_SILENT_S * 1_000_000:
        return 0
    left = sql.fetch(LEFT_ORIGINS_SQL, {"location_id": this.location_id, "origin": this.origin})
    if not left or not sql.fetch(LOCK_SELF_SQL, {"epoch": this.epoch}):
        return 0
    highest = peers.highest_sealed(peers.known())
    for origin, received in progress.known()[0].items():
        highest[origin] = max(ranges.highest(received), highest.get(origin, 0))
    count = 0
    for (origin,) in left:
        for is_bulk in (False, True):
            first = highest.get(origin, 0) + 1
            chosen = {"bulk": is_bulk, "origin": origin, "limit": SLICE}
            sealed = len(sql.fetch(SEAL_SQL, {"next": first, **chosen}))
            if sealed:
                progress.add({origin: ((first, first + sealed - 1),)})
            highest[origin] = first + sealed - 1
            count += sealed
    logger.warning("events.leftovers_sealed", extra={"count": count})
    return count
