"""Asked words → words of names on the list that they may stand for. Reads the vocabulary only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, compress, count, repeat
from types import MappingProxyType

from rapidfuzz import process
from rapidfuzz.distance import OSA

from customers.search.lexicon import (
    VOWELS,
    Differs,
    Lexicon,
    begins_with_vowel,
    edits_allowed,
    sounds_allowed,
)
from customers.search.words import array_of, skeleton_id
from customers.writing.spelling import PREFIX_LENGTH, skeleton, sound, word_id
from events import sql

SHORTEST_WHOLE = 2  # words so short have no misspellings
KEPT = 16_384  # asked words: most are names that others ask for, too

# More are not found by deletions.
MOST_EDITS = 2
# `spelling.skeleton` of hundreds of sounds at once, but for those that are too short to have one.
WITHOUT_VOWELS = str.maketrans("", "", "aeiou")

Differences = dict[int, Differs]  # by place among the words
UNLIKE: Differs = (None, None)

# Texts instead of rows: hundreds of words come back, and taking rows apart would cost more than
# finding them. Parameters stand in subqueries, so that a plan for all of them looks no worse to
# PostgreSQL than one for these: it would plan anew each time, for longer than the statement runs.
WORDS_SQL = """
SELECT string_agg(found.word, ' '),
    string_agg(CASE found.sound WHEN '' THEN found.word ELSE found.sound END, ' '),
    string_agg(found.bearers::text, ' ')
FROM (
    SELECT word, sound, bearers FROM customers_searchword
    WHERE deletions && (SELECT %(deletions)b::text::int4[])
    UNION ALL
    SELECT word, sound, bearers FROM customers_searchword
    WHERE word = ANY((SELECT %(whole)b::text::text[])::text[])
    UNION ALL
    SELECT longer.word, longer.sound, longer.bearers
    FROM unnest((SELECT %(beginnings)b::text::text[])) AS asked (beginning)
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
    numbers = chain.from_iterable(_numbers(word, most) for word, most in alike.items())
    short_forms = {form for word in alike for form in lexicon.short_forms.get(word, ())}
    params = {
        "deletions": array_of(numbers),
        "whole": sql.array_literal({*whole, *short_forms}),
        "beginnings": sql.array_literal(beginnings),
    }
    (texts,) = sql.fetch_prepared(WORDS_SQL, params)
    if texts[0] is None:
        return
    near_by = Words.of(*texts)
    there = {*whole, *short_forms, *alike}.intersection(near_by.words)
    known = {word: near_by.words.index(word) for word in there}
    for asked in {*alike, *beginnings}:
        at = known.get(asked)
        is_clear = alike.get(asked) == 1 and at is not None and lexicon.is_clear(near_by.count(at))
        near = _near(asked, near_by, is_beginning=asked in beginnings, is_clear=is_clear)
        for other in lexicon.short_forms.get(asked, frozenset()) & known.keys():
            near.setdefault(known[other], UNLIKE)
        near_by.tell(lexicon, asked, near)
    for asked in there.intersection(whole):
        if asked not in lexicon.ties:
            near_by.tell(lexicon, asked, {known[asked]: (0, 0)})


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the vocabulary, place by place: as they are, by sound, and how many people have
    each. Few of them are like what is asked, so the rest is left as it came."""

    words: list[str]
    sounds: list[str]
    bearers: list[str]

    @classmethod
    def of(cls, words: str, sounds: str, bearers: str) -> "Words":
        """Of the answer to WORDS_SQL."""
        return cls(words.split(" "), sounds.split(" "), bearers.split(" "))

    def count(self, at: int) -> int:
        return int(self.bearers[at])

    @property
    def bare(self) -> list[str]:
        """The sounds without vowels."""
        return " ".join(self.sounds).translate(WITHOUT_VOWELS).split(" ")

    def tell(self, lexicon: Lexicon, asked: str, near: Differences) -> None:
        """What is at these places, and how it differs from what is asked."""
        words = [self.words[at] for at in near]
        lexicon.bearers.update(zip(words, [int(self.bearers[at]) for at in near], strict=True))
        lexicon.sounds.update(zip(words, [self.sounds[at] for at in near], strict=True))
        lexicon.know(asked, dict(zip(words, near.values(), strict=True)))


def _near(asked: str, among: Words, *, is_beginning: bool, is_clear: bool) -> Differences:
    """`is_clear`: only those that are very much like it."""
    spoken = sound(asked)
    most = 1 if is_clear else MOST_EDITS
    edits = _distances(asked, among.words, most=min(edits_allowed(asked, asked), most))
    if is_clear:
        heard = dict.fromkeys(_places(spoken, among.sounds), 0)
    else:
        heard = _distances(spoken, among.sounds, most=sounds_allowed(spoken))
        if bare := skeleton(spoken):
            is_alike = begins_with_vowel(spoken)
            places = _places(bare, among.bare)
            same = (at for at in places if begins_with_vowel(among.sounds[at]) == is_alike)
            heard = dict.fromkeys(same, VOWELS) | heard
    near: Differences = {at: (edits.get(at), differ) for at, differ in heard.items()}
    near |= {at: (differ, None) for at, differ in edits.items() if at not in heard}
    if is_beginning:
        begins = compress(count(), map(str.startswith, among.words, repeat(asked)))
        near = dict.fromkeys(begins, UNLIKE) | near
    return near


def _places(wanted: str, among: list[str]) -> Iterator[int]:
    """Where it stands, looked for without a loop over those that are something else."""
    at = -1
    for _ in range(among.count(wanted)):
        at = among.index(wanted, at + 1)
        yield at


@lru_cache(maxsize=KEPT)
def _numbers(word: str, most: int) -> frozenset[int]:
    heard = sound(word)
    allowed = most if len(word) > SHORTEST_WHOLE else 0
    # Words that sound nearly like it are two thirds of all that would come, and so unlike that they
    # count only when there are no others: then `most` is 2.
    of_sound = allowed if most > 1 else 0
    forms = {*_without_letters(word, allowed), *_without_letters(heard, of_sound)}
    return frozenset((*skeleton_id(heard), *map(word_id, forms)))


def _without_letters(word: str, most: int) -> Iterator[str]:
    beginning = word[:PREFIX_LENGTH]
    for missing in range(min(most, len(beginning) - 1) + 1):
        yield from map("".join, combinations(beginning, len(beginning) - missing))


def _distances(asked: str, among: list[str], *, most: int) -> dict[int, int]:
    """Place → letters that differ, of those that are near enough."""
    found = process.extract(
        asked, among, scorer=OSA.distance, processor=None, score_cutoff=most, limit=None
    )
    return {at: edits for _, edits, at in found}
