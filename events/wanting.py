"""Holes → wants: what was lost, told from what is only late, is asked for in the heartbeat."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from events import deadletters, peers, progress, ranges, sql
from events.kafka import Place
from events.ranges import Ranges

MAX_RANGES = 20
MAX_SEQUENCES = 10_000

Holes = dict[str, Ranges]


def holes() -> Holes:
    """By origin: sequences that somebody has and this location neither has nor holds aside."""
    received, _ = progress.known()
    found = peers.missing(received, peers.highest_sealed(peers.known()))
    if not found:
        return {}
    held: dict[str, list[int]] = defaultdict(list)
    for origin, sequence in deadletters.held_sequences():
        held[origin].append(sequence)
    return _each(found, lambda origin, hole: ranges.minus(hole, ranges.of(held[origin])))


@dataclass(slots=True)
class _Look:
    """Holes first seen together, and the end each partition had then."""

    holes: Holes
    ends: Mapping[Place, int]
    passed_at_s: float | None = None


class HoleWatch:
    """A hole is lost once the consumer has passed, in every partition, the end that was there when
    the hole was first seen; before that it is lag. Then it still has `heal_after_s` to fill."""

    def __init__(self, *, heal_after_s: float) -> None:
        self._heal_after_s = heal_after_s
        self._looks: list[_Look] = []
        self._next_look_at_s = 0.0

    def forget(self) -> None:
        """Offsets mean something else now: the consumer was opened anew."""
        self._looks.clear()

    def lost(
        self,
        found: Holes,
        *,
        positions: Mapping[Place, int],
        read_ends: Callable[[], Mapping[Place, int]],
        now_s: float,
    ) -> Holes:
        """Of the holes found now, those that are lost."""
        lost: Holes = {}
        watched: Holes = {}
        for look in self._looks:
            look.holes = _each(look.holes, lambda origin, hole: _cut(hole, found, origin))
            if look.passed_at_s is None and _has_passed(positions, look.ends):
                look.passed_at_s = now_s
            watched = _together(watched, look.holes)
            if look.passed_at_s is not None and now_s - look.passed_at_s >= self._heal_after_s:
                lost = _together(lost, look.holes)
        self._looks = [look for look in self._looks if look.holes]
        self._watch_more(found, watched, read_ends, now_s)
        return lost

    def _watch_more(
        self,
        found: Holes,
        watched: Holes,
        read_ends: Callable[[], Mapping[Place, int]],
        now_s: float,
    ) -> None:
        fresh = _each(found, lambda origin, hole: ranges.minus(hole, watched.get(origin, ())))
        if fresh and now_s >= self._next_look_at_s:
            self._looks.append(_Look(fresh, read_ends()))
            self._next_look_at_s = now_s + self._heal_after_s / 10


def limited(lost: Holes) -> Holes:
    """As much as a heartbeat may ask for at once, the oldest first."""
    wants: Holes = {}
    ranges_left, sequences_left = MAX_RANGES, MAX_SEQUENCES
    for origin in sorted(lost):
        part = ranges.first_numbers(lost[origin][:ranges_left], limit=sequences_left)
        if part:
            wants[origin] = part
        ranges_left -= len(part)
        sequences_left -= ranges.count(part)
    return wants


WANT_SQL = """
INSERT INTO events_origin (origin, received, wants)
SELECT origin, '{}', wants::int8multirange
FROM unnest(%(origins)s::text[], %(wants)s::text[]) AS wanted (origin, wants) ORDER BY origin
ON CONFLICT (origin) DO UPDATE SET wants = excluded.wants - events_origin.received
"""

NO_LONGER_WANT_SQL = """
UPDATE events_origin SET wants = '{}'
WHERE wants <> '{}' AND NOT origin = ANY(%(origins)s::text[])
"""


def save(wants: Holes) -> None:
    """What the next heartbeat asks for."""
    origins = list(wants)
    sql.execute(NO_LONGER_WANT_SQL, {"origins": origins})
    if wants:
        texts = [ranges.to_sql(hole) for hole in wants.values()]
        sql.execute(WANT_SQL, {"origins": origins, "wants": texts})


def _has_passed(positions: Mapping[Place, int], ends: Mapping[Place, int]) -> bool:
    return all(positions.get(place, -1) >= end for place, end in ends.items())


def _cut(hole: Ranges, found: Holes, origin: str) -> Ranges:
    return ranges.both(hole, found.get(origin, ()))


def _each(some: Holes, change: Callable[[str, Ranges], Ranges]) -> Holes:
    changed = {origin: change(origin, hole) for origin, hole in some.items()}
    return {origin: hole for origin, hole in changed.items() if hole}


def _together(left: Holes, right: Holes) -> Holes:
    return {
        origin: ranges.union(left.get(origin, ()), right.get(origin, ()))
        for origin in {*left, *right}
    }
