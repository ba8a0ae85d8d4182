"""How shipping stands, for metrics, pages and commands: cheap, from tables and folders."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from audit.shipping import log_stream, positions
from events import sql

# Entries without a number count, too: they are not there yet. The oldest that waits is next.
STATE_SQL = """
SELECT coalesce((SELECT seq FROM audit_chain), 0) - cursor.seq
        + (SELECT count(*) FROM audit_seen WHERE seq IS NULL),
    (SELECT at FROM audit_entry WHERE seq > cursor.seq ORDER BY seq LIMIT 1),
    cursor.moved_at
FROM (VALUES (1)) AS one
LEFT JOIN (SELECT seq, moved_at FROM audit_cursor WHERE stream = 'audit') found ON true
CROSS JOIN LATERAL (SELECT coalesce(found.seq, 0) AS seq, found.moved_at) cursor
"""


@dataclass(frozen=True, slots=True)
class ShippingState:
    """`unshipped` entries, `waiting_since` the instant of the oldest of them that has a number;
    bytes of log files: not shipped, all, and how many there may be."""

    is_on: bool
    unshipped: int
    waiting_since: datetime | None
    moved_at: datetime | None
    refused_entries: int
    refused_lines: int
    log_bytes_waiting: int
    log_bytes: int
    log_bytes_limit: int


def shipping_state() -> ShippingState:
    waiting, waiting_since, moved_at = sql.fetch(STATE_SQL)[0]
    return ShippingState(
        is_on=bool(settings.ELASTICSEARCH_HOST),
        unshipped=waiting,
        waiting_since=waiting_since,
        moved_at=moved_at,
        refused_entries=positions.count_refused(positions.AUDIT_STREAM),
        refused_lines=positions.count_refused(positions.LOG_STREAM),
        log_bytes_waiting=log_stream.waiting_bytes(),
        log_bytes=log_stream.folder_bytes(),
        log_bytes_limit=settings.LOG_DIR_MAX_MB * 1024 * 1024,
    )


def unshipped() -> int:
    """Entries that are not in Elasticsearch yet."""
    return int(sql.fetch(STATE_SQL)[0][0])
