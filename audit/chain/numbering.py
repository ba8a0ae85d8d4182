"""Committed entries → numbered and chained ones, by one leader: docs/decisions/0021."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import totals
from audit.chain import lines
from audit.chain.hashing import COLUMNS, START, Link, link
from events import failpoints, sql

IS_WAITING_SQL = "SELECT EXISTS (SELECT FROM audit_seen WHERE seq IS NULL)"

# Entries of reads come without indexes, as reads have no time; here they get them, then a number.
TAKE_OVER_SQL = f"""
WITH arrived AS (
    DELETE FROM audit_arrival
    WHERE ctid = ANY(ARRAY(SELECT ctid FROM audit_arrival LIMIT %(most)s))
    RETURNING *
)
INSERT INTO audit_entry ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM arrived
"""  # noqa: S608 (our own names)

# Should somebody have removed the row of the head, numbers go on after the highest that is there.
FIRST_HEAD_SQL = """
INSERT INTO audit_chain (singleton, seq, hash)
SELECT true, coalesce(last.seq, 0), coalesce(last.hash, decode(%(genesis)s, 'hex'))
FROM (VALUES (true)) AS one LEFT JOIN (
    SELECT seq, hash FROM audit_entry WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1
) last ON true
ON CONFLICT (singleton) DO NOTHING
"""

LOCK_HEAD_SQL = "SELECT seq, encode(hash, 'hex') FROM audit_chain FOR UPDATE"
HEAD_SQL = "SELECT seq, encode(hash, 'hex') FROM audit_chain"

# The span of instants spares the look into every month. A trigger moves the head. Fresh rows are
# unknown to the planner's statistics, and a nested loop over two lists of 10,000 takes minutes.
NO_LOOPS_SQL = "SELECT set_config('enable_nestloop', 'off', true)"
LOOPS_SQL = "SELECT set_config('enable_nestloop', 'on', true)"
NUMBER_SQL = """
UPDATE audit_entry entry
SET seq = %(before)s + place, prev_hash = link.prev_hash, hash = link.hash
FROM (
    SELECT audit_id, at, hash, place,
        lag(hash, 1, %(head)b::bytea) OVER (ORDER BY place) AS prev_hash
    FROM unnest(%(ids)b::text[]::uuid[], %(ats)b::text[]::timestamptz[], %(hashes)b::bytea[])
        WITH ORDINALITY AS one (audit_id, at, hash, place)
) link
WHERE entry.audit_id = link.audit_id AND entry.at = link.at AND entry.seq IS NULL
    AND entry.at BETWEEN %(earliest)b::text::timestamptz AND %(latest)b::text::timestamptz
"""

# A block holds a thousand numbers. One whose clock was wrong may overlap without having any: the
# next one is asked then.
BLOCK_SQL = """
SELECT block FROM audit_block
WHERE max_at >= %(since)s::timestamptz AND min_at < %(until)s::timestamptz
    AND (%(after)s::bigint IS NULL OR block {beyond} %(after)s::bigint)
ORDER BY block {order} LIMIT 1
"""
FIRST_BLOCK_SQL = BLOCK_SQL.format(beyond=">", order="ASC")
LAST_BLOCK_SQL = BLOCK_SQL.format(beyond="<", order="DESC")

IN_BLOCK_SQL = """
SELECT min(seq), max(seq) FROM audit_entry
WHERE seq BETWEEN %(block)s * 1000 AND %(block)s * 1000 + 999
    AND at >= %(since)s::timestamptz AND at < %(until)s::timestamptz
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The least and the greatest number of some entries, both included."""

    first: int
    last: int


def head() -> Link:
    """The last link, as the row of the head says."""
    found = sql.fetch(HEAD_SQL)
    return Link(found[0][0], found[0][1].encode()) if found else START


def number_entries(*, most: int = 10_000) -> int:
    """Number and chain what is committed, in a transaction of its own; how many."""
    if not sql.fetch(IS_WAITING_SQL)[0][0]:
        return 0
    with transaction.atomic():
        before = lock_head()
        sql.execute(TAKE_OVER_SQL, {"most": most})
        tails = lines.unnumbered_tails(most=most)
        if not tails:
            return 0
        _store(before, tails)
        totals.add(first_seq=before.seq + 1, last_seq=before.seq + len(tails))
        failpoints.reach("audit.numbered")
    failpoints.reach("audit.committed")
    return len(tails)


def lock_head() -> Link:
    """The last link, which no one else can follow before this transaction ends."""
    sql.execute(FIRST_HEAD_SQL, {"genesis": START.hash.decode()})
    seq, digits = sql.fetch(LOCK_HEAD_SQL)[0]
    return Link(seq, digits.encode())


def _store(before: Link, tails: list[bytes]) -> None:
    keys = [tail.split(b"\t", 2)[:2] for tail in tails]
    ats = [at.decode() for _, at in keys]
    sql.fetch(NO_LOOPS_SQL)
    sql.execute_bound(
        NUMBER_SQL,
        {
            "before": before.seq,
            "head": bytes.fromhex(before.hash.decode()),
            "ids": [audit_id.decode() for audit_id, _ in keys],
            "ats": ats,
            "hashes": [bytes.fromhex(made.hash.decode()) for made in link(before, tails)],
            "earliest": ats[0],
            "latest": ats[-1],
        },
    )
    sql.fetch(LOOPS_SQL)


def numbers_between(*, since: datetime | None, until: datetime | None) -> Numbers | None:
    """The numbers of the entries made in [since, until); between them may be some of other times,
    for numbers follow the commits. None when there is no numbered entry."""
    span = {"since": since or "-infinity", "until": until or "infinity"}
    first = _numbers_of_edge(FIRST_BLOCK_SQL, span)
    last = first and _numbers_of_edge(LAST_BLOCK_SQL, span)
    return Numbers(first.first, last.last) if first and last else None


def _numbers_of_edge(block_sql: str, span: Mapping[str, Any]) -> Numbers | None:
    block = None
    while found := sql.fetch(block_sql, {**span, "after": block}):
        block = found[0][0]
        first, last = sql.fetch(IN_BLOCK_SQL, {**span, "block": block})[0]
        if first is not None:
            return Numbers(first, last)
    return None
