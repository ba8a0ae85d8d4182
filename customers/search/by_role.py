"""Search by role: staff as they like, others by whole values and not without end."""

from datetime import date

from audit.limits import take
from customers.search.likest import likest, questions_about
from customers.search.query_reading import is_dated
from customers.search.search import Hit, Mode, Question, search_for
from customers.text_forms import document_key, plain
from entities.open_search import take_search
from entities.roles import sees_all
from entities.text_forms import SHORTEST_OPEN_WORD
from events.clock import instant_of
from events.principal import Act

# People looked at in exact mode to find those whose names hold every word.
MAX_PEOPLE = 100


def search_as(act: Act, question: Question, *, mode: Mode, limit: int, today: date) -> list[Hit]:
    """Hits for whoever asks; the caller masks them.

    Who sees masked values finds by whole words: otherwise a name could be found by three letters of
    it, and then by one letter more. A birth date counts only beside a name or a document number
    that fits, and not without end. Outside of a transaction a search counts although it fails.
    Raises audit.limits.TooManyQuestions.
    """
    if sees_all(act.principal):
        return search_for(question, mode=mode, limit=limit, today=today)
    take_search(act)
    has_date = is_dated(q=question.q, dob=question.dob, today=today)
    if has_date:
        person = likest(question, today=today, is_whole_only=True)
        if person is None:
            return []
        take([questions_about(person, asked=question)], now=instant_of(act.now_us))
    hits = _whole_hits(question, mode=mode, limit=limit, today=today)
    return [hit for hit in hits if _is_fitting(hit)] if has_date else hits


def _whole_hits(question: Question, *, mode: Mode, limit: int, today: date) -> list[Hit]:
    if mode == "fuzzy":
        return search_for(question, mode=mode, limit=limit, today=today, is_whole_only=True)
    hits = search_for(question, mode=mode, limit=MAX_PEOPLE, today=today, is_whole_only=True)
    return [hit for hit in hits if _holds_whole(hit, question)][:limit]


def _is_fitting(hit: Hit) -> bool:
    """Who has the birth date, but another name or none that was asked for, is not meant."""
    is_named = any(why.field != "dob" for why in hit.why)
    return is_named and all(why.verdict != "differs" for why in hit.why)


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
