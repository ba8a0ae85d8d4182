"""What else a part of a question may be, in the script it was typed in. Pure.

Scripts that write no short vowels are read word by word: where a word ends, and each of its
letters, decide on the vowels of all of it. So a blank too few or too many, or one wrong letter,
makes quite another word in Latin letters, and has to be mended before it is read.
"""

import re
from collections.abc import Iterator
from functools import cache

from customers.text_forms import plain
from customers.writing import arabic, hebrew

SHORTEST_PART = 2  # of a word taken apart
MOST_LETTERS = 12  # of a word whose misspellings are looked for

# Keys as they lie on keyboards for Arabic, Persian (ISIRI 9147) and Hebrew (SI 1452).
_ARABIC = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظذأإآ")
_PERSIAN = ("ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپوژ")
_HEBREW = ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ")
_IN_HEBREW = re.compile(f"[{hebrew.LETTERS}]")
_UNVOWELLED = re.compile(f"[{arabic.LETTERS}{hebrew.LETTERS}]+")


def is_unvowelled(typed: str) -> bool:
    """Is it one word of a script that leaves vowels out?"""
    return not typed.isascii() and _UNVOWELLED.fullmatch(typed) is not None


def apart(typed: str) -> Iterator[tuple[str, ...]]:
    """The words it is, were a blank left out."""
    for at in range(SHORTEST_PART, len(typed) - SHORTEST_PART + 1):
        one, other = plain(typed[:at]).split(), plain(typed[at:]).split()
        if one and other:
            yield (*one, *other)


def together(one: str, other: str) -> tuple[str, ...]:
    """The words it is, were a blank too many."""
    return tuple(plain(one + other).split())


def by_capital(typed: str) -> tuple[str, ...]:
    """The words it is, were a blank left out before its one capital inside; none without."""
    places = [at for at in range(1, len(typed)) if typed[at].isupper() and typed[at - 1].islower()]
    if len(places) != 1 or places[0] < SHORTEST_PART:
        return ()
    return (*plain(typed[: places[0]]).split(), *plain(typed[places[0] :]).split())


def misspelled(typed: str) -> frozenset[str]:
    """What it can be meant for, if one letter is wrong, missing, too many or in the wrong place."""
    if not is_unvowelled(typed) or not 1 < len(typed) <= MOST_LETTERS:
        return frozenset()
    if _IN_HEBREW.match(typed):
        words = [hebrew.read(text) for text in _one_letter_off(typed, _HEBREW)]
    else:
        is_persian = arabic.is_persian(typed)
        texts = _one_letter_off(typed, _PERSIAN if is_persian else _ARABIC)
        words = [arabic.read(text, persian=is_persian) for text in texts]
    return frozenset({word.rpartition(" ")[2] for word in words} - {""})


def _one_letter_off(typed: str, keys: tuple[str, ...]) -> Iterator[str]:
    """Any letter left out, but only a neighbour of the right one struck."""
    letters = "".join(keys)
    for at in range(len(typed) + 1):
        before, after = typed[:at], typed[at:]
        yield from (before + letter + after for letter in letters)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _beside(after[0], keys))
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]


@cache
def _beside(letter: str, keys: tuple[str, ...]) -> str:
    for number, row in enumerate(keys):
        if (place := row.find(letter)) >= 0:
            near = keys[max(number - 1, 0) : number + 2]
            return "".join(other[max(place - 1, 0) : place + 2] for other in near)
    return ""
