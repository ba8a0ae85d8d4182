"""What this location has of each origin: one set of sequence ranges per origin."""

from collections.abc import Mapping

from events import ranges, sql
from events.ranges import Ranges

PROGRESS_SQL = "SELECT origin, received, wants FROM events_origin ORDER BY origin"

# In the order of origins: all writers lock the rows so.
ADD_SQL = """
INSERT INTO events_origin (origin, received, wants)
SELECT origin, ranges::int8multirange, '{}'
FROM unnest(%(origins)s::text[], %(ranges)s::text[]) AS more (origin, ranges) ORDER BY origin
ON CONFLICT (origin) DO UPDATE SET received = events_origin.received + excluded.received,
    wants = events_origin.wants - excluded.received
WHERE NOT events_origin.received @> excluded.received
"""


def known() -> tuple[dict[str, Ranges], dict[str, Ranges]]:
    """What was received, and what is wanted, by origin; empty ones left out."""
    received, wants = {}, {}
    for origin, has, lacks in sql.fetch(PROGRESS_SQL):
        if has:
            received[origin] = ranges.from_sql(has)
        if lacks:
            wants[origin] = ranges.from_sql(lacks)
    return received, wants


def add(received: Mapping[str, Ranges]) -> None:
    """Count these sequences in, by origin; repeats change nothing."""
    if received:
        texts = [ranges.to_sql(part) for part in received.values()]
        sql.execute(ADD_SQL, {"origins": list(received), "ranges": texts})
