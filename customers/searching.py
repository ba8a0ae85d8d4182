"""Search by role: staff as they like, others by whole values and not without end."""

from datetime import date

from customers.query_reading import SHORTEST_OPEN_WORD
from customers.search import Hit, Mode, Question, search_for
from customers.text_forms import document_key, plain
from entities.open_search import take_search
from entities.roles import sees_all
from events.principal import Act

# People looked at in exact mode to find those whose names hold every word.
MAX_PEOPLE = 100


def search_as(act: Act, question: Question, *, mode: Mode, limit: int, today: date) -> list[Hit]:
    """Hits for whoever asks; the caller masks them.

    Who sees masked values finds by whole words: otherwise a name could be found by three letters of
    it, and then by one letter more. Outside of a transaction a search counts although it fails.
    Raises audit.limits.TooManyQuestions.
    """
    if sees_all(act.principal):
        return search_for(question, mode=mode, limit=limit, today=today)
    take_search(act)
    if mode == "fuzzy":
        return search_for(question, mode=mode, limit=limit, today=today, is_whole_only=True)
    hits = search_for(question, mode=mode, limit=MAX_PEOPLE, today=today, is_whole_only=True)
    return [hit for hit in hits if _holds_whole(hit, question)][:limit]


def _holds_whole(hit: Hit, question: Question) -> bool:
    held = hit.customer
    surname, name = _words(held.surname), _words(held.name)
    names = surname | name or _words(held.display_name)
    key = document_key(held.document_number)
    is_in_names = _words(question.surname) <= surname and _words(question.name) <= name
    return is_in_names and all(
        _is_whole(part, names) or document_key(part) == key for part in question.q.split()
    )


def _is_whole(part: str, names: set[str]) -> bool:
    words = _words(part)
    return words <= names and all(len(word) >= SHORTEST_OPEN_WORD for word in words)


def _words(text: str | None) -> set[str]:
    return set(plain(text).split())
