"""Two customers → may they be one person? Loads people, scores pairs, keeps the likely ones.

Whoever keeps pairs looks at people first and writes later, without holding them meanwhile. So
writing begins by locking their rows and comparing what was looked at with what is there now: about
whoever changed nothing is decided, because that change asks for a match of its own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from customers.matching import Match, Profile, match, profile_of
from customers.models import CustomerState
from customers.query_reading import Query, read_query
from customers.search import Question
from customers.text_forms import search_text
from events import sql

# From here on a pair is work for somebody.
LEAST_SCORE = 0.6

NO_TEXT = search_text(surname=None, name=None, display_name=None, document_number=None)

Key = tuple[UUID, UUID]

# Equal as long as nothing changed that a score is made of.
FINGERPRINT = """hashtextextended(concat_ws(E'\\x1f', customer.state, customer.dob,
    customer.document_key, customer.search_text), 0)"""

PEOPLE_SQL = """
SELECT customer.entity_uid, customer.state, FINGERPRINT, customer.surname, customer.name,
    customer.dob, customer.document_number, customer.document_key, customer.search_text,
    ARRAY(SELECT substr(state.attribute, 10)::uuid FROM entities_state state
        WHERE state.entity_uid = customer.entity_uid
        AND state.attribute >= 'distinct:' AND state.attribute < 'distinct;'
        AND state.value = 'true')
FROM customers_customer customer
WHERE customer.entity_uid = ANY(%(uids)b::uuid[])
""".replace("FINGERPRINT", FINGERPRINT)

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
    question: Question
    query: Query
    profile: Profile
    distinct: frozenset[UUID]

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


def fit_of(a: Person, b: Person) -> Match:
    """How well b fits what is known of a."""
    return match(a.query, b.profile)


def score_of(a: Person, b: Person) -> float:
    """As likely as the less sure of the two says: each must be found by the other, and it must not
    matter who was there first."""
    return min(fit_of(a, b).score, fit_of(b, a).score)


def may_be_one(a: Person | None, b: Person | None) -> bool:
    """Both on the list, and nobody said that they are two."""
    if a is None or b is None or not (a.is_listed and b.is_listed):
        return False
    return a.uid not in b.distinct and b.uid not in a.distinct


def judge(
    candidates: Iterable[Key], people: Mapping[UUID, Person], *, least: float = LEAST_SCORE
) -> Judgement:
    """Each candidate is kept or dropped; one between `least` and LEAST_SCORE stays as it is."""
    judgement = Judgement(people)
    for a, b in candidates:
        one, other = people.get(a), people.get(b)
        score = score_of(one, other) if one and other and may_be_one(one, other) else 0.0
        if score >= least:
            judgement.keep[a, b] = score
        elif score < LEAST_SCORE:
            judgement.drop.add((a, b))
    return judgement


def write(judgement: Judgement, *, now: datetime, weights_version: str) -> int:
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
                "version": weights_version,
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
    uid, state, fingerprint, surname, name, dob, document_number, document_key, text, distinct = row
    question = Question("", surname, name, dob and dob.isoformat(), document_number)
    return Person(
        uid=uid,
        state=state,
        fingerprint=fingerprint,
        question=question,
        query=read_query(
            surname=question.surname,
            name=question.name,
            dob=question.dob,
            document_number=question.document_number,
            today=date.max,
        ),
        profile=profile_of(search_text=text or NO_TEXT, dob=dob, document_key=document_key),
        distinct=frozenset(distinct),
    )
