"""Values and differences in words, for the pages: pure, no clock, no HTML."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from customers.writing import transliteration
from entities.text_forms import without_marks

LABELS: Mapping[str, str] = {
    "SURNAME": "Surname",
    "NAME": "Name",
    "DOB": "Birth date",
    "DOCUMENT_NUMBER": "Document number",
    "EMAIL": "Email",
    "PHONE": "Phone",
    "ADDRESS": "Address",
    "WEBSITE": "Website",
    "NOTES": "Notes",
}
IDENTIFYING = ("SURNAME", "NAME", "DOB", "DOCUMENT_NUMBER")

# Below this likeness two values are simply different: marking every letter would explain nothing.
LEAST_LIKENESS = 0.4

DAY_IN_WORDS = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Runs = tuple[tuple[str, bool], ...]


def instant(value: Any) -> datetime:
    """An instant as queries or the API give it: µs since 1970, RFC 3339, or aware datetime."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, int):
        return EPOCH + timedelta(microseconds=value)
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def label(code: str, labels: Mapping[str, str] | None = None) -> str:
    """What people call a detail: "Birth date" for DOB; an unknown code is made readable."""
    known = (labels or {}).get(code) or LABELS.get(code)
    return known or code.replace("_", " ").capitalize()


def within_sentence(text: str) -> str:
    """A label inside a sentence: "birth date"; abbreviations such as "ID card" stay as they are."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def civil_date(value: Any) -> date | None:
    """The day that an ISO date means, or None for anything else ("1990", free text)."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def day(value: date) -> str:
    return f"{value.day} {value:%b} {value.year}"


def in_words(value: Any) -> str:
    """A detail's value as people read it: dates "5 Nov 1990", yes and no, all else as written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    found = civil_date(value)
    return day(found) if found else str(value)


def in_latin(text: str) -> str:
    """The form in which names of several scripts are compared, with capitals as names have them;
    Latin names stay as they are."""
    letters = [char for char in text if char.isalpha()]
    if all(unicodedata.name(char, "LATIN").startswith("LATIN") for char in letters):
        return text
    return " ".join(word[:1].upper() + word[1:] for word in transliteration.in_latin(text).split())


def in_one_script(text: str, other: str) -> tuple[str, str]:
    """Both as written when both are in another script than Latin, otherwise both in Latin."""
    latin, other_latin = in_latin(text), in_latin(other)
    if latin != text and other_latin != other:
        return text, other
    return latin, other_latin


def clusters(text: str) -> list[str]:
    """Letters as people see them: a combining mark stays with the letter it stands on."""
    found: list[str] = []
    for char in text:
        if found and (unicodedata.combining(char) or char == "\u200d"):
            found[-1] += char
        else:
            found.append(char)
    return found


def marked(text: str, other: str) -> Runs:
    """`text` cut into (piece, differs from `other`) runs: letters of words, whole parts of dates.

    Case does not count, diacritics do. Unlike values come back as one unmarked run.
    """
    return _marked(text, other, str.casefold)


def marked_as_compared(text: str, other: str) -> Runs:
    """As `marked`, of what search compared: the accents of Greek, which its capitals go without,
    do not count either."""
    return _marked(text, other, _without_greek_accent)


def _marked(text: str, other: str, fold: Callable[[str], str]) -> Runs:
    if not text or not other:
        return ((text, False),) if text else ()
    if _is_day(text) and _is_day(other):
        return _marked_parts(in_words(text).split(" "), in_words(other).split(" "))
    if _is_day(text) != _is_day(other):  # what differs is the form
        return ((in_words(text), False),)
    here, there = clusters(text), clusters(other)
    folded = [fold(letter) for letter in here]
    matcher = SequenceMatcher(None, [fold(letter) for letter in there], folded, autojunk=False)
    if matcher.ratio() < LEAST_LIKENESS:
        return ((text, False),)
    runs: list[tuple[str, bool]] = []
    for verb, _, _, start, end in matcher.get_opcodes():
        if start < end:
            runs.append(("".join(here[start:end]), verb != "equal"))
    return tuple(runs)


def _is_day(text: str) -> bool:
    return civil_date(text) is not None or DAY_IN_WORDS.fullmatch(text) is not None


def _without_greek_accent(letter: str) -> str:
    is_greek = unicodedata.name(letter[0], "").startswith("GREEK")
    return without_marks(letter) if is_greek else letter.casefold()


def _marked_parts(here: Sequence[str], there: Sequence[str]) -> Runs:
    runs: list[tuple[str, bool]] = []
    for place, part in enumerate(here):
        if place:
            runs.append((" ", False))
        runs.append((part, part != there[place]))
    return tuple(runs)
