"""Event log → sequence: committed local events get their gap-free number, by one leader."""

from django.db import transaction

from events import failpoints, floor, sql
from events.origin import Self

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
        ORDER BY hlc, event_id LIMIT %(limit)s
    ) unsealed
) chosen
WHERE event.event_id = chosen.event_id
RETURNING event.hlc
"""

NEXT_SEQUENCE_SQL = "UPDATE events_self SET next_sequence = next_sequence + %(count)s"

OWN_PROGRESS_SQL = """
INSERT INTO events_origin (origin, received, wants)
VALUES (%(origin)s, %(range)s::int8multirange, '{}')
ON CONFLICT (origin) DO UPDATE SET received = events_origin.received + excluded.received
"""


def seal(this: Self, *, wall_us: int) -> int:
    """Number one slice: interactive events first, bulk when little is on its way. How many."""
    if this.rival_instance is not None:
        return 0
    for (is_bulk,) in sql.fetch(IS_WAITING_SQL, {"origin": this.origin}):
        if not is_bulk or this.sealed - this.produced_to < BULK_BACKLOG:
            return _seal_slice(this, is_bulk=is_bulk, wall_us=wall_us)
    return 0


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
    last = next_sequence + len(sealed) - 1
    own = {"origin": this.origin, "range": f"{{[{next_sequence},{last}]}}"}
    sql.execute(OWN_PROGRESS_SQL, own)
    floor.raise_to((hlc for (hlc,) in sealed), writer="publish", wall_us=wall_us)
    failpoints.reach("seal.before_commit")
    return len(sealed)
