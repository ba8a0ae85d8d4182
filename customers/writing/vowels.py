"""Words without their short vowels → words that can be said: an `a` per missing vowel. Pure."""

from collections.abc import Sequence
from typing import NamedTuple


class Sound(NamedTuple):
    """What one letter says. A consonant may be without sound: ain, which only carries a vowel."""

    latin: str
    is_vowel: bool = False


def with_short_vowels(sounds: Sequence[Sound]) -> str:
    """Puts `a`, the most frequent short vowel, wherever a syllable needs one.

    Arabic and Hebrew syllables begin with one consonant and end with at most one; so no word begins
    with two, ends with two, or has three in a row: krim is karim, ahmd ahmad, hsn hasan.
    """
    said = []
    consonants = 1
    for place, sound in enumerate(sounds):
        said.append(sound.latin)
        if sound.is_vowel:
            consonants = 0
            continue
        consonants += 1
        rest = sounds[place + 1 : place + 3]
        is_closing = len(rest) == 1 and consonants == 1
        if rest and not rest[0].is_vowel and (consonants == 2 or is_closing):
            said.append("a")
            consonants = 0
    return "".join(said)
