"""Dates as people write them → the days they can mean; for search and forms alike. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHORT_MONTH = 3  # letters; September is written with four as well
MOST_PARTS = 3  # blanks may stand between day, month and year
CENTURIES = (2000, 1900)

_DIGIT = re.compile(r"\d", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([-./ ])(\d{1,2})\2(\d{1,2})", re.ASCII)
# A year of two digits needs more than blanks: numbers of documents are written in such parts.
_YEAR_LAST = re.compile(
    r"(\d{1,2})(?:([-./])(\d{1,2})\2(\d{4}|\d{2})| (\d{1,2}) (\d{4}))", re.ASCII
)
_NAMED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-./ ]([a-z]+)[-./ ](\d{4}|\d{2})", re.ASCII)
_NAME_FIRST = re.compile(r"([a-z]+)[-./ ](\d{1,2})(?:st|nd|rd|th)?[-./ ](\d{4}|\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Year, month and day as written, of which not every one is a date."""

    year: int
    month: int
    day: int

    def date(self) -> date | None:
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


def dates_of(text: str, *, today: date = date.max) -> frozenset[date]:
    """The dates a text can mean: one, two for 03/04/1990, none for anything else."""
    return frozenset(day for read in numbers_of(text, today=today) if (day := read.date()))


def numbers_of(text: str, *, today: date = date.max) -> list[Numbers]:
    """What a text says as a date, the usual reading first: the day before the month, and of a year
    with two digits the later century that does not make it lie after `today`."""
    return list(_numbers(_tidied(text), today)) if _DIGIT.search(text) else []


def _tidied(text: str) -> str:
    """One sign between two parts: "30. Aug., 1979" is "30 aug 1979", "30. 8. 1979" "30.8.1979"."""
    text = " ".join(text.replace(",", " ").lower().split())
    text = re.sub(r" ?([-./]) ?(?=\d)", r"\1", text)
    return re.sub(r"\. ?(?=[a-z])|(?<=[a-z])\. ?", " ", text)


def _numbers(text: str, today: date) -> Iterator[Numbers]:
    if found := _COMPACT.fullmatch(text):
        yield Numbers(*map(int, found.groups()))
    elif found := _YEAR_FIRST.fullmatch(text):
        yield Numbers(int(found[1]), int(found[3]), int(found[4]))
    elif found := _YEAR_LAST.fullmatch(text):
        one, other = int(found[1]), int(found[3] or found[5])
        yield from _in_years(found[4] or found[6], other, one, today)
        if found[2] in ("/", "-") and one != other:
            yield from _in_years(found[4], one, other, today)
    elif found := _NAMED.fullmatch(text):
        yield from _in_years(found[3], _month(found[2]), int(found[1]), today)
    elif found := _NAME_FIRST.fullmatch(text):
        yield from _in_years(found[3], _month(found[1]), int(found[2]), today)


def _in_years(year: str, month: int | None, day: int, today: date) -> Iterator[Numbers]:
    if month is None:
        return
    if len(year) > len("79"):
        yield Numbers(int(year), month, day)
        return
    for century in CENTURIES:
        read = Numbers(century + int(year), month, day)
        if (read.year, read.month, read.day) <= (today.year, today.month, today.day):
            yield read


def _month(name: str) -> int | None:
    for number, month in enumerate(MONTHS, start=1):
        if name in (month, month[:SHORT_MONTH]) or (name == "sept" and month == "september"):
            return number
    return None
