"""Messages set aside with their reason: nothing is dropped, and the rest goes on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events import sql
from events.paging import Page, Window, page_of


@dataclass(frozen=True, slots=True)
class Source:
    """Where in Kafka the bytes were found."""

    cluster_id: str
    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """Bytes that cannot go into the log, or an event that cannot be folded, and why."""

    reason_code: str
    raw: bytes | None
    source: Source | None = None
    origin: str | None = None
    sequence: int | None = None
    entity_uid: UUID | None = None


# Of an entity that was erased here nothing is kept: there is nothing to try again.
IS_ERASED = """EXISTS (SELECT FROM events_head head
    WHERE head.entity_uid = letter.entity_uid AND head.erased_event IS NOT NULL)"""

SET_ASIDE_SQL = """
INSERT INTO events_deadletter (cluster_id, topic, partition, "offset", origin, sequence,
    entity_uid, reason_code, raw, first_seen, attempts, resolved_at)
SELECT cluster_id, topic, partition, "offset", origin, sequence, entity_uid, reason_code,
    CASE WHEN IS_ERASED THEN NULL ELSE raw END, %(now)s, 0,
    CASE WHEN IS_ERASED THEN %(now)s::timestamptz END
FROM unnest(%(cluster_ids)s::text[], %(topics)s::text[], %(partitions)s::int[],
    %(offsets)s::bigint[], %(origins)s::text[], %(sequences)s::bigint[],
    %(entity_uids)s::uuid[], %(reason_codes)s::text[], %(raws)s::bytea[])
    AS letter (cluster_id, topic, partition, "offset", origin, sequence, entity_uid, reason_code,
        raw)
ON CONFLICT (cluster_id, topic, partition, "offset") DO NOTHING
""".replace("IS_ERASED", IS_ERASED)


def set_aside(letters: Sequence[SetAside], *, now: datetime) -> None:
    if not letters:
        return
    sources = [letter.source for letter in letters]
    sql.execute(
        SET_ASIDE_SQL,
        {
            "now": now,
            "cluster_ids": [source and source.cluster_id for source in sources],
            "topics": [source and source.topic for source in sources],
            "partitions": [source and source.partition for source in sources],
            "offsets": [source and source.offset for source in sources],
            "origins": [letter.origin for letter in letters],
            "sequences": [letter.sequence for letter in letters],
            "entity_uids": [letter.entity_uid for letter in letters],
            "reason_codes": [letter.reason_code for letter in letters],
            "raws": [letter.raw for letter in letters],
        },
    )


# The real bytes came after all: nothing is missing any more at that place. What was held for want
# of its key goes, so that the key cannot bring back later what was erased meanwhile.
RESOLVE_STORED_SQL = """
UPDATE events_deadletter letter SET resolved_at = %(now)s,
    raw = CASE WHEN letter.reason_code <> 'no_key' THEN letter.raw END
FROM unnest(%(origins)s::text[], %(sequences)s::bigint[]) AS stored (origin, sequence)
WHERE letter.resolved_at IS NULL AND letter.origin = stored.origin
    AND letter.sequence = stored.sequence AND letter.reason_code <> 'projection_failed'
"""


def resolve_stored(stored: Sequence[tuple[str, int]], *, now: datetime) -> None:
    """Close the letters whose (origin, sequence) is in the log now."""
    if stored and has_open():
        sql.execute(
            RESOLVE_STORED_SQL,
            {
                "now": now,
                "origins": [origin for origin, _ in stored],
                "sequences": [sequence for _, sequence in stored],
            },
        )


def has_open() -> bool:
    open_sql = "SELECT EXISTS (SELECT 1 FROM events_deadletter WHERE resolved_at IS NULL)"
    return bool(sql.fetch(open_sql)[0][0])


RESOLVE_PROJECTED_SQL = """
UPDATE events_deadletter SET resolved_at = %(now)s
WHERE resolved_at IS NULL AND reason_code = 'projection_failed'
    AND entity_uid = ANY(%(uids)s::uuid[])
"""


def resolve_projected(uids: Sequence[UUID], *, now: datetime) -> None:
    """Close the letters of entities that could be projected after all."""
    if uids:
        sql.execute(RESOLVE_PROJECTED_SQL, {"now": now, "uids": list(uids)})


@dataclass(frozen=True, slots=True)
class OpenLetter:
    id: int
    reason_code: str
    raw: bytes
    sequence: int | None
    entity_uid: UUID | None


OPEN_BYTES_SQL = """
SELECT id, reason_code, raw, sequence, entity_uid FROM events_deadletter
WHERE resolved_at IS NULL AND raw IS NOT NULL AND id > %(after)s
    AND (%(reason_code)s::text IS NULL OR reason_code = %(reason_code)s)
ORDER BY id LIMIT %(limit)s
"""

TRIED_SQL = """
UPDATE events_deadletter SET attempts = attempts + 1,
    resolved_at = CASE WHEN id = ANY(%(resolved)s::bigint[]) THEN %(now)s::timestamptz END,
    raw = CASE WHEN id <> ALL(%(resolved)s::bigint[]) OR reason_code <> 'no_key' THEN raw END
WHERE id = ANY(%(tried)s::bigint[])
"""


def open_bytes(*, after: int, limit: int, reason_code: str | None = None) -> list[OpenLetter]:
    """Letters that hold bytes, for any reason or for this one, oldest first, by id."""
    window = {"after": after, "limit": limit, "reason_code": reason_code}
    rows = sql.fetch(OPEN_BYTES_SQL, window)
    return [OpenLetter(row[0], row[1], bytes(row[2]), *row[3:]) for row in rows]


def note_attempt(tried: Sequence[int], *, resolved: Sequence[int], now: datetime) -> None:
    sql.execute(TRIED_SQL, {"tried": list(tried), "resolved": list(resolved), "now": now})


HELD_KEYS_SQL = """
SELECT convert_from(substring(raw FROM 8 FOR 8), 'LATIN1'), count(*) FROM events_deadletter
WHERE resolved_at IS NULL AND reason_code = 'no_key' GROUP BY 1 ORDER BY 1
"""


def held_for_keys() -> dict[str, int]:
    """How many messages are held for want of which key (see wire.PREFIX)."""
    return dict(sql.fetch(HELD_KEYS_SQL))


# What is held here is not asked for again: it would only be set aside again.
HELD_SQL = """
SELECT origin, sequence FROM events_deadletter
WHERE resolved_at IS NULL AND origin IS NOT NULL AND sequence IS NOT NULL
    AND reason_code <> 'projection_failed'
"""


def held_sequences() -> list[tuple[str, int]]:
    """(origin, sequence) of the open letters."""
    return [(origin, sequence) for origin, sequence in sql.fetch(HELD_SQL)]


# Whatever happens these are no events, or not those of that place.
USELESS_SQL = """
SELECT origin, sequence FROM events_deadletter
WHERE resolved_at IS NULL AND origin IS NOT NULL AND sequence IS NOT NULL
    AND reason_code NOT IN ('projection_failed', 'no_key', 'bad_hash')
"""


def useless_sequences() -> list[tuple[str, int]]:
    """(origin, sequence) of open letters for which nothing better is to be expected."""
    return [(origin, sequence) for origin, sequence in sql.fetch(USELESS_SQL)]


PAGE_COLUMNS = (
    "id",
    "reason_code",
    "topic",
    "partition",
    "offset",
    "origin",
    "sequence",
    "entity_uid",
    "first_seen",
    "attempts",
)

PAGE_SQL = """
SELECT id, reason_code, topic, partition, "offset", origin, sequence, entity_uid, first_seen,
    attempts
FROM events_deadletter
WHERE resolved_at IS NULL AND id < %(below)s AND id > %(above)s
ORDER BY id DIRECTION LIMIT %(limit)s OFFSET %(offset)s
"""

MAX_ID = 2**63 - 1


def page(*, window: Window[int]) -> Page[dict[str, Any]]:
    """Open letters without their bytes, newest first, by id."""
    direction = "ASC" if window.before is not None else "DESC"
    rows = sql.fetch(
        PAGE_SQL.replace("DIRECTION", direction),
        {
            "below": MAX_ID if window.after is None else window.after,
            "above": 0 if window.before is None else window.before,
            "limit": window.size + 1,
            "offset": window.offset,
        },
    )
    letters = [dict(zip(PAGE_COLUMNS, row, strict=True)) for row in rows]
    if window.before is not None:
        letters.reverse()
    return page_of(letters, window=window)
