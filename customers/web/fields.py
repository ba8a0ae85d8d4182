"""Form fields of a customer: what people type, how it is read, what is wrong with it. Pure."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS_IN = "{month} {year} has {days} days. Check the day."
UNREADABLE = "This is no date that can be read. Write it like 31 Dec 1980 or 1980-12-31."
NO_MONTH = "There is no month {month}. Write the date like 31 Dec 1980 or 1980-12-31."

Kind = Literal["text", "date", "long"]


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled input with what is in it and what is wrong with it."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    error: str = ""
    kind: Kind = "text"
    limit: int = 200
    asked_by: str = ""


class UnreadableDateError(ValueError):
    """What was typed is no date; the message says how to put it right."""


def read_date(text: str) -> date:
    """A date as people write it: 1980-12-31, 31.12.1980, 31/12/1980, 31 Dec 1980, 19801231.

    With dots, slashes or spaces the day comes first. Raises UnreadableDateError.
    """
    year, month, day = _parts(text.strip())
    if not 1 <= month <= 12:
        raise UnreadableDateError(NO_MONTH.format(month=month))
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableDateError(_impossible(year, month)) from error


def as_iso(text: str) -> str:
    """A date as people write it in the form that a search reads; anything else as it is."""
    try:
        return read_date(text).isoformat()
    except UnreadableDateError:
        return text


def _parts(text: str) -> tuple[int, int, int]:
    if found := re.fullmatch(r"(\d{4})[-./ ]?(\d{1,2})[-./ ]?(\d{1,2})", text, re.ASCII):
        year, month, day = found.groups()
        return int(year), int(month), int(day)
    if found := re.fullmatch(r"(\d{1,2})[-./ ]+(\d{1,2})[-./ ]+(\d{4})", text, re.ASCII):
        day, month, year = found.groups()
        return int(year), int(month), int(day)
    if found := re.fullmatch(r"(\d{1,2})\.? +([A-Za-z]{3,9})\.?,? +(\d{4})", text, re.ASCII):
        day, name, year = found.groups()
        if name[:3].lower() in MONTHS:
            return int(year), MONTHS.index(name[:3].lower()) + 1, int(day)
    raise UnreadableDateError(UNREADABLE)


def _impossible(year: int, month: int) -> str:
    if not 1 <= year < 9999:
        return UNREADABLE
    following = date(year + month // 12, month % 12 + 1, 1)
    days = (following - date(year, month, 1)).days
    name = date(year, month, 1).strftime("%B")
    return DAYS_IN.format(month=name, year=year, days=days)
