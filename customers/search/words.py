"""Words of names on the list: each once, with what finds its misspellings. Kept by `read_model`.

A word is personal data: it leaves with the last listed customer who has it. Writers and leavers
agree by row locks, and each takes them in the order of words, so that nobody waits for ever:

- a writer holds FOR KEY SHARE the words it relies on (many may), and adds the others;
- leavers of a word come one after the other (FOR NO KEY UPDATE, no writer minds); who finds that
  nobody has it any more asks for it alone (FOR UPDATE). A writer who holds it will have it: it
  stays. Otherwise one last look, and it goes; a writer who comes now waits, and adds it anew.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from customers.text_forms import NAMES_END, names_of_records
from customers.writing.spelling import deletions, skeleton, sound, word_id
from events import sql

# Names that other locations send may be endless; an entry of an index may not.
MAX_LENGTH, MAX_WORDS = 60, 64

HOLD_SQL = """
SELECT word FROM customers_searchword WHERE word = ANY(%(words)b::text[])
ORDER BY word FOR KEY SHARE
"""

ADD_SQL = """
INSERT INTO customers_searchword (word, word_id, sound, bearers, deletions)
SELECT word, word_id, sound, bearers, deletions::int4[]
FROM unnest(%(word)b::text[], %(word_id)b::int4[], %(sound)b::text[], %(bearers)b::int4[],
    %(deletions)b::text[]) AS added (word, word_id, sound, bearers, deletions)
ORDER BY word
ON CONFLICT (word) DO NOTHING RETURNING word
"""

ONE_BY_ONE_SQL = """
SELECT word FROM customers_searchword WHERE word = ANY(%(words)b::text[])
ORDER BY word FOR NO KEY UPDATE
"""

# Two words may share a number, so the names are asked as well. The longest are only the beginning
# of what stands there.
_UNBORNE = f"""word = ANY(%(words)b::text[]) AND NOT EXISTS (
    SELECT FROM customers_customer customer
    WHERE customer.word_ids && ARRAY[customers_searchword.word_id]
    AND regexp_replace(customer.search_text, '{NAMES_END}[^{NAMES_END}]*({NAMES_END}|$)', ' ', 'g')
        LIKE '%% ' || customers_searchword.word
            || CASE WHEN length(word) < {MAX_LENGTH} THEN ' %%' ELSE '%%' END)"""

UNBORNE_SQL = f"""
SELECT word FROM customers_searchword WHERE {_UNBORNE} ORDER BY word FOR UPDATE SKIP LOCKED
"""  # noqa: S608

REMOVE_SQL = f"DELETE FROM customers_searchword WHERE {_UNBORNE}"  # noqa: S608


RENEW_SQL = """
UPDATE customers_searchword kept SET sound = fresh.sound, deletions = fresh.deletions::int4[]
FROM unnest(%(word)b::text[], %(sound)b::text[], %(deletions)b::text[])
    AS fresh (word, sound, deletions)
WHERE kept.word = fresh.word
    AND (kept.sound, kept.deletions) IS DISTINCT FROM (fresh.sound, fresh.deletions::int4[])
"""


class WordRow(NamedTuple):
    """A row of customers_searchword; `deletions` as PostgreSQL writes an array."""

    word: str
    word_id: int
    sound: str
    bearers: int
    deletions: str


def words_of(search_text: str) -> frozenset[str]:
    """The words by which the person with this text is found."""
    words = (
        word[:MAX_LENGTH]
        for record in names_of_records(search_text)
        for field in record
        for word in field
    )
    return frozenset(list(dict.fromkeys(words))[:MAX_WORDS])


def ids_of(words: Iterable[str]) -> str:
    """The value of `word_ids`, as PostgreSQL writes an array."""
    return array_of(map(word_id, words))


def word_row(word: str, *, bearers: int) -> WordRow:
    heard = sound(word)
    numbers = {*deletions(word), *deletions(heard), *skeleton_id(heard)}
    return WordRow(word, word_id(word), heard, bearers, array_of(numbers))


def skeleton_id(heard: str) -> tuple[int, ...]:
    """One number or none, another one than that of any word."""
    consonants = skeleton(heard)
    return (word_id(f"#{consonants}"),) if consonants else ()


def array_of(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, sorted(set(numbers)))) + "}"


def keep(bearers: Mapping[str, int]) -> None:
    """Hold these words until the end of the transaction, those of them that are new are added;
    `bearers`: how many rows that are about to be written have each."""
    wanted = set(bearers)
    while wanted:
        held = {word for (word,) in sql.fetch_bound(HOLD_SQL, {"words": sorted(wanted)})}
        wanted -= held
        if wanted:
            wanted -= _added([word_row(word, bearers=bearers[word]) for word in sorted(wanted)])


def renew(words: Collection[str]) -> int:
    """Make what finds these words what the rules of spelling say today; how many differed."""
    sql.fetch_bound(ONE_BY_ONE_SQL, {"words": sorted(words)})
    rows = [word_row(word, bearers=0) for word in sorted(words)]
    columns = ("word", "sound", "deletions")
    return sql.execute_bound(
        RENEW_SQL, {name: [getattr(row, name) for row in rows] for name in columns}
    )


def leave(words: Iterable[str]) -> None:
    """Remove those of these words that nobody on the list has any more."""
    left = sorted(set(words))
    if left and sql.fetch_bound(ONE_BY_ONE_SQL, {"words": left}):
        unborne = [word for (word,) in sql.fetch_bound(UNBORNE_SQL, {"words": left})]
        if unborne:
            sql.execute_bound(REMOVE_SQL, {"words": unborne})


def counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in words_of(text))


def _added(rows: list[WordRow]) -> set[str]:
    columns = {name: [getattr(row, name) for row in rows] for name in WordRow._fields}
    return {word for (word,) in sql.fetch_bound(ADD_SQL, columns)}
