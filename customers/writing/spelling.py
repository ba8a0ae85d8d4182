"""A word as compared → what it sounds like, and numbers by which misspellings meet. Pure.

Rules, sources and examples: docs/transliteration.md.
"""

import re
from functools import lru_cache
from itertools import combinations
from zlib import crc32

from customers.writing import chinese_syllables
from customers.writing.short_names import CUSTOMARY
from customers.writing.sound_rules import OF_LONG, OF_SHORT

# SymSpell (Wolf Garbe, 2012) with a prefix: a word has 29 numbers at most, however long it is, and
# still shares one with whatever is within its distance.
PREFIX_LENGTH = 7
# In words of three letters a hissing sound or a silent letter is half of the name.
_SHORTEST, _SHORTEST_FAMILY = 3, 4
_MAX_KEPT = 65_536
_SIGN_BIT = 1 << 31

_VOWELS = re.compile("[aeiou]")
_SHORTEST_SKELETON = 3
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=_MAX_KEPT)
def sound(word: str) -> str:
    """The one form in which the ways to spell what is heard alike coincide: Schmidt and Shmit,
    Tschaikowski and Czajkowsky. For a word in its form as compared (`text_forms.plain`)."""
    customary = CUSTOMARY.get(word)
    if customary or len(word) < _SHORTEST or not word.isalpha():
        return customary or word
    heard = chinese_syllables.joined(word) or word
    for letters, pattern, form in OF_LONG if len(word) >= _SHORTEST_FAMILY else OF_SHORT:
        if letters in heard:
            heard = pattern.sub(form, heard)
    return _DOUBLED.sub(r"\1", heard.lower())


@lru_cache(maxsize=_MAX_KEPT)
def skeleton(heard: str) -> str:
    """What is left of a sound without its vowels: scripts that do not write them leave no more.
    Nothing, if that is less than three consonants: too many words share them."""
    consonants = _VOWELS.sub("", heard)
    return consonants if len(consonants) >= _SHORTEST_SKELETON else ""


def word_id(word: str) -> int:
    """The number of a word, the same at every location; two words may share one."""
    return _signed(crc32(word.encode()))


def distance_of(word: str) -> int:
    """How many letters a word of this length may have wrong."""
    if len(word) <= 2:
        return 0
    return 1 if len(word) <= 5 else 2


def deletions(word: str) -> tuple[int, ...]:
    """The numbers of the word's beginning and of what is left of it when letters are missing.

    Two words share one of them as soon as they differ in no more letters (put in, left out,
    replaced, or swapped with their neighbour) than `distance_of` either allows.
    """
    beginning = word[:PREFIX_LENGTH]
    length = len(beginning)
    left = {
        "".join(letters)
        for missing in range(min(distance_of(word), length - 1) + 1)
        for letters in combinations(beginning, length - missing)
    }
    return tuple(sorted(map(word_id, left)))


def _signed(number: int) -> int:
    """An unsigned number of 32 bits as PostgreSQL's int4 holds it."""
    return number - (1 << 32) if number & _SIGN_BIT else number
