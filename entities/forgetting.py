"""What the tables of entities forget of erased ones, beside what folding them took away."""

from collections.abc import Collection, Mapping
from uuid import UUID

from events import sql

WIPE_CONFLICTS_SQL = "DELETE FROM entities_conflict WHERE entity_uid = ANY(%(uids)b::uuid[])"

TABLES = (
    "entities_entity",
    "entities_entitydetail",
    "entities_state",
    "entities_conflict",
    "entities_survivor",
)
LEFTOVERS_SQL = " UNION ALL ".join(
    f"SELECT '{table}', count(*) FROM {table} WHERE entity_uid = ANY(%(uids)b::uuid[])"  # noqa: S608
    for table in TABLES
)


def erase(entity_uids: Collection[UUID]) -> None:
    sql.execute_bound(WIPE_CONFLICTS_SQL, {"uids": list(entity_uids)})


def leftovers(entity_uids: Collection[UUID]) -> Mapping[str, int]:
    return dict(sql.fetch_bound(LEFTOVERS_SQL, {"uids": list(entity_uids)}))
