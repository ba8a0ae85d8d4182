"""How a search was read, in words, and what a new customer with these words would be. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from customers.search.date_reading import numbers_of
from customers.search.query_reading import Clue, Query
from customers.web import wording

CHOICES = (
    ("surname", "Surname"),
    ("name", "Name"),
    ("dob", "Birth date"),
    ("document_number", "Document number"),
)
LABELS = dict(CHOICES)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the search and the field it would fill; `typed` when it was read differently."""

    name: str
    value: str
    typed: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.name]

    @property
    def is_day_first(self) -> bool:
        """Was it a date that could have been read month first?"""
        return self.name == "dob" and re.match(r"\d{1,2}[-./ ]\s*\d", self.typed) is not None


@dataclass(frozen=True, slots=True)
class OtherSearch:
    """The same person, looked for by one kind of evidence alone."""

    words: str
    q: str


def read_as(query: Query) -> list[str]:
    """ "name or surname ≈ alyse", "born in 1990", "document C-88120345"."""
    named = [f"name or surname ≈ {typed}" for typed in _typed_words(query)]
    return named + [_clue_words(clue) for clue in query.clues]


def _clue_words(clue: Clue) -> str:
    readings = [f"born {wording.day(day)}" for day in sorted(clue.dates)]
    if clue.year:
        readings.append(f"born in {clue.year}")
    if clue.document and not (clue.dates or clue.year):
        readings.append(f"document {clue.typed}")
    return " or ".join(readings) or clue.typed


def parts(q: str, query: Query) -> list[Part]:
    """The search as values of a new customer: before a comma, or first, stands the surname."""
    found = _names(q, query)
    for clue in query.clues:
        if clue.dates:
            day = _usual(clue).isoformat()
            found.append(Part("dob", day, "" if clue.typed == day else clue.typed))
        elif clue.document and not clue.year:
            found.append(Part("document_number", clue.typed))
    return list({part.name: part for part in reversed(found)}.values())[::-1]


def _usual(clue: Clue) -> date:
    """Of several dates that it can be the one that its writing usually means."""
    return next(day for read in numbers_of(clue.typed) if (day := read.date()) in clue.dates)


def _names(q: str, query: Query) -> list[Part]:
    words = _typed_words(query)
    if not words:
        return []
    before_comma = (
        set(re.split(r"[,،]", q, maxsplit=1)[0].split()) if re.search("[,،]", q) else set()
    )
    surnames = [word for word in words if word in before_comma] or words[:1]
    names = [word for word in words if word not in surnames]
    found = [Part("surname", _as_name(surnames))]
    return found + ([Part("name", _as_name(names))] if names else [])


def _as_name(words: Iterable[str]) -> str:
    """Names typed in small letters begin with a capital; anything else stays as it was typed."""
    return " ".join(word[:1].upper() + word[1:] if word.islower() else word for word in words)


def _typed_words(query: Query) -> list[str]:
    """Words as typed, once each: "Jean-Luc" is compared as two and was typed as one."""
    return list(dict.fromkeys(word.typed for word in query.words))


def values(found: Iterable[Part], names: Sequence[str] = ()) -> dict[str, str]:
    """Parts as values of a form, by field; `names`, in the order of the parts, says where somebody
    else wants them ("" = left out). What goes into one field is joined."""
    filled: dict[str, str] = {}
    for place, part in enumerate(found):
        name = names[place] if place < len(names) else part.name
        if name in LABELS:
            filled[name] = f"{filled.get(name, '')} {part.value}".strip()
    return filled


def other_searches(query: Query) -> list[OtherSearch]:
    """Each kind of evidence by itself, when there is more than one kind."""
    words = " ".join(_typed_words(query))
    dates = " ".join(clue.typed for clue in query.clues if clue.dates or clue.year)
    documents = " ".join(c.typed for c in query.clues if not (c.dates or c.year))
    kinds = (
        ("Only the name", words),
        ("Only the birth date", dates),
        ("Only the document number", documents),
    )
    found = [OtherSearch(title, q) for title, q in kinds if q]
    return found if len(found) > 1 else []
