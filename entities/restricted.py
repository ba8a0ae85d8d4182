"""Whose processing is restricted, and from whom they are hidden: asked by both faces and by pages.

A restriction concerns every record that stands for the same person: whoever was merged into the
restricted one, and whom it was merged into. Only providers find and read those.
"""

from collections.abc import Collection
from uuid import UUID

from entities.refusals import NotFound
from entities.roles import PROVIDERS, STAFF
from events import sql
from events.errors import Refused
from events.principal import Principal

# Few are, and a partial index has them.
CLOSED = """
WITH said AS (
    SELECT entity_uid FROM entities_state WHERE attribute = 'restricted'
), standing AS (
    SELECT entity_uid FROM said
    UNION SELECT survivor_uid FROM entities_survivor JOIN said USING (entity_uid)
)
SELECT entity_uid FROM standing
UNION SELECT loser.entity_uid FROM entities_survivor loser
    JOIN standing ON loser.survivor_uid = standing.entity_uid
"""
CLOSED_SQL = f"{CLOSED} ORDER BY 1"
CLOSED_AMONG_SQL = f"""
SELECT entity_uid FROM ({CLOSED}) AS closed
WHERE entity_uid = ANY(%(uids)b::uuid[]) ORDER BY entity_uid
"""  # noqa: S608 - our own words


class RestrictedNow(Refused):
    """Its processing is restricted."""

    code = "restricted"
    status = 423

    def __init__(self) -> None:
        super().__init__("The processing of this record is restricted; only a provider may see it.")


def closed_among(uids: Collection[UUID]) -> set[UUID]:
    """Those that are restricted, or stand for the same person as one that is."""
    return {uid for (uid,) in sql.fetch_prepared(CLOSED_AMONG_SQL, {"uids": list(uids)})}


def hidden_from(principal: Principal) -> list[UUID]:
    """Whom lists and searches of this caller must leave out."""
    if may_see(principal):
        return []
    return [uid for (uid,) in sql.fetch_prepared(CLOSED_SQL, {})]


def may_see(principal: Principal) -> bool:
    return principal.role in PROVIDERS and principal.auth != "none"


def check_open(principal: Principal, uids: Collection[UUID]) -> None:
    """For whoever asks for one by its id: raises RestrictedNow for agents, and for customers
    NotFound, who are not to learn that there is one."""
    if uids and not may_see(principal) and closed_among(uids):
        raise RestrictedNow if principal.role in STAFF else NotFound


def check_unrestricted(uids: Collection[UUID]) -> None:
    """Whoever it is. Raises RestrictedNow."""
    if closed_among(uids):
        raise RestrictedNow
