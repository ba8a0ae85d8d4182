"""Merges that hold now → who stands for whom, and whom nobody stands for: kept by the projection.

What one event changes can concern records that it does not name: a merged one's losers, the one it
was merged into, everybody of a cycle. All of them together are a connected component; whoever
writes its rows has locked the heads of all of it, so that two writers see each other's merges.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from entities.assertions import SURVIVOR
from entities.standing import Edge, effective, stranded, survivors
from events import log, sql

# Who may concern whom: along the merges in both directions. In most calls nobody is merged: then
# two look-ups in small partial indexes find nothing.
LINKED = """
RECURSIVE linked (uid) AS (
    SELECT uid FROM unnest(%(uids)b::uuid[]) AS asked (uid)
    UNION
    SELECT neighbour.uid FROM linked CROSS JOIN LATERAL (
        SELECT (state.value #>> '{}')::uuid AS uid FROM entities_state state
        WHERE state.entity_uid = linked.uid AND state.attribute = 'merged_into'
        UNION ALL
        SELECT state.entity_uid FROM entities_state state
        WHERE state.attribute = 'merged_into' AND state.value = to_jsonb(linked.uid::text)
    ) AS neighbour
)
"""


def along_merges(statement: str) -> str:
    """A statement that may read from `linked`."""
    return statement.replace("LINKED", LINKED)


COMPANY_SQL = along_merges(
    """
WITH LINKED SELECT uid FROM linked WHERE uid <> ALL(%(uids)b::uuid[]) ORDER BY uid
"""
)

# The key of a merge is that of its event. Looked up one by one: the planner cannot know how few are
# linked, and would read all merges there are.
MERGES_SQL = along_merges(
    """
WITH LINKED
SELECT linked.uid, state.into_uid, event.hlc, event.origin, state.event_id, told.survivor_uid
FROM linked
LEFT JOIN LATERAL (
    SELECT (value #>> '{}')::uuid AS into_uid, event_id FROM entities_state
    WHERE entity_uid = linked.uid AND attribute = 'merged_into' LIMIT 1
) state ON true
LEFT JOIN LATERAL (
    SELECT hlc, origin FROM events_event WHERE event_id = state.event_id LIMIT 1
) event ON true
LEFT JOIN LATERAL (
    SELECT survivor_uid FROM entities_survivor WHERE entity_uid = linked.uid LIMIT 1
) told ON true
WHERE state.event_id IS NOT NULL OR told.survivor_uid IS NOT NULL
ORDER BY linked.uid
"""
)

# Of each: whether it lives, and the event that ended its life. Whoever is in neither row was never
# heard of here: its creation is on its way.
LIVES_SQL = """
SELECT state.entity_uid, state.value = 'true'::jsonb, state.event_id, event.hlc
FROM entities_state state JOIN events_event event USING (event_id)
WHERE state.entity_uid = ANY(%(uids)b::uuid[]) AND state.attribute = 'alive'
UNION ALL
(SELECT DISTINCT ON (entity_uid) entity_uid, false, event_id, hlc FROM events_event
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND type LIKE 'entity.erased.%%' AND state IN (0, 4)
ORDER BY entity_uid, hlc, origin, event_id)
"""

FORGET_SQL = "DELETE FROM entities_survivor WHERE entity_uid = ANY(%(uids)b::uuid[])"

TELL_SQL = """
INSERT INTO entities_survivor (entity_uid, survivor_uid)
SELECT * FROM unnest(%(uids)b::uuid[], %(survivors)b::uuid[])
ON CONFLICT (entity_uid) DO UPDATE SET survivor_uid = excluded.survivor_uid
"""

ITEMS_SQL = """
SELECT conflict_id FROM entities_conflict
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND attribute = %(attribute)s
"""

DROP_ITEMS_SQL = "DELETE FROM entities_conflict WHERE conflict_id = ANY(%(ids)b::uuid[])"

ADD_ITEMS_SQL = """
INSERT INTO entities_conflict (conflict_id, entity_uid, attribute, heads, opened_hlc)
SELECT conflict_id, entity_uid, %(attribute)s, ARRAY[least_head, greatest_head], opened_hlc
FROM unnest(%(ids)b::uuid[], %(uids)b::uuid[], %(least)b::uuid[], %(greatest)b::uuid[],
    %(opened)b::bigint[]) AS item (conflict_id, entity_uid, least_head, greatest_head, opened_hlc)
ON CONFLICT (conflict_id) DO NOTHING
"""

# One at a time changes who is merged into whom, before anything else is locked: three merges in a
# ring would otherwise wait for each other's heads. Everybody else's writes go on.
LOCK_SQL = "SELECT pg_advisory_xact_lock(5171)"

SURVIVORS_SQL = """
SELECT entity_uid, survivor_uid FROM entities_survivor
WHERE entity_uid = ANY(%(uids)b::uuid[]) ORDER BY entity_uid
"""

# Also of one that stands although it is merged, because the merges go round in a ring.
MERGED_INTO_SQL = """
SELECT (value #>> '{}')::uuid FROM entities_state
WHERE entity_uid = %(uid)s AND attribute = 'merged_into'
"""

DISTINCT_SQL = """
SELECT FROM entities_state WHERE (entity_uid, attribute) IN (
    (%(a)s, 'distinct:' || %(b)s::text), (%(b)s, 'distinct:' || %(a)s::text))
"""

LOSERS_SQL = """
SELECT entity_uid FROM entities_survivor WHERE survivor_uid = %(uid)s ORDER BY entity_uid
"""


@dataclass(frozen=True, slots=True)
class Life:
    """`event_id`, `hlc`: of what gave or ended it."""

    is_living: bool
    event_id: UUID
    hlc: int


@dataclass(slots=True)
class Component:
    """The merges that hold among linked records, and who stands as told in the table."""

    edges: list[Edge] = field(default_factory=list)
    told: dict[UUID, UUID] = field(default_factory=dict)
    lives: dict[UUID, Life] = field(default_factory=dict)

    @property
    def uids(self) -> list[UUID]:
        into = (edge.into for edge in self.edges)
        losers = (edge.loser for edge in self.edges)
        return sorted({*into, *losers, *self.told, *self.told.values()})


def lock() -> None:
    """For whoever is about to change merges; until the transaction ends."""
    sql.fetch(LOCK_SQL)


def company_of(uids: Collection[UUID]) -> set[UUID]:
    """The others that are linked to these by merges."""
    rows = sql.fetch_prepared(COMPANY_SQL, {"uids": list(uids)})
    return {uid for (uid,) in rows}


def concerned(
    uids: Collection[UUID], named: Callable[[Collection[UUID]], Collection[UUID]]
) -> set[UUID]:
    """Those of `uids` that are `named`, or that merges link with one that is."""
    found = named({*uids, *company_of(uids)})
    return set(uids) & {*found, *company_of(found)} if found else set()


def survivors_of(uids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of those that are merged: the record that stands for it now."""
    return dict(sql.fetch_bound(SURVIVORS_SQL, {"uids": list(uids)}))


def losers_of(uid: UUID) -> list[UUID]:
    """All records that this one stands for, whatever way they came."""
    return [loser for (loser,) in sql.fetch_bound(LOSERS_SQL, {"uid": uid})]


def merged_into(uid: UUID) -> UUID | None:
    """Which record it was merged into itself, whoever stands for that one by now."""
    found = sql.fetch_bound(MERGED_INTO_SQL, {"uid": uid})
    return found[0][0] if found else None


def stands_in_ring_with(uid: UUID) -> UUID | None:
    """The other one who stands because the merges of both are part of one ring: its own merge does
    not count, and would if this one's were taken out of the ring."""
    edges = _component([uid]).edges
    into = {edge.loser: edge.into for edge in edges}
    absent = into.keys() - effective(edges).keys()
    for one in sorted(absent - {uid}):
        at = into[one]
        while at != one and at != uid:
            at = into[at]
        if at == uid:
            return one
    return None


def are_distinct(a: UUID, b: UUID) -> bool:
    """Has somebody said that they are different, at whatever location?"""
    return bool(sql.fetch_bound(DISTINCT_SQL, {"a": a, "b": b}))


def refresh(uids: Collection[UUID], *, held: Collection[UUID]) -> set[UUID]:
    """Say anew who stands for these and for whom they stand; `held`: whose heads are locked.

    Returns whose rows in read models may be others now, beside the asked ones themselves.
    """
    locked = set(held)
    while True:
        component = _component(uids)
        if not component.told and not component.edges:
            return set()
        others = set(component.uids) - locked
        if not others:
            return _write(uids, component)
        log.lock_heads(others)  # somebody linked them while we waited for our locks
        locked |= others


def _component(uids: Collection[UUID]) -> Component:
    component = Component()
    for uid, into, hlc, origin, event_id, told in sql.fetch_prepared(
        MERGES_SQL, {"uids": list(uids)}
    ):
        if into is not None:
            component.edges.append(Edge(uid, into, (hlc, origin, event_id)))
        if told is not None:
            component.told[uid] = told
    if component.edges:
        for uid, is_living, event_id, hlc in sql.fetch_bound(LIVES_SQL, {"uids": component.uids}):
            component.lives.setdefault(uid, Life(is_living, event_id, hlc))
    return component


def _write(uids: Collection[UUID], component: Component) -> set[UUID]:
    """Nobody is merged into a record whose creation has not arrived: until then the loser stands
    for itself, so that nobody disappears."""
    edges = effective(edge for edge in component.edges if edge.into in component.lives)
    standing = survivors(edges)
    changed = {
        uid
        for uid in component.told.keys() | standing.keys()
        if component.told.get(uid) != standing.get(uid)
    }
    if gone := sorted(changed - standing.keys()):
        sql.execute_bound(FORGET_SQL, {"uids": gone})
    if new := sorted(changed & standing.keys()):
        survivors_now = [standing[uid] for uid in new]
        sql.execute_bound(TELL_SQL, {"uids": new, "survivors": survivors_now})
    _write_items(component, edges, standing)
    concerned = {*uids, *changed}
    known = (component.told, standing)
    return changed | {told[uid] for told in known for uid in concerned if uid in told}


def _write_items(
    component: Component, edges: Mapping[UUID, Edge], standing: Mapping[UUID, UUID]
) -> None:
    living = {uid for uid, life in component.lives.items() if life.is_living}
    wanted = {
        item[0]: item
        for loser in stranded(edges, living)
        for item in [_item(edges[loser], component.lives[standing[loser]])]
    }
    parameters = {"uids": component.uids, "attribute": SURVIVOR}
    present = {conflict_id for (conflict_id,) in sql.fetch_bound(ITEMS_SQL, parameters)}
    if gone := sorted(present - wanted.keys()):
        sql.execute_bound(DROP_ITEMS_SQL, {"ids": gone})
    if new := [wanted[conflict_id] for conflict_id in sorted(wanted.keys() - present)]:
        sql.execute_bound(ADD_ITEMS_SQL, {"attribute": SURVIVOR, **_columns(new)})


def _item(edge: Edge, ended: Life) -> tuple[UUID, UUID, UUID, UUID, int]:
    """Its heads are the merge and what ended the life of the one that should stand."""
    hlc, _, merged = edge.key
    heads = sorted((merged, ended.event_id))
    conflict_id = uuid5(edge.loser, "\n".join([SURVIVOR, *map(str, heads)]))
    return conflict_id, edge.loser, heads[0], heads[1], max(hlc, ended.hlc)


def _columns(items: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    names: Iterable[str] = ("ids", "uids", "least", "greatest", "opened")
    return {name: [item[place] for item in items] for place, name in enumerate(names)}
