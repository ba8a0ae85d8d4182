"""Seed and number → an invented person of one of 38 cultures. Pure; the same at every run.

Names are as frequent as the law of Zipf and Mandelbrot has it. A culture's list is short; its tail
of rare names is grown by a model that knows which letter follows which three others there.
"""

import random
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from uuid import UUID

import numpy as np

from tests.benchmarks.cultures import CULTURES, HAN, HANGUL, Culture, lists_of

SEED = "sins people 1"
CHUNK = 1_000
MIDDLE_SHARE = 0.12
NO_DOB_SHARE, NO_DOCUMENT_SHARE = 0.04, 0.08
TODAY = date(2026, 11, 1)
# Of version 7: their first 48 bits are milliseconds, here of a day plus the person's number.
FIRST_MS = 1_700_000_000_000
UUID_7 = 0x7 << 76 | 0x8 << 60
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
DRAWS = 16


@dataclass(frozen=True, slots=True)
class Law:
    """Of Zipf and Mandelbrot: how often the name of a rank is given."""

    shift: float
    slope: float

    def weight(self, rank: int) -> float:
        return (rank + self.shift) ** -self.slope


# The most common surname is borne by one in a hundred, the most common given name by one in sixty,
# as in most countries.
SURNAMES, GIVEN = Law(12, 1.0), Law(12, 1.1)


@dataclass(frozen=True, slots=True)
class Person:
    number: int
    culture: Culture
    surname: str
    name: str
    middle: str | None  # the part of `name` that is a middle name or a patronymic
    dob: date | None
    document_number: str | None

    @property
    def uid(self) -> UUID:
        return uid_of(self.number)


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one kind, the most common first; `borders` = shares summed up."""

    words: Sequence[str]
    borders: Sequence[float]

    def at(self, draw: float) -> str:
        return self.words[min(bisect(self.borders, draw), len(self.words) - 1)]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names of one culture, each of men and of women."""

    culture: Culture
    surnames: tuple[Names, Names]
    given: tuple[Names, Names]
    patronymics: tuple[Names, Names]


def uid_of(number: int) -> UUID:
    mixed = (number * 0x9E3779B97F4A7C15 + 0x7F4A7C15) & ((1 << 60) - 1)
    return UUID(int=(FIRST_MS + number) << 80 | UUID_7 | (mixed & 0xFFF) << 64 | mixed >> 2)


def number_of(uid: UUID) -> int:
    return (uid.int >> 80) - FIRST_MS


def people(chunk: int) -> Iterator[Person]:
    """The people number CHUNK * chunk and following, as many as a chunk has."""
    seed = [*SEED.encode(), chunk]
    draws = np.random.default_rng(seed).random((CHUNK, DRAWS)).tolist()
    lexicons, borders = _lexicons()
    for place, row in enumerate(draws):
        lexicon = lexicons[min(bisect(borders, row[0]), len(lexicons) - 1)]
        yield _person(chunk * CHUNK + place, lexicon, row)


def lexicon_of(culture: Culture) -> Lexicon:
    return _lexicons()[0][CULTURES.index(culture)]


def _person(number: int, lexicon: Lexicon, draws: Sequence[float]) -> Person:
    culture = lexicon.culture
    sex = draws[1] < 0.5
    given = lexicon.given[sex].at(draws[2])
    middle, name = _middle(lexicon, sex, given, draws[3:6])
    return Person(
        number=number,
        culture=culture,
        surname=_surname(lexicon, sex, draws[6:11]),
        name=name,
        middle=middle,
        dob=None if draws[11] < NO_DOB_SHARE else _dob(draws[12]),
        document_number=(
            None if draws[13] < NO_DOCUMENT_SHARE else _document(culture.document, draws[14:16])
        ),
    )


def _middle(
    lexicon: Lexicon, sex: bool, given: str, draws: Sequence[float]
) -> tuple[str | None, str]:
    culture = lexicon.culture
    if draws[0] < culture.patronymic:
        middle = lexicon.patronymics[sex].at(draws[1])
    elif draws[0] - culture.patronymic < MIDDLE_SHARE and culture.script != HAN:
        middle = lexicon.given[sex].at(draws[1])
        if middle != given and draws[2] < culture.hyphen:
            return None, f"{given}-{middle}"
    else:
        return None, given
    return (None, given) if middle == given else (middle, f"{given} {middle}")


def _surname(lexicon: Lexicon, sex: bool, draws: Sequence[float]) -> str:
    culture, names = lexicon.culture, lexicon.surnames[sex]
    surname = names.at(draws[0])
    if draws[1] < culture.particle:
        particle = culture.particles[int(draws[2] * len(culture.particles))]
        # Mcbride is McBride, but an O'Brien is no O'O'Brien.
        has_one = " " in surname or surname.startswith(IRISH_BEGINS)
        surname = surname if has_one else particle + surname
    if draws[3] < culture.double and (second := names.at(draws[4])) != surname:
        return f"{surname}{culture.double_sign}{second}"
    return surname


IRISH_BEGINS = ("O'", "Mc", "Mac")


def _dob(draw: float) -> date:
    """As many of each age up to 65, then fewer and fewer; nobody is older than 98."""
    part = draw / 0.8
    years = 65 * part if part < 1 else 65 + 33 * (1 - (1 - (draw - 0.8) / 0.2) ** 0.5)
    return TODAY - timedelta(days=int(years * 365.25) + 1)


def _document(pattern: str, draws: Sequence[float]) -> str:
    digits, letters = int(draws[0] * 10**15), int(draws[1] * 10**15)
    found = []
    for sign in pattern:
        if sign == "#":
            digits, digit = divmod(digits, 10)
            found.append(str(digit))
        elif sign == "@":
            letters, place = divmod(letters, len(LETTERS))
            found.append(LETTERS[place])
        else:
            found.append(sign)
    return "".join(found)


@cache
def _lexicons() -> tuple[list[Lexicon], list[float]]:
    """All cultures' names, and the borders of their shares of the people."""
    lexicons = [_lexicon(culture) for culture in CULTURES]
    return lexicons, _borders([culture.weight for culture in CULTURES])


def _lexicon(culture: Culture) -> Lexicon:
    rng = random.Random(f"{SEED} {culture.code}")
    surnames, given, patronymics = lists_of(culture)
    is_ranked = culture.script in (HAN, HANGUL)  # the surnames; other lists are alphabetical
    more = _combined if culture.script == HAN else _grown
    return Lexicon(
        culture,
        _pair(
            surnames,
            SURNAMES,
            lambda names: _long(rng, names, culture.surnames, _grown, is_ranked=is_ranked),
        ),
        _pair(given, GIVEN, lambda names: _long(rng, names, culture.given, more)),
        _pair(patronymics, GIVEN, lambda names: _long(rng, names, 0, more)),
    )


def _pair(
    lists: Sequence[list[str]], law: Law, longer: Callable[[list[str]], list[str]]
) -> tuple[Names, Names]:
    """Of men and of women; where both bear the same names, one is both."""
    made = [longer(lists[0])]
    made.append(made[0] if lists[0] == lists[1] else longer(lists[1]))
    men, women = (
        Names(words, _borders([law.weight(rank) for rank in range(1, len(words) + 1)]))
        for words in made
    )
    return men, women


def _long(
    rng: random.Random,
    names: list[str],
    count: int,
    more: Callable[[random.Random, list[str], int], list[str]],
    *,
    is_ranked: bool = False,
) -> list[str]:
    """The list, each name once, and its tail up to so many."""
    words = list(dict.fromkeys(names))
    if not is_ranked:
        rng.shuffle(words)
    return [*words, *more(rng, words, count - len(words))] if count > len(words) else words


def _borders(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [part / total for part in accumulate(weights)]


def _combined(rng: random.Random, names: list[str], count: int) -> list[str]:
    """Han given names: two signs that stand in others."""
    signs = "".join(names)
    made = {rng.choice(signs) + rng.choice(signs) for _ in range(count)}
    words = sorted(made - set(names))  # a set has another order at each run
    rng.shuffle(words)
    return words


def _grown(rng: random.Random, names: list[str], count: int) -> list[str]:
    """Up to so many new words that look like these, the likely ones first."""
    words = [part for name in names for part in name.split() if len(part) > 1]
    order = 3 if len(words) >= 400 else 2 if len(words) >= 90 else 1
    follows = _model(words, order)
    longest = max(map(len, words))
    found, known = dict.fromkeys(()), set(names)
    for _ in range(count * 6):
        word = _walk(rng, follows, order, longest)
        if word and word not in known:
            found[word] = None
            if len(found) == count:
                break
    return list(found)


def _model(words: list[str], order: int) -> dict[str, list[str]]:
    follows: dict[str, list[str]] = {}
    for word in words:
        text = "^" * order + word + "$"
        for place in range(order, len(text)):
            follows.setdefault(text[place - order : place], []).append(text[place])
    return follows


def _walk(
    rng: random.Random, follows: dict[str, list[str]], order: int, longest: int
) -> str | None:
    word, before = "", "^" * order
    while len(word) <= longest:
        letters = follows[before]
        letter = letters[int(rng.random() * len(letters))]
        if letter == "$":
            return word if len(word) > 2 else None
        word, before = word + letter, (before + letter)[1:]
    return None
