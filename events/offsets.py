"""Where this location goes on reading: kept in the database, moved with the effect of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass

from events import sql
from events.kafka import Place

STORED_SQL = """
SELECT partition, next_offset FROM events_offset
WHERE cluster_id = %(cluster_id)s AND topic = %(topic)s
"""

STORE_SQL = """
INSERT INTO events_offset (cluster_id, topic, partition, next_offset)
SELECT %(cluster_id)s, %(topic)s, partition, next_offset
FROM unnest(%(partitions)s::int[], %(offsets)s::bigint[]) AS start (partition, next_offset)
ON CONFLICT (cluster_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""

# Conditional: of two consumers the second finds other offsets and gives its batch up.
MOVE_SQL = """
UPDATE events_offset SET next_offset = moved.next_offset
FROM unnest(%(topics)s::text[], %(partitions)s::int[], %(expected)s::bigint[],
    %(offsets)s::bigint[]) AS moved (topic, partition, expected, next_offset)
WHERE events_offset.cluster_id = %(cluster_id)s AND events_offset.topic = moved.topic
    AND events_offset.partition = moved.partition
    AND events_offset.next_offset = moved.expected
"""


class FencedError(Exception):
    """Another process has moved the offsets that this one thought it was alone with."""


@dataclass(frozen=True, slots=True)
class Move:
    """From the offsets at which the batch began to those after it; the same partitions."""

    before: Mapping[Place, int]
    after: Mapping[Place, int]


def stored(*, cluster_id: str, topic: str) -> dict[int, int]:
    """The next offset of each partition read before."""
    rows = sql.fetch(STORED_SQL, {"cluster_id": cluster_id, "topic": topic})
    return {partition: next_offset for partition, next_offset in rows}  # noqa: C416 - types


def store(starts: Mapping[int, int], *, cluster_id: str, topic: str) -> None:
    """Begin there: partitions never read, or whose place is gone."""
    sql.execute(
        STORE_SQL,
        {
            "cluster_id": cluster_id,
            "topic": topic,
            "partitions": list(starts),
            "offsets": list(starts.values()),
        },
    )


def move(wanted: Move, *, cluster_id: str) -> None:
    """Raises FencedError."""
    places = list(wanted.after)
    moved = sql.execute(
        MOVE_SQL,
        {
            "cluster_id": cluster_id,
            "topics": [topic for topic, _ in places],
            "partitions": [partition for _, partition in places],
            "expected": [wanted.before[place] for place in places],
            "offsets": [wanted.after[place] for place in places],
        },
    )
    if moved != len(places):
        raise FencedError("Another consumer of this location moved the offsets.")
