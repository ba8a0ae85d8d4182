"""Form fields of a customer: what people type, how it is read, what is wrong with it. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from customers.search.date_reading import Numbers, numbers_of

DAYS_IN = "{month} {year} has {days} days. Check the day."
UNREADABLE = "This is no date that can be read. Write it like 31 Dec 1980 or 1980-12-31."
WHICH_CENTURY = "Is it {first} or {second}? Write the year with four digits."
NO_MONTH = "There is no month {month}. Write the date like 31 Dec 1980 or 1980-12-31."

SHORTEST_WRONG = len("1980-12-31")  # what is shorter and cannot be read may not be finished

Kind = Literal["text", "date", "long", "choice", "whole", "number", "email", "tel", "url"]


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled input with what is in it and what is wrong with it. `choices` (value, words) of
    a choice."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    error: str = ""
    kind: Kind = "text"
    limit: int = 200
    asked_by: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class UnreadableDateError(ValueError):
    """What was typed is no date; the message says how to put it right."""


def read_date(text: str, *, today: date) -> date:
    """A date as people write it: 1980-12-31, 31.12.1980, 31/12/80, 31 Dec 1980, 19801231.

    With dots, slashes or blanks the day comes first. Raises UnreadableDateError.
    """
    found = numbers_of(text, today=today)
    if not found:
        raise UnreadableDateError(UNREADABLE)
    days = [day for read in found if (day := read.date())]
    if not days:
        raise UnreadableDateError(_impossible(found[0]))
    others = [day for day in days if (day.month, day.day) == (days[0].month, days[0].day)]
    if len(others) > 1:
        first, second = sorted(day.year for day in others)
        raise UnreadableDateError(WHICH_CENTURY.format(first=first, second=second))
    return days[0]


def date_problem(text: str, *, today: date) -> str:
    """What is wrong with a date that may still be in the typing; "" while it can become one."""
    if len(text) < SHORTEST_WRONG and not numbers_of(text, today=today):
        return ""
    try:
        read_date(text, today=today)
    except UnreadableDateError as error:
        return str(error)
    return ""


def as_iso(text: str, *, today: date) -> str:
    """A date as people write it in the form that a search reads; anything else as it is."""
    try:
        return read_date(text, today=today).isoformat()
    except UnreadableDateError:
        return text


def _impossible(read: Numbers) -> str:
    if not 1 <= read.month <= 12:
        return NO_MONTH.format(month=read.month)
    if not 1 <= read.year < 9999:
        return UNREADABLE
    following = date(read.year + read.month // 12, read.month % 12 + 1, 1)
    first = date(read.year, read.month, 1)
    days = (following - first).days
    return DAYS_IN.format(month=f"{first:%B}", year=read.year, days=days)
