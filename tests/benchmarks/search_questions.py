"""Seed → the questions of the search benchmark, and who is meant by each. Pure.

The same seed asks the same questions. While the search was tuned, only the training seed was used.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import mimesis

from tests.benchmarks.corruption import (
    CLASSES,
    Corrupt,
    as_written,
    wrong_date,
    wrong_document,
)
from tests.benchmarks.people import CHUNK, Person, people

TRAINING = "1"
AS_WRITTEN = "as written"
BIRTH_DATE, DOCUMENT = "with birth date", "with document number"
NAME = "name"
# Chunks are made anew for each question set: so many people of one are asked for.
PER_CHUNK = 20
WRONG_SHARE = 0.5  # of birth dates and document numbers, those with one error
MASH = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
ALPHABET = "abcdefghijklmnopqrstuvwxyz"
WORDS_FROM = ("en", "de", "fr", "es", "it", "ru", "nl", "pl")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `kind` = which error the names have; `group` = name, birth date or document.
    The person is None for nonsense."""

    kind: str
    group: str
    text: str
    person: Person | None = None
    is_listed: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)


class Pool:
    """People to ask for: those of the first `size`, or from the first number after them on."""

    def __init__(self, rng: random.Random, *, size: int, is_listed: bool) -> None:
        self._rng = rng
        chunks = -(-size // CHUNK)
        self._chunks = range(0, chunks) if is_listed else range(chunks, 2 * chunks + 1000)
        self._last = size if is_listed else None
        self._waiting: list[Person] = []

    def next(self) -> Person:
        while True:
            if not self._waiting:
                found = list(people(self._rng.choice(self._chunks)))
                self._waiting = self._rng.sample(found, PER_CHUNK)
            person = self._waiting.pop()
            if self._last is None or person.number < self._last:
                return person


def names(seed: str, *, size: int, per_class: int, is_listed: bool = True) -> list[Asked]:
    """So many questions of each class of corruption, and of names as they are written."""
    kinds: dict[str, Corrupt] = {AS_WRITTEN: as_written, **CLASSES}
    found = []
    for kind, corrupt in kinds.items():
        rng = random.Random(f"{seed} {kind} {is_listed}")
        pool = Pool(rng, size=size, is_listed=is_listed)
        for _ in range(per_class):
            text, person = _corrupted(pool, corrupt, rng)
            found.append(Asked(kind, NAME, text, person, is_listed))
    return found


def with_birth_date(seed: str, *, size: int, count: int, is_listed: bool = True) -> list[Asked]:
    rng = random.Random(f"{seed} {BIRTH_DATE} {is_listed}")
    pool = Pool(rng, size=size, is_listed=is_listed)
    return [_dated(pool, kind, is_listed, rng) for kind in _kinds(count)]


def with_document(seed: str, *, size: int, count: int, is_listed: bool = True) -> list[Asked]:
    rng = random.Random(f"{seed} {DOCUMENT} {is_listed}")
    pool = Pool(rng, size=size, is_listed=is_listed)
    return [_documented(pool, kind, is_listed, rng) for kind in _kinds(count)]


def nonsense(seed: str, *, count: int) -> list[Asked]:
    """A third each: random letters, runs along the keyboard, words that are no names."""
    rng = random.Random(f"{seed} nonsense")
    words = _dictionary()
    makers = {
        "random letters": lambda: "".join(rng.choices(ALPHABET, k=rng.randrange(4, 11))),
        "keyboard mash": lambda: _mash(rng),
        "words": lambda: rng.choice(words),
    }
    kinds = list(makers)
    return [
        Asked(kind, "nonsense", " ".join(makers[kind]() for _ in range(rng.randrange(1, 4))))
        for kind in (kinds[number % 3] for number in range(count))
    ]


def _kinds(count: int) -> Iterator[str]:
    kinds = [AS_WRITTEN, *CLASSES]
    return (kinds[number % len(kinds)] for number in range(count))


def _corrupted(pool: Pool, corrupt: Corrupt, rng: random.Random) -> tuple[str, Person]:
    while True:
        person = pool.next()
        if text := corrupt(person, rng):
            return text, person


def _dated(pool: Pool, kind: str, is_listed: bool, rng: random.Random) -> Asked:
    corrupt = CLASSES.get(kind, as_written)
    while True:
        text, person = _corrupted(pool, corrupt, rng)
        if person.dob is not None:
            break
    day = wrong_date(person.dob, rng) if rng.random() < WRONG_SHARE else person.dob
    form = rng.choice(("{:%Y-%m-%d}", "{:%d.%m.%Y}", "{:%d/%m/%Y}"))
    return _beside(kind, BIRTH_DATE, text, person, is_listed, {"dob": form.format(day)}, rng)


def _documented(pool: Pool, kind: str, is_listed: bool, rng: random.Random) -> Asked:
    corrupt = CLASSES.get(kind, as_written)
    while True:
        text, person = _corrupted(pool, corrupt, rng)
        if person.document_number is not None:
            break
    number = person.document_number
    if rng.random() < WRONG_SHARE:
        number = wrong_document(number, rng)
    number = rng.choice((number, number.lower(), "".join(filter(str.isalnum, number))))
    given = {"document_number": number}
    return _beside(kind, DOCUMENT, text, person, is_listed, given, rng)


def _beside(
    kind: str,
    group: str,
    text: str,
    person: Person,
    is_listed: bool,
    given: dict[str, str],
    rng: random.Random,
) -> Asked:
    """In a field of its own, or in the one free text when it is one word there."""
    (value,) = given.values()
    if rng.random() < 0.5 and " " not in value:
        return Asked(kind, group, f"{text} {value}", person, is_listed)
    return Asked(kind, group, text, person, is_listed, given)


def _mash(rng: random.Random) -> str:
    row = rng.choice(MASH)
    start = rng.randrange(len(row) - 3)
    return row[start : start + rng.randrange(4, 9)] * rng.choice((1, 1, 1, 2))


def _dictionary() -> list[str]:
    """Words of several languages as texts have them; names among them are sorted out later, by
    whoever knows which names there are."""
    found: set[str] = set()
    for locale in WORDS_FROM:
        path = Path(mimesis.__file__).parent / "datasets" / locale / "text.json"
        words: Iterable[str] = json.loads(path.read_text(encoding="utf-8"))["words"]
        found.update(word for word in words if word.isalpha() and len(word) > 3)
    return sorted(found)


def today() -> date:
    return date(2026, 11, 21)
