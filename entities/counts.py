"""How many rows a list has: exactly while that is cheap, then about."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.cache import cache

from events import sql

# Up to here a count is exact.
EXACT = 10_000
# Where the planner expects more than this, nothing is counted: 10,001 rows cost several times a
# page, at each page. Ten times the limit, because its figure may be wrong by a multiple.
CLEARLY_MORE = 100_000
# Who turns the pages of a long list would have it planned once more at each of them.
REMEMBERED_S = 60

Parameters = Mapping[str, Any]


def bounded_count(rows: str, parameters: Parameters) -> tuple[int, bool]:
    """Of the rows of this SELECT: (count, is it an estimate). Never walks through more than
    EXACT rows; two statements at most."""
    expected = _remembered_rows(rows, parameters)
    if expected > CLEARLY_MORE:
        return expected, True
    counted, is_estimated = limited_count(rows, parameters)
    return max(counted, expected) if is_estimated else counted, is_estimated


def _remembered_rows(rows: str, parameters: Parameters) -> int:
    """As `expected_rows`; a large figure is up to a minute old."""
    asked = hashlib.sha256(repr((rows, parameters)).encode()).hexdigest()
    known = cache.get(f"entities.counts:{asked}")
    if known is not None:
        return int(known)
    expected = expected_rows(rows, parameters)
    if expected > CLEARLY_MORE:
        cache.set(f"entities.counts:{asked}", expected, REMEMBERED_S)
    return expected


def limited_count(rows: str, parameters: Parameters) -> tuple[int, bool]:
    """As `bounded_count`, in one statement; of more than EXACT rows it only says so."""
    limited = f"SELECT count(*) FROM ({rows} LIMIT {EXACT + 1}) AS limited"  # noqa: S608
    counted = int(sql.fetch(limited, parameters)[0][0])
    return counted, counted > EXACT


def expected_rows(rows: str, parameters: Parameters) -> int:
    """What the planner expects by its statistics; nothing is read."""
    (plan,) = sql.fetch(f"EXPLAIN (FORMAT JSON) {rows}", parameters)[0]
    return int(plan[0]["Plan"]["Plan Rows"])
