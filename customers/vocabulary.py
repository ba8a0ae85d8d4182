"""Asked words → words of names on the list that they may stand for. Reads the vocabulary only."""

from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA

from customers.lexicon import Lexicon, edits_allowed, sounds_allowed
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
    WHERE deletions && (SELECT %(deletions)b::int4[])
    UNION ALL
    SELECT word, sound, bearers FROM customers_searchword WHERE word = ANY(%(whole)b::text[])
    UNION ALL
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
    unlike: Collection[str] = (),
    whole: Collection[str] = (),
    beginnings: Collection[str] = (),
) -> None:
    """Tell the lexicon which words of names are like these, or a little less like these, or
    are these, or begin so."""
    params = {
        "deletions": sorted(
            {number for word in alike for number in _numbers(word)}
            | {number for word in unlike for number in _more_numbers(word)}
        ),
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
    for asked in {*alike, *unlike, *whole, *beginnings}:
        spoken = sound(asked)
        edits = _distances(asked, words, most=edits_allowed(asked, asked))
        heard = _distances(spoken, sounds, most=sounds_allowed(spoken))
        begun = _longer(asked, words) if asked in beginnings else ()
        near = {*edits, *heard, *begun}
        lexicon.know(asked, {words[at]: (edits.get(at), heard.get(at)) for at in near})


def _numbers(word: str) -> set[int]:
    return {*deletions(word), *deletions(sound(word))}


def _more_numbers(word: str) -> set[int]:
    """With one letter more left out than usual."""
    shorter = (word[:at] + word[at + 1 :] for at in range(len(word)))
    return {number for other in shorter for number in deletions(other)}


def _longer(asked: str, among: list[str]) -> list[int]:
    return [at for at, word in enumerate(among) if word.startswith(asked)]


def _distances(asked: str, among: list[str], *, most: int) -> dict[int, int]:
    """Place → letters that differ, of those that are near enough."""
    found = process.extract(
        asked, among, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    return {at: edits for _, edits, at in found}
