"""Merges → which record stands for a merged one, and whom nobody stands for (rule 8). Pure.

Edges are those of one connected component or of many: components do not touch each other.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

# The order of events: hlc, origin, event id.
Key = tuple[int, str, UUID]


class Edge(NamedTuple):
    """The merge of `loser` that holds now; `key` is that of its event."""

    loser: UUID
    into: UUID
    key: Key


def effective(edges: Iterable[Edge]) -> dict[UUID, Edge]:
    """Loser → its edge, without the greatest one of each cycle: two locations may have merged two
    records into each other, and one of them has to stand. At most one edge per loser."""
    by_loser = {edge.loser: edge for edge in edges}
    kept = dict(by_loser)
    done: set[UUID] = set()
    for start in by_loser:
        path: dict[UUID, Edge] = {}
        at = start
        while at in by_loser and at not in done and at not in path:
            path[at] = by_loser[at]
            at = by_loser[at].into
        if at in path:
            walked = list(path)
            cycle = walked[walked.index(at) :]
            del kept[max(cycle, key=lambda loser: by_loser[loser].key)]
        done |= path.keys()
    return kept


def survivors(edges: Mapping[UUID, Edge]) -> dict[UUID, UUID]:
    """Loser → the record at the end of its way, for edges as `effective` leaves them."""
    found: dict[UUID, UUID] = {}
    for start in edges:
        path = []
        at = start
        while at in edges and at not in found:
            path.append(at)
            at = edges[at].into
        found |= dict.fromkeys(path, found.get(at, at))
    return found


def stranded(edges: Mapping[UUID, Edge], living: Collection[UUID]) -> list[UUID]:
    """Living losers that no living record stands for; of several on one way the last, because
    whatever is decided about it decides about those behind it."""
    standing = survivors(edges)
    lost = [loser for loser in edges if loser in living and standing[loser] not in living]
    return [loser for loser in lost if not _is_living_ahead(edges, loser, living)]


def _is_living_ahead(edges: Mapping[UUID, Edge], loser: UUID, living: Collection[UUID]) -> bool:
    at = edges[loser].into
    while at in edges:
        if at in living:
            return True
        at = edges[at].into
    return False
