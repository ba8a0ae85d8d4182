"""All listed customers → the pairs worth comparing: those who share something that few share.

Comparing everybody with everybody is hopeless, so people are put into blocks by what true
duplicates have in common even when something is misspelled. What is common (a frequent name on its
own) makes blocks that say nothing and cost everything: they are left out, and counted.
"""

from dataclasses import dataclass

from django.db import transaction

from customers.duplicates.pairs import Key
from events import sql

# The most people in a block of each kind: 1 the same document number, 2 the same day of birth and a
# like word, 3 two words of the same sound, 4 one such word. Pairs grow with the square of it.
MOST = (20, 60, 30, 12)

WORK_MEM_SQL = "SELECT set_config('work_mem', '256MB', true)"
DROP_SQL = "DROP TABLE IF EXISTS finding_sound, finding_key, finding_pair"

# Day and month swapped are the same day here. By sound, many a misspelled word is the same word;
# where it is not, a slip seldom hits the beginning and the end of it.
SOUNDS_SQL = """
CREATE TEMP TABLE finding_sound AS
SELECT DISTINCT customer.entity_uid, customer.dob, hashtext(word.sound) AS sound,
    hashtext('<' || left(word.sound, 3)) AS beginning, hashtext(right(word.sound, 3)) AS ending,
    extract(year FROM dob)::int * 10000
        + least(extract(month FROM dob), extract(day FROM dob))::int * 100
        + greatest(extract(month FROM dob), extract(day FROM dob))::int AS day
FROM customers_customer customer
CROSS JOIN unnest(customer.word_ids) AS held (word_id)
JOIN customers_searchword word USING (word_id)
WHERE customer.state = 'listed'
"""

KEYS_SQL = """
CREATE TEMP TABLE finding_key AS
SELECT 1::smallint AS kind,
    hashtextextended(translate(document_key, 'OI', '01'), 0) AS key, entity_uid, dob
FROM customers_customer WHERE state = 'listed' AND document_key IS NOT NULL
UNION ALL
SELECT 2::smallint, hashint8extended(day, part), entity_uid, dob
FROM finding_sound CROSS JOIN unnest(ARRAY[beginning, ending]) AS split (part)
WHERE day IS NOT NULL
UNION ALL
SELECT 3::smallint, hashint8extended(one.sound, other.sound), one.entity_uid, one.dob
FROM finding_sound one JOIN finding_sound other USING (entity_uid) WHERE one.sound < other.sound
UNION ALL
SELECT 4::smallint, sound::bigint, entity_uid, dob FROM finding_sound
"""

# One rare word alone says little of people who are known to be born on quite different days.
# Pairs on the work list are compared again, whatever brought them there.
PAIRS_SQL = """
CREATE TEMP TABLE finding_pair AS
SELECT one.uid AS a, other.uid AS b
FROM (
    SELECT kind, array_agg(entity_uid) AS uids, array_agg(dob) AS dobs FROM finding_key
    GROUP BY kind, key HAVING count(*) BETWEEN 2 AND (%(most)s::int[])[kind]
) AS block
CROSS JOIN LATERAL unnest(block.uids, block.dobs) AS one (uid, dob)
CROSS JOIN LATERAL unnest(block.uids, block.dobs) AS other (uid, dob)
WHERE one.uid < other.uid AND (block.kind <> 4
    OR one.dob IS NULL OR other.dob IS NULL OR one.dob = other.dob
    OR extract(year FROM one.dob) = extract(year FROM other.dob)
    OR to_char(one.dob, 'MMDD') = to_char(other.dob, 'MMDD'))
UNION SELECT a, b FROM customers_duplicate
"""
INDEX_SQL = "CREATE UNIQUE INDEX ON finding_pair (a, b)"
ANALYZE_SQL = "ANALYZE finding_pair"

# That one word is common is no loss: only the rare ones are to say something on their own.
LEFT_OUT_SQL = """
SELECT count(*), coalesce(sum(size), 0) FROM (
    SELECT count(*) AS size FROM finding_key WHERE kind <> 4
    GROUP BY kind, key HAVING count(*) > (%(most)s::int[])[kind]
) AS block
"""

COUNT_SQL = "SELECT count(*) FROM finding_pair WHERE (a, b) > (%(a)s, %(b)s)"

NEXT_SQL = """
SELECT pair.a, pair.b, listed.a IS NOT NULL
FROM finding_pair pair LEFT JOIN customers_duplicate listed USING (a, b)
WHERE (pair.a, pair.b) > (%(a)s, %(b)s) ORDER BY pair.a, pair.b LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Blocks too large to be compared, and the places in them (a person may be in several)."""

    blocks: int
    people: int


def prepare() -> LeftOut:
    """Make this session's table of pairs to be compared; `clear` removes it."""
    most = {"most": list(MOST)}
    with transaction.atomic():
        sql.execute(WORK_MEM_SQL)
        sql.execute(DROP_SQL)
        sql.execute(SOUNDS_SQL)
        sql.execute(KEYS_SQL)
        sql.execute(PAIRS_SQL, most)
        blocks, people = sql.fetch(LEFT_OUT_SQL, most)[0]
        sql.execute(INDEX_SQL)
        sql.execute(ANALYZE_SQL)
    return LeftOut(blocks=blocks, people=int(people))


def clear() -> None:
    sql.execute(DROP_SQL)


def count_after(key: Key) -> int:
    a, b = key
    return int(sql.fetch(COUNT_SQL, {"a": a, "b": b})[0][0])


def next_pairs(key: Key, *, limit: int) -> dict[Key, bool]:
    """The pairs to be compared after this one, in order, and whether they are listed already."""
    a, b = key
    rows = sql.fetch(NEXT_SQL, {"a": a, "b": b, "limit": limit})
    return {(one, other): is_listed for one, other, is_listed in rows}
