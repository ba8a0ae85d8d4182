"""Asked words → words of names on the list that they may stand for. Reads the vocabulary only."""

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA

from customers.lexicon import Lexicon, edits_allowed
from customers.spelling import deletions, sound
from events import sql

SHORTEST_SOUGHT = 2

# One text instead of rows: hundreds of words come back, and taking rows apart would cost more than
# finding them.
WORDS_SQL = """
SELECT string_agg(found.word || ' ' || CASE WHEN found.sound IN ('', found.word) THEN '='
    ELSE found.sound END || ' ' || found.bearers, ' ')
FROM (
    SELECT word, sound, bearers FROM customers_searchword
    WHERE deletions && %(deletions)b::int4[]
    UNION
    SELECT word, sound, bearers FROM customers_searchword WHERE word = ANY(%(whole)b::text[])
    UNION
    SELECT longer.word, longer.sound, longer.bearers
    FROM unnest(%(beginnings)b::text[]) AS asked (beginning)
    CROSS JOIN LATERAL (
        SELECT word, sound, bearers FROM customers_searchword
        WHERE word > asked.beginning COLLATE "C" AND word < (asked.beginning || '{') COLLATE "C"
        ORDER BY bearers DESC, word LIMIT 60
    ) AS longer
) AS found
"""


def look_up(
    lexicon: Lexicon,
    *,
    alike: Collection[str] = (),
    whole: Collection[str] = (),
    beginnings: Collection[str] = (),
) -> None:
    """Tell the lexicon which words of names are like these, or are these, or begin so."""
    params = {
        "deletions": sorted({number for word in alike for number in _numbers(word)}),
        "whole": sorted(whole),
        "beginnings": sorted(beginnings),
    }
    ((text,),) = sql.fetch_prepared(WORDS_SQL, params)
    if not text:
        return
    parts = text.split(" ")
    words, numbers = parts[0::3], parts[2::3]
    sounds = [
        word if heard == "=" else heard for word, heard in zip(words, parts[1::3], strict=True)
    ]
    lexicon.bearers |= dict(zip(words, map(int, numbers), strict=True))
    lexicon.sounds |= dict(zip(words, sounds, strict=True))
    for asked in {*alike, *whole, *beginnings}:
        lexicon.know(asked, _near(asked, words, sounds))


def _numbers(word: str) -> set[int]:
    return {*deletions(word), *deletions(sound(word))}


def _near(asked: str, words: list[str], sounds: list[str]) -> set[str]:
    """Those of the words that are worth a closer look."""
    most = edits_allowed(asked, asked)
    heard = sound(asked)
    near = {words[at] for _, _, at in _within(asked, words, most)}
    near |= {words[at] for _, _, at in _within(heard, sounds, most)}
    if len(asked) >= SHORTEST_SOUGHT:
        near |= {word for word in words if word.startswith(asked)}
    return near


def _within(asked: str, among: list[str], most: int) -> list[tuple[str, int, int]]:
    return process.extract(
        asked, among, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
