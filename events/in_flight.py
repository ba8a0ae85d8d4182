"""Writes that no heartbeat may pass over: they say that they begin before they look around."""

from events import sql

# Shared by the writers until their transactions end; nobody waits for it.
ANNOUNCE_SQL = "SELECT pg_advisory_xact_lock_shared(5172)"

COUNT_SQL = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND (classid, objid, objsubid) = (0, 5172, 1) AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def announce() -> None:
    """Before the writer reads a clock or a row. Must run in its transaction."""
    sql.fetch(ANNOUNCE_SQL)


def count() -> int:
    """How many are under way now. Asked before a snapshot: what it does not count, that shows."""
    return int(sql.fetch(COUNT_SQL)[0][0])
