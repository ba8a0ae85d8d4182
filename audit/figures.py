"""The audit in numbers, for metrics: cheap at any size."""

from dataclasses import dataclass
from datetime import UTC, datetime

from events import sql

# Hours lead the key of the totals: a day's rows are read, not the years before.
TODAY_SQL = """
SELECT kind, outcome, sum(entries)::bigint FROM audit_total
WHERE hour >= %(midnight)s GROUP BY kind, outcome ORDER BY kind, outcome
"""
# The index of entries without a number holds only those. After a worker stood still for days they
# are millions, which nobody needs to know to the last one.
MOST_COUNTED = 100_000
UNNUMBERED_SQL = """
SELECT
    (SELECT count(*) FROM (SELECT FROM audit_seen WHERE seq IS NULL LIMIT %(most)s) waiting),
    least(
        (SELECT min(at) FROM audit_entry WHERE seq IS NULL), (SELECT min(at) FROM audit_arrival))
"""
NUMBERED_SQL = "SELECT coalesce(max(seq), 0) FROM audit_chain"
VERIFIED_SQL = "SELECT verified_at, code FROM audit_verification"
CONTRADICTIONS_SQL = "SELECT count(*) FROM audit_checkpoint WHERE is_contradiction"
FIRST_SQL = "SELECT min(at) FROM audit_entry"


@dataclass(frozen=True, slots=True)
class Figures:
    """`today`: entries numbered since midnight (UTC) by kind and outcome. `is_intact` is what the
    last verification of the chain said; None: there was none. `unnumbered` is counted up to
    MOST_COUNTED. `unverified_since`: the last one or, without one, the first entry; None: there is
    nothing to verify. `contradictions`: how often a peer said of its chain what cannot be, after
    what it had said before."""

    today: tuple[tuple[str, str, int], ...]
    numbered: int
    unnumbered: int
    unnumbered_since: datetime | None
    unverified_since: datetime | None
    is_intact: bool | None
    contradictions: int


def figures(*, now: datetime) -> Figures:
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    unnumbered, since = sql.fetch(UNNUMBERED_SQL, {"most": MOST_COUNTED})[0]
    verified = sql.fetch(VERIFIED_SQL)
    verified_at, code = verified[0] if verified else (None, None)
    return Figures(
        today=tuple(sql.fetch(TODAY_SQL, {"midnight": midnight})),
        numbered=int(sql.fetch(NUMBERED_SQL)[0][0]),
        unnumbered=unnumbered,
        unnumbered_since=since,
        unverified_since=verified_at if verified else sql.fetch(FIRST_SQL)[0][0],
        is_intact=None if code is None else code == "",
        contradictions=sql.fetch(CONTRADICTIONS_SQL)[0][0],
    )
