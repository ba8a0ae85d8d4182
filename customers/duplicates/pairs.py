"""Two customers → may they be one person? Loads people, scores pairs, keeps the likely ones.

Whoever keeps pairs looks at people first and writes later, without holding them meanwhile. So
writing begins by locking their rows and comparing what was looked at with what is there now: about
whoever changed nothing is decided, because that change asks for a match of its own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.duplicates.comparing import (
    Known,
    Record,
    Values,
    is_worth_comparing,
    known_of,
    record_of,
    score_of,
    words_in,
)
from customers.models import CustomerState
from customers.search.hits import Question
from customers.search.index import people as people_on_the_list
from customers.search.weights_file import weights_in_use
from events import sql

# From here on a pair is work for somebody: it is more likely one person than two.
LEAST_SCORE = 0.5

Key = tuple[UUID, UUID]

# Equal as long as nothing changed that a score is made of.
FINGERPRINT = """hashtextextended(concat_ws(E'\\x1f', customer.state, customer.dob,
    customer.document_key, customer.search_text), 0)"""

PEOPLE_SQL = """
SELECT customer.entity_uid, customer.state, FINGERPRINT, customer.surname, customer.name,
    customer.display_name, customer.dob, customer.document_number, customer.document_key,
    customer.search_text,
    ARRAY(SELECT substr(state.attribute, 10)::uuid FROM entities_state state
        WHERE state.entity_uid = customer.entity_uid
        AND state.attribute >= 'distinct:' AND state.attribute < 'distinct;'
        AND state.value = 'true')
FROM customers_customer customer
WHERE customer.entity_uid = ANY(%(uids)b::uuid[])
""".replace("FINGERPRINT", FINGERPRINT)

BEARERS_SQL = """
SELECT word, bearers FROM customers_searchword WHERE word = ANY(%(words)b::text[])
"""

PAIRS_OF_SQL = """
SELECT a, b FROM customers_duplicate WHERE a = ANY(%(uids)b::uuid[])
UNION SELECT a, b FROM customers_duplicate WHERE b = ANY(%(uids)b::uuid[])
"""

# In the order of all writers, so that they wait for each other instead of for ever.
LOCK_SQL = """
SELECT customer.entity_uid, FINGERPRINT FROM customers_customer customer
WHERE customer.entity_uid = ANY(%(uids)b::uuid[])
ORDER BY customer.entity_uid FOR NO KEY UPDATE
""".replace("FINGERPRINT", FINGERPRINT)

KEEP_SQL = """
INSERT INTO customers_duplicate AS old (a, b, score, found_at, weights_version)
SELECT a, b, score, %(now)b, %(version)b
FROM unnest(%(a)b::uuid[], %(b)b::uuid[], %(scores)b::float8[]) AS found (a, b, score)
ON CONFLICT (a, b) DO UPDATE SET (score, weights_version)
    = (excluded.score, excluded.weights_version)
WHERE (old.score, old.weights_version) <> (excluded.score, excluded.weights_version)
"""

DROP_SQL = """
DELETE FROM customers_duplicate AS old USING unnest(%(a)b::uuid[], %(b)b::uuid[]) AS gone (a, b)
WHERE old.a = gone.a AND old.b = gone.b
"""

MATCHED_SQL = """
UPDATE customers_customer SET needs_match = false
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND needs_match
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as pairs are judged. `fingerprint`: of all that a score is made of."""

    uid: UUID
    state: str
    fingerprint: int
    values: Values
    distinct: frozenset[UUID]

    @property
    def question(self) -> Question:
        """By which a search would find this person."""
        values = self.values
        name = values.surname or values.name
        born = values.dob.isoformat() if values.dob else None
        return Question(
            "" if name else values.display_name or "",
            values.surname,
            values.name,
            born,
            values.document_number,
        )

    @property
    def is_listed(self) -> bool:
        return self.state == CustomerState.LISTED


@dataclass(slots=True)
class Judgement:
    """What was found out about `people` as they were looked at: pairs to keep with their scores,
    pairs to drop, and who is matched herewith."""

    people: Mapping[UUID, Person]
    keep: dict[Key, float] = field(default_factory=dict)
    drop: set[Key] = field(default_factory=set)
    matched: Collection[UUID] = ()


def key_of(one: UUID, other: UUID) -> Key:
    return (one, other) if one < other else (other, one)


def people_of(uids: Iterable[UUID]) -> dict[UUID, Person]:
    """Whoever has a row, in whatever state."""
    rows = sql.fetch_bound(PEOPLE_SQL, {"uids": sorted(set(uids))})
    return {row[0]: _person(row) for row in rows}


def pairs_of(uids: Collection[UUID]) -> set[Key]:
    """The kept pairs that any of these is in."""
    return {(a, b) for a, b in sql.fetch_bound(PAIRS_OF_SQL, {"uids": list(uids)})}


def known_about(people: Iterable[Person]) -> Known:
    """What comparing these needs to know of the list."""
    words = sorted(words_in(person.values for person in people))
    bearers = dict(sql.fetch_bound(BEARERS_SQL, {"words": words}))
    return known_of(people=people_on_the_list(), bearers=bearers, weights=weights_in_use())


def may_be_one(a: Person, b: Person) -> bool:
    """Both on the list, alike at first sight, and nobody said that they are two."""
    if not (a.is_listed and b.is_listed) or a.uid in b.distinct or b.uid in a.distinct:
        return False
    return is_worth_comparing(a.values, b.values)


def judge(
    candidates: Iterable[Key],
    people: Mapping[UUID, Person],
    *,
    listed: Collection[Key],
    least: float = LEAST_SCORE,
) -> Judgement:
    """Each candidate is kept, or dropped if it is `listed`; one between `least` and LEAST_SCORE
    stays as it is."""
    judgement = Judgement(people)
    possible = set()
    for a, b in candidates:
        if a in people and b in people and may_be_one(people[a], people[b]):
            possible.add((a, b))
        elif (a, b) in listed:
            judgement.drop.add((a, b))
    known = known_about(people[uid] for uid in set(uids_in(possible)))
    records: dict[UUID, Record] = {}
    for key in sorted(possible):
        one, other = (
            records.get(uid) or records.setdefault(uid, record_of(people[uid].values))
            for uid in key
        )
        score = score_of(one, other, known)
        if score >= least:
            judgement.keep[key] = score
        elif score < LEAST_SCORE and key in listed:
            judgement.drop.add(key)
    return judgement


def write(judgement: Judgement, *, now: datetime) -> int:
    """In the caller's transaction, which should end soon: rows are locked from here on. Gives the
    number of pairs kept; what changed since it was looked at is left as it is."""
    touched = {uid for key in (*judgement.keep, *judgement.drop) for uid in key}
    wanted = sorted(touched | set(judgement.matched))
    present = dict(sql.fetch_bound(LOCK_SQL, {"uids": wanted}))
    same = {
        uid
        for uid in wanted
        if present.get(uid) == getattr(judgement.people.get(uid), "fingerprint", None)
    }
    kept = {key: score for key, score in judgement.keep.items() if same.issuperset(key)}
    if kept:
        sql.execute_bound(
            KEEP_SQL,
            {
                "a": [a for a, _ in kept],
                "b": [b for _, b in kept],
                "scores": list(kept.values()),
                "now": now,
                "version": weights_in_use().version,
            },
        )
    dropped = [key for key in judgement.drop if same.issuperset(key)]
    if dropped:
        sql.execute_bound(DROP_SQL, {"a": [a for a, _ in dropped], "b": [b for _, b in dropped]})
    if matched := [uid for uid in judgement.matched if uid in same]:
        sql.execute_bound(MATCHED_SQL, {"uids": matched})
    return len(kept)


def uids_in(keys: Iterable[Key]) -> Iterator[UUID]:
    for a, b in keys:
        yield a
        yield b


def _person(row: tuple[Any, ...]) -> Person:
    uid, state, fingerprint, *values, distinct = row
    return Person(
        uid=uid,
        state=state,
        fingerprint=fingerprint,
        values=Values(*values),
        distinct=frozenset(distinct),
    )
