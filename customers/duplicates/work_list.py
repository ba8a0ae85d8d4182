"""The work list of likely duplicates, the most likely first; why is said when it is shown."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.duplicates import pairs
from customers.duplicates.comparing import Known, fit_of, record_of
from customers.duplicates.pairs import Key, Person
from customers.queries import GET_SQL, customer_row
from customers.rows import CustomerRow
from customers.search.hits import Why, value_of
from entities.refusals import InvalidCursor
from events import sql

# Counting ends here: a longer list is "more than".
MOST_COUNTED = 10_000

# A pair leaves the list at once when one of the two does or somebody tells them apart; the row goes
# when the worker comes by.
SHOWN = """
    EXISTS (SELECT FROM customers_customer one
        WHERE one.entity_uid = pair.a AND one.state = 'listed')
    AND EXISTS (SELECT FROM customers_customer other
        WHERE other.entity_uid = pair.b AND other.state = 'listed')
    AND NOT EXISTS (SELECT FROM entities_state said
        WHERE said.entity_uid = pair.a AND said.attribute = 'distinct:' || pair.b
        AND said.value = 'true')
    AND NOT EXISTS (SELECT FROM entities_state said
        WHERE said.entity_uid = pair.b AND said.attribute = 'distinct:' || pair.a
        AND said.value = 'true')
"""

LIST_SQL = """
SELECT pair.a, pair.b, pair.score, pair.found_at FROM customers_duplicate pair
WHERE pair.score >= %(least)s AND pair.score <= %(score)s
    AND (pair.score < %(score)s OR (pair.a, pair.b) > (%(a)s, %(b)s))
    AND SHOWN
ORDER BY pair.score DESC, pair.a, pair.b LIMIT %(limit)s
""".replace("SHOWN", SHOWN)

COUNT_SQL = """
SELECT count(*) FROM (
    SELECT FROM customers_duplicate pair WHERE pair.score >= %(least)s AND SHOWN LIMIT %(most)s
) AS counted
""".replace("SHOWN", SHOWN)

GET_PAIR_SQL = """
SELECT pair.a, pair.b, pair.score, pair.found_at FROM customers_duplicate pair
WHERE pair.a = %(a)s AND pair.b = %(b)s AND SHOWN
""".replace("SHOWN", SHOWN)

NO_UID = UUID(int=0)
BEFORE_ALL = (2.0, NO_UID, NO_UID)

Found = tuple[UUID, UUID, float, datetime]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two customers who may be one person; `why` compares a's values with b's."""

    a: CustomerRow
    b: CustomerRow
    score: float
    why: tuple[Why, ...]
    found_at: datetime


@dataclass(frozen=True, slots=True)
class PairPage:
    """One bounded piece of the work list; `next_cursor` None = the last one."""

    rows: tuple[Pair, ...]
    next_cursor: str | None


def list_pairs(*, limit: int, cursor: str | None = None, least: float = 0.0) -> PairPage:
    """Pairs with at least this score, the most likely first. Five statements, whatever the limit.
    Raises InvalidCursor."""
    score, a, b = _position(cursor) if cursor else BEFORE_ALL
    found: list[Found] = sql.fetch(
        LIST_SQL, {"least": least, "score": score, "a": a, "b": b, "limit": limit + 1}
    )
    rows = tuple(_pairs(found[:limit]))
    is_last = len(found) <= limit
    return PairPage(rows, None if is_last else _cursor(found[limit - 1]))


def count_pairs(*, least: float = 0.0, most: int = MOST_COUNTED) -> int:
    """How many the work list has; `most` stands for more, too."""
    return int(sql.fetch(COUNT_SQL, {"least": least, "most": most})[0][0])


def get_pair(a: UUID, b: UUID) -> Pair | None:
    """The pair of these two in either order; None when it is not on the work list."""
    first, second = pairs.key_of(a, b)
    found: list[Found] = sql.fetch(GET_PAIR_SQL, {"a": first, "b": second})
    return next(iter(_pairs(found)), None)


def _pairs(found: Sequence[Found]) -> list[Pair]:
    if not found:
        return []
    uids = sorted({uid for row in found for uid in row[:2]})
    customers = {row[0]: customer_row(row) for row in sql.fetch(GET_SQL, {"uids": uids})}
    people = pairs.people_of(uids)
    known = pairs.known_about(people.values())
    return [
        Pair(
            a=customers[a],
            b=customers[b],
            score=score,
            why=_why(people[a], people[b], known, customers[a], customers[b]),
            found_at=found_at,
        )
        for a, b, score, found_at in found
        if {a, b} <= customers.keys() & people.keys()
    ]


def _why(
    one: Person, other: Person, known: Known, a: CustomerRow, b: CustomerRow
) -> tuple[Why, ...]:
    return tuple(
        Why(said.field, said.verdict, value_of(a, said.field) or "", value_of(b, said.field))
        for said in fit_of(record_of(one.values), record_of(other.values), known).why
    )


def _cursor(row: Found) -> str:
    key: Key = row[:2]
    text = " ".join((repr(row[2]), *map(str, key)))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _position(cursor: str) -> tuple[float, UUID, UUID]:
    try:
        score, a, b = base64.urlsafe_b64decode(f"{cursor}==").decode().split(" ")
        return float(score), UUID(a), UUID(b)
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor from error
