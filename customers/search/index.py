"""The search index as a whole: filled, rebuilt, counted. One customer's part: `search_words`."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from customers import read_model
from customers.search import words as search_words
from events import log, sql
from events.principal import Act

# Customers per transaction: their heads stay locked for some tenths of a second.
SLICE = 500
# Words per transaction of a recount, and the change of a count that is worth writing.
WORDS_SLICE = 5_000
NOTABLE = 0.1
LISTED_S = 60.0
EXACTLY_COUNTED = 10_000
NO_UID = UUID(int=0)

# The statistics know about how many there are; a short list is counted.
LISTED_SQL = f"""
SELECT CASE WHEN reltuples >= {EXACTLY_COUNTED} THEN reltuples::bigint ELSE (
    SELECT count(*) FROM (SELECT FROM customers_customer WHERE state = 'listed'
        LIMIT {EXACTLY_COUNTED}) AS listed) END,
    NOT EXISTS (SELECT FROM customers_customer WHERE word_ids IS NULL)
FROM pg_class WHERE oid = 'customers_customer'::regclass
"""  # noqa: S608

COUNT_SQL = "SELECT count(*) FROM customers_customer WHERE word_ids IS NULL OR %(is_all)b::bool"

MISSING_SQL = """
SELECT entity_uid FROM customers_customer WHERE word_ids IS NULL
ORDER BY entity_uid LIMIT %(limit)b::int
"""

NEXT_SQL = """
SELECT entity_uid FROM customers_customer WHERE entity_uid > %(after)b::uuid
ORDER BY entity_uid LIMIT %(limit)b::int
"""

TEXTS_SQL = """
SELECT search_text FROM customers_customer WHERE entity_uid = ANY(%(uids)b::uuid[])
    AND state = 'listed'
"""

# Of all customers at once: a hundred thousand words, whoever has them.
BEARERS_SQL = """
CREATE TEMP TABLE counted_bearers ON COMMIT PRESERVE ROWS AS
SELECT held.word_id, count(*)::int AS bearers
FROM customers_customer CROSS JOIN LATERAL unnest(word_ids) AS held (word_id) GROUP BY held.word_id
"""

NEXT_WORDS_SQL = """
SELECT word, coalesce(counted.bearers, 0) FROM customers_searchword
LEFT JOIN counted_bearers counted USING (word_id)
WHERE word > %(after)b::text COLLATE "C" ORDER BY word LIMIT %(limit)b::int
"""

# Locked in the order of words, as all do who lock several.
RECOUNT_SQL = """
WITH counted AS (
    SELECT word, counted.bearers FROM customers_searchword kept
    JOIN unnest(%(words)b::text[], %(bearers)b::int[]) AS counted (word, bearers) USING (word)
    WHERE abs(kept.bearers - counted.bearers) > %(notable)b::float8 * counted.bearers
    ORDER BY word FOR NO KEY UPDATE OF kept
)
UPDATE customers_searchword kept SET bearers = counted.bearers
FROM counted WHERE kept.word = counted.word
"""


class Listed(NamedTuple):
    """About how many are on the list, and whether all are indexed: after an upgrade nobody is,
    until the worker or `rebuild` has come by."""

    people: int
    is_indexed: bool = True


@dataclass(slots=True)
class _Remembered:
    listed: Listed
    until: float


_remembered = _Remembered(Listed(0), 0.0)


def listed() -> Listed:
    """Of a long list, as of a minute ago."""
    if monotonic() < _remembered.until:
        return _remembered.listed
    counted = Listed(*sql.fetch(LISTED_SQL)[0])
    if counted.people >= EXACTLY_COUNTED:
        _remembered.listed, _remembered.until = counted, monotonic() + LISTED_S
    return counted


def people() -> int:
    return listed().people


def count(*, is_all: bool = False) -> int:
    """How many customers `rebuild` will go through."""
    return int(sql.fetch_bound(COUNT_SQL, {"is_all": is_all})[0][0])


def index_missing(*, limit: int) -> int:
    """Index customers whom nothing indexed yet, in one transaction; how many there were."""
    with transaction.atomic():
        uids = _column(MISSING_SQL, limit=limit)
        _refresh(uids)
    return len(uids)


def rebuild(
    act: Act, *, is_all: bool = False, on_progress: Callable[[int], object] = lambda _: None
) -> int:
    """Index who is not indexed, or everybody anew (after a change of the rules of spelling), and
    count the bearers of each word. Stopped, it goes on where it was; with `is_all` from the start.
    Gives the number of customers."""
    done = 0
    for size in _all_slices() if is_all else _missing_slices():
        done += size
        on_progress(size)
    recount_bearers()
    add_entry(act, action="search.rebuilt", result_count=done)
    return done


def recount_bearers() -> int:
    """Put right how many listed customers have each word, and remove words that nobody has: a
    writer who gave up leaves such. Gives the number of words that were put right."""
    changed, after = 0, ""
    sql.execute("DROP TABLE IF EXISTS counted_bearers")
    sql.execute(BEARERS_SQL)
    while rows := sql.fetch_bound(NEXT_WORDS_SQL, {"after": after, "limit": WORDS_SLICE}):
        after = rows[-1][0]
        changed += _recount({word: bearers for word, bearers in rows if bearers})
        with transaction.atomic():
            search_words.leave(word for word, bearers in rows if not bearers)
    sql.execute("DROP TABLE counted_bearers")
    return changed


def _recount(bearers: dict[str, int]) -> int:
    params = {
        "words": list(bearers),
        "bearers": list(bearers.values()),
        "notable": NOTABLE,
    }
    return sql.execute_bound(RECOUNT_SQL, params)


def _missing_slices() -> Iterator[int]:
    while size := index_missing(limit=SLICE):
        yield size


def _all_slices() -> Iterator[int]:
    after = NO_UID
    while True:
        with transaction.atomic():
            uids = _column(NEXT_SQL, after=after, limit=SLICE)
            _refresh(uids)
            _renew_words(uids)
        if not uids:
            return
        after = uids[-1]
        yield len(uids)


def _refresh(uids: Collection[UUID]) -> None:
    """Under the lock under which rows are written."""
    log.lock_heads(uids)
    read_model.refresh(uids)


def _renew_words(uids: Collection[UUID]) -> None:
    texts = sql.fetch_bound(TEXTS_SQL, {"uids": list(uids)})
    words = search_words.counted(text for (text,) in texts)
    search_words.keep(words)
    search_words.renew(words)


def _column(statement: str, **params: object) -> list[UUID]:
    return [uid for (uid,) in sql.fetch_bound(statement, params)]
