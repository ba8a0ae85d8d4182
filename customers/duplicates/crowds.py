"""Many new customers at once → whom of the list to compare them with: by indexes, in one statement.

A search for each is more thorough and takes ten times as long; it is for the few that people enter.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from customers.duplicates.comparing import words_in
from customers.duplicates.pairs import BEARERS_SQL, Key, Person, key_of
from customers.search.index import people as people_on_the_list
from customers.writing.spelling import word_id
from events import sql

# How many others one net brings at most: what brings more says too little.
MOST = 30
MOST_BORN_THAT_DAY = 400
# Fewer people than this have a rare word, which is enough to be compared.
RARE = 12

# Nets: the same document number; the same day of birth, also with day and month swapped (the names
# are looked at afterwards); a rare word; the two rarest words together.
CROWD_SQL = """
SELECT mine.uid, found.entity_uid
FROM unnest(%(uids)b::uuid[], %(documents)b::text[], %(rare)b::text[], %(rarest)b::text[],
    %(days)b::date[], %(swapped)b::date[]) AS mine (uid, document, rare, rarest, day, swapped)
CROSS JOIN LATERAL (
    (SELECT entity_uid FROM customers_customer
        WHERE document_key = mine.document AND state = 'listed' LIMIT %(most)b::int)
    UNION ALL
    (SELECT entity_uid FROM customers_customer
        WHERE dob = mine.day AND state = 'listed' LIMIT %(most_born)b::int)
    UNION ALL
    (SELECT entity_uid FROM customers_customer
        WHERE dob = mine.swapped AND state = 'listed' LIMIT %(most_born)b::int)
    UNION ALL
    (SELECT entity_uid FROM customers_customer
        WHERE word_ids && mine.rare::int[] AND state = 'listed' LIMIT %(most)b::int)
    UNION ALL
    (SELECT entity_uid FROM customers_customer
        WHERE word_ids @> mine.rarest::int[] AND state = 'listed' LIMIT %(most)b::int)
) AS found
WHERE found.entity_uid <> mine.uid
"""


class Net(NamedTuple):
    """What one person is looked up by; the fields are the parameters of CROWD_SQL."""

    uids: UUID
    documents: str | None
    rare: str | None
    rarest: str | None
    days: date | None
    swapped: date | None


def candidates_of(people: Mapping[UUID, Person]) -> set[Key]:
    """Pairs of one of these and somebody else on the list."""
    listed = [person for person in people.values() if person.is_listed]
    if not listed:
        return set()
    words = sorted(words_in(person.values for person in listed))
    bearers = dict(sql.fetch_bound(BEARERS_SQL, {"words": words}))
    on_the_list = people_on_the_list()
    nets = [_net(person, bearers, on_the_list) for person in listed]
    params = {name: [getattr(net, name) for net in nets] for name in Net._fields}
    rows = sql.fetch_bound(CROWD_SQL, {**params, "most": MOST, "most_born": MOST_BORN_THAT_DAY})
    return {key_of(one, other) for one, other in rows}


def _net(person: Person, bearers: Mapping[str, int], people: int) -> Net:
    born = person.values.dob
    has_twin_day = born is not None and born.day <= 12 and born.day != born.month
    known = sorted((bearers.get(word, 0), word) for word in words_in([person.values]))
    return Net(
        uids=person.uid,
        documents=person.values.document_key,
        rare=_array(word for count, word in known if count <= RARE),
        rarest=_two_rarest(known, people),
        days=born,
        swapped=born.replace(month=born.day, day=born.month) if born and has_twin_day else None,
    )


def _two_rarest(known: list[tuple[int, str]], people: int) -> str | None:
    """None when too many are to be expected who have both."""
    if len(known) < 2 or known[0][0] * known[1][0] > MOST * max(people, 1):
        return None
    return _array(word for _, word in known[:2])


def _array(words: Iterator[str]) -> str | None:
    """As PostgreSQL writes an array; None for none, which finds nobody."""
    numbers = ",".join(str(word_id(word)) for word in words)
    return f"{{{numbers}}}" if numbers else None
