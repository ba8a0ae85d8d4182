"""What is asked of a search and what it answers: values, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from customers.rows import CustomerRow
from customers.search.clue_reading import VerdictName
from customers.search.matching import THRESHOLD

Mode = Literal["exact", "fuzzy"]
MODES: tuple[Mode, ...] = ("exact", "fuzzy")
MAX_QUERY_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Why:
    """What one field had to do with the answer; `query` as asked, `value` as held."""

    field: str
    verdict: VerdictName
    query: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """`also_named`: how many more listed customers have this very name and are not shown."""

    customer: CustomerRow
    score: float
    why: tuple[Why, ...]
    also_named: int = 0


def likely(hits: Iterable[Hit]) -> list[Hit]:
    """Without those behind the best one who are as unlikely as whom a search does not return."""
    return [hit for hit in hits if hit.score >= THRESHOLD]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: free text beside or instead of single fields. All of it counts."""

    q: str = ""
    surname: str | None = None
    name: str | None = None
    dob: str | None = None
    document_number: str | None = None

    def text(self) -> str:
        """All of it as one text, e.g. to recognise the same question again."""
        parts = (self.q, self.surname, self.name, self.dob, self.document_number)
        return " ".join(part for part in parts if part)

    def bounded(self) -> "Question":
        """The rest of an endless text is not looked at."""
        given = {name: getattr(self, name) for name in self.__slots__}
        endless = {
            name: text[:MAX_QUERY_LENGTH]
            for name, text in given.items()
            if text and len(text) > MAX_QUERY_LENGTH
        }
        return replace(self, **endless) if endless else self


def value_of(customer: CustomerRow, field: str) -> str | None:
    value = getattr(customer, field)
    return value.isoformat() if isinstance(value, date) else value
