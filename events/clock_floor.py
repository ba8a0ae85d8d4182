"""The clock floor: the highest hlc sealed or applied here, so that a new event comes after it."""

from collections.abc import Iterable

from events import sql
from events.clock import raised_floor

# Read without a lock: each writer raises a row of its own, the floor is the greatest of them.
CURRENT_SQL = "SELECT coalesce(max(floor), 0) FROM events_clock"

RAISE_SQL = """
INSERT INTO events_clock (writer, floor) VALUES (%(writer)s, %(floor)s)
ON CONFLICT (writer) DO UPDATE SET floor = excluded.floor
WHERE events_clock.floor < excluded.floor
"""


def current() -> int:
    return int(sql.fetch(CURRENT_SQL)[0][0])


def raise_to(hlcs: Iterable[int], *, writer: str, wall_us: int) -> None:
    """Remember in this writer's row that these were sealed or applied."""
    highest = 0
    for hlc in hlcs:
        highest = raised_floor(floor=highest, seen=hlc, wall_us=wall_us)
    if highest:
        sql.execute(RAISE_SQL, {"writer": writer, "floor": highest})
