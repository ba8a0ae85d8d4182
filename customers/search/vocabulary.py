"""Asked words → words of names on the list that they may stand for. Reads the vocabulary only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import OSA

from customers.search.lexicon import VOWELS, Lexicon, edits_allowed, sounds_allowed
from customers.search.words import array_of, skeleton_id
from customers.writing.spelling import PREFIX_LENGTH, skeleton, sound, word_id
from events import sql

SHORTEST_WHOLE = 2  # words so short have no misspellings

# More are not found by deletions.
MOST_EDITS = 2
SAME_SOUND = "="

# One text instead of rows: hundreds of words come back, and taking rows apart would cost more than
# finding them.
WORDS_SQL = """
SELECT string_agg(found.word || ' ' || CASE WHEN found.sound IN ('', found.word) THEN '='
    ELSE found.sound END || ' ' || found.bearers, ' ')
FROM (
    SELECT word, sound, bearers FROM customers_searchword
    WHERE deletions && (SELECT %(deletions)b::text::int4[])
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
    alike: Mapping[str, int] = MappingProxyType({}),
    whole: Collection[str] = (),
    beginnings: Collection[str] = (),
) -> None:
    """Tell the lexicon which words of names are like these, or are these, or begin so. `alike`:
    how many letters are left out of each; names leave out up to two of their own."""
    numbers = (number for word, most in alike.items() for number in _numbers(word, most))
    short_forms = {form for word in alike for form in lexicon.short_forms.get(word, ())}
    params = {
        "deletions": array_of(numbers),
        "whole": sorted({*whole, *short_forms}),
        "beginnings": sorted(beginnings),
    }
    ((text,),) = sql.fetch_prepared(WORDS_SQL, params)
    if not text:
        return
    near_by = Words.of(text)
    lexicon.bearers |= near_by.bearers
    lexicon.sounds |= dict(zip(near_by.words, near_by.sounds, strict=True))
    for asked in {*alike, *beginnings}:
        near = _near(asked, near_by, is_beginning=asked in beginnings)
        others = lexicon.short_forms.get(asked, frozenset()) & lexicon.bearers.keys()
        lexicon.know(asked, dict.fromkeys(others, (None, None)) | near)
    for asked in whole:
        if asked in lexicon.bearers and asked not in lexicon.ties:
            lexicon.know(asked, {asked: (0, 0)})


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the vocabulary, place by place: as they are, by sound, without vowels."""

    words: list[str]
    sounds: list[str]
    bare: list[str]
    bearers: dict[str, int]

    @classmethod
    def of(cls, text: str) -> "Words":
        """Of the answer to WORDS_SQL."""
        parts = text.split(" ")
        words, heard, bearers = parts[0::3], parts[1::3], parts[2::3]
        sounds = [
            word if sound == SAME_SOUND else sound for word, sound in zip(words, heard, strict=True)
        ]
        counts = dict(zip(words, map(int, bearers), strict=True))
        return cls(words, sounds, list(map(skeleton, sounds)), counts)


def _near(
    asked: str, among: Words, *, is_beginning: bool
) -> dict[str, tuple[int | None, int | None]]:
    """Words → letters that differ, in writing and in sound; None: too many."""
    spoken = sound(asked)
    edits = _distances(asked, among.words, most=min(edits_allowed(asked, asked), MOST_EDITS))
    heard = _distances(spoken, among.sounds, most=sounds_allowed(spoken))
    if (bare := skeleton(spoken)) and bare in among.bare:
        alike = [at for at, other in enumerate(among.bare) if other == bare]
        heard = dict.fromkeys(alike, VOWELS) | heard
    places = {*edits, *heard}
    if is_beginning:
        places.update(at for at, word in enumerate(among.words) if word.startswith(asked))
    return {among.words[at]: (edits.get(at), heard.get(at)) for at in places}


def _numbers(word: str, most: int) -> Iterator[int]:
    yield from skeleton_id(sound(word))
    for form in {word, sound(word)}:
        beginning = form[:PREFIX_LENGTH]
        length = len(beginning)
        allowed = most if len(word) > SHORTEST_WHOLE else 0
        for missing in range(min(allowed, length - 1) + 1):
            for letters in combinations(beginning, length - missing):
                yield word_id("".join(letters))


def _distances(asked: str, among: list[str], *, most: int) -> dict[int, int]:
    """Place → letters that differ, of those that are near enough."""
    found = process.extract(
        asked, among, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    return {at: edits for _, edits, at in found}
