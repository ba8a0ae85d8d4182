"""What somebody typed into the search → words, birth dates and document numbers. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from operator import attrgetter

from customers.search.date_reading import MOST_PARTS, dates_of
from customers.search.other_readings import apart, by_capital, is_unvowelled, together
from customers.text_forms import document_key, plain
from entities.text_forms import SHORTEST_OPEN_WORD

# More words than any name has; the rest of an endless query is not looked at.
MAX_WORDS = 8
MAX_WORD_LENGTH = 60
MAX_CLUES = 4
FIRST_YEAR = 1850
COMPACT_LENGTH = 8  # of YYYYMMDD
DOCUMENT_DIGITS = 4  # from here on a part may be (a piece of) a document number

_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: as compared, as typed, and the field it was typed into, if any."""

    text: str
    typed: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Clue:
    """One part with digits. It can be read as a birth date, as a birth year, as digits of a birth
    date mistyped, as a document number, or as several of these; the best reading counts."""

    typed: str
    dates: frozenset[date] = frozenset()
    year: int | None = None
    digits: str = ""
    document: str | None = None

    def days_alike(self) -> set[date]:
        """The dates this can be when one digit of it is wrong or two beside each other swapped."""
        texts = {f"{day.year:04}{day.month:02}{day.day:02}" for day in self.dates}
        if len(self.digits) == COMPACT_LENGTH:
            texts.add(self.digits)
        alike = {other for text in texts for other in _one_digit_off(text)}
        return {day for text in alike if (day := _date(text[:4], text[4:6], text[6:]))}


@dataclass(frozen=True, slots=True)
class Reading:
    """All words that were asked for, some of them written together or apart: `changed`, which
    have to be names as they are, if `is_sure`."""

    words: tuple[Word, ...]
    changed: tuple[str, ...]
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """`readings`: other ones than `words`. `document` = all that was typed, as one document number
    typed in parts ("AB 123 456"). `is_whole_only`: numbers and dates match only whole, as
    for customers."""

    words: tuple[Word, ...]
    clues: tuple[Clue, ...]
    document: str | None = None
    is_whole_only: bool = False
    readings: tuple[Reading, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.clues)


def read_query(
    *,
    q: str = "",
    surname: str | None = None,
    name: str | None = None,
    dob: str | None = None,
    document_number: str | None = None,
    today: date,
    is_whole_only: bool = False,
) -> Query:
    """All of it is evidence. Unreadable parts are left out; never an error."""
    words: list[Word] = []
    clues: list[Clue] = []
    parts = _parts(q)
    at = 0
    while at < len(parts):
        dates, width = _dates_at(parts, at, today=today)
        typed = " ".join(parts[at : at + width])
        clue = Clue(typed, dates) if width > 1 else _clue(typed, dates, today=today)
        if clue:
            clues.append(clue)
        else:
            words += _words(typed, field=None)
        at += width
    words += _words(surname or "", field="surname") + _words(name or "", field="name")
    clues += _given_clues(dob=dob, document_number=document_number, today=today)
    if is_whole_only:
        words = [word for word in words if len(word.text) >= SHORTEST_OPEN_WORD]
    taken = tuple(words[:MAX_WORDS])
    return Query(
        words=taken,
        clues=tuple(clues[:MAX_CLUES]),
        document=_whole_document(q),
        is_whole_only=is_whole_only,
        readings=tuple(_readings(taken)),
    )


def is_dated(*, q: str, dob: str | None, today: date) -> bool:
    """Is a birth date among what was typed?"""
    parts = _parts(q)
    is_in_q = any(_dates_at(parts, at, today=today)[0] for at in range(len(parts)))
    return is_in_q or bool(dates_of(dob or "", today=today))


def _one_digit_off(digits: str) -> Iterator[str]:
    for at, digit in enumerate(digits):
        before, after = digits[:at], digits[at + 1 :]
        yield from (before + other + after for other in "0123456789")
        if after:
            yield before + after[0] + digit + after[1:]


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _parts(q: str) -> list[str]:
    return q.replace(",", " ").replace(";", " ").split()


def _dates_at(parts: list[str], at: int, *, today: date) -> tuple[frozenset[date], int]:
    """The dates that a part says, or with the next two, and in how many parts; none in one."""
    for width in (MOST_PARTS, 1):
        taken = parts[at : at + width]
        if len(taken) == width and (dates := dates_of(" ".join(taken), today=today)):
            return dates, width
    return frozenset(), 1


def _clue(part: str, dates: frozenset[date], *, today: date) -> Clue | None:
    """A part is a clue if it is a date or has enough digits for a document number."""
    is_year = bool(_YEAR.fullmatch(part)) and part.isascii()
    year = int(part) if is_year and FIRST_YEAR <= int(part) <= today.year else None
    has_digits = sum(sign.isdecimal() for sign in part) >= DOCUMENT_DIGITS
    if not (dates or has_digits):
        return None
    # Nobody writes a number as a date is written.
    is_only_date = bool(dates) and not part.isdecimal()
    document = document_key(part) if has_digits and not is_only_date else None
    return Clue(typed=part, dates=dates, year=year, document=document)


def _given_clues(*, dob: str | None, document_number: str | None, today: date) -> list[Clue]:
    clues = []
    if dob and dob.strip():
        digits = "".join(sign for sign in dob if sign.isascii() and sign.isdigit())
        clues.append(Clue(typed=dob.strip(), dates=dates_of(dob, today=today), digits=digits))
    if document_number and plain(document_number):
        key = document_key(document_number)
        clues.append(Clue(typed=document_number.strip(), document=key))
    return clues


def _words(text: str, *, field: str | None) -> list[Word]:
    """Words as compared, each with what was typed for it ("Jean-Luc" gives two)."""
    return [
        Word(text=word[:MAX_WORD_LENGTH], typed=part, field=field)
        for part in text.split()
        for word in plain(part).split()
    ]


def _readings(words: tuple[Word, ...]) -> Iterator[Reading]:
    """Of words typed in scripts that are read word by word, or with a capital inside."""
    parts = [tuple(part) for _, part in groupby(words, key=attrgetter("typed", "field"))]
    for at, part in enumerate(parts):
        typed, field = part[0].typed, part[0].field
        before, after = tuple(chain(*parts[:at])), parts[at + 1 :]
        is_sure = is_unvowelled(typed)
        others = [(changed, after) for changed in _apart(typed)]
        if is_sure and after and is_unvowelled(after[0][0].typed):
            others.append((together(typed, after[0][0].typed), after[1:]))
        for changed, rest in others:
            if not changed:
                continue
            fresh = (Word(text[:MAX_WORD_LENGTH], typed, field) for text in changed)
            yield Reading((*before, *fresh, *chain(*rest)), changed, is_sure)


def _apart(typed: str) -> Iterator[tuple[str, ...]]:
    if is_unvowelled(typed):
        yield from apart(typed)
    elif changed := by_capital(typed):
        yield changed


def _whole_document(q: str) -> str | None:
    key = document_key(q)
    if len(q.split()) > 1 and key and sum(sign.isdecimal() for sign in key) >= DOCUMENT_DIGITS:
        return key
    return None
