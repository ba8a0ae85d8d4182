"""Search by role: staff as they like, others by whole values and not without end."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from rapidfuzz.distance import OSA

from customers.query_reading import SHORTEST_OPEN_WORD
from customers.search import Hit, Mode, Question, Why, search_for
from customers.text_forms import document_key, plain
from entities.open_search import take_search
from entities.roles import sees_all
from events.principal import Act

# People looked at to find those whose names hold every word.
MAX_PEOPLE = 100
NAMES = ("surname", "name", "display_name")
# Misspelled letters in a word of up to five letters, and in a longer one.
FEW_EDITS, MORE_EDITS, LONG_WORD = 1, 2, 6


def search_as(act: Act, question: Question, *, mode: Mode, limit: int, today: date) -> list[Hit]:
    """Hits for whoever asks; the caller masks them.

    Who sees masked values finds by whole words, in fuzzy mode by nearly whole ones: otherwise a
    name could be found by three letters of it, and then by one letter more. Outside of a
    transaction a search counts although it fails. Raises audit.limits.TooManyQuestions.
    """
    if sees_all(act.principal):
        return search_for(question, mode=mode, limit=limit, today=today)
    take_search(act)
    hits = search_for(question, mode=mode, limit=MAX_PEOPLE, today=today, is_whole_only=True)
    if mode == "exact":
        return [hit for hit in hits if _holds_whole(hit, question)][:limit]
    return [hit for hit in hits if all(map(_is_near, hit.why))][:limit]


def _holds_whole(hit: Hit, question: Question) -> bool:
    held = hit.customer
    surname, name = set(_words(held.surname)), set(_words(held.name))
    names = surname | name or set(_words(held.display_name))
    key = document_key(held.document_number)
    is_in_names = surname.issuperset(_words(question.surname)) and name.issuperset(
        _words(question.name)
    )
    return is_in_names and all(
        _is_whole(part, names) or document_key(part) == key for part in question.q.split()
    )


def _is_whole(part: str, names: set[str]) -> bool:
    words = _words(part)
    return names.issuperset(words) and all(len(word) >= SHORTEST_OPEN_WORD for word in words)


def _is_near(why: Why) -> bool:
    """Is each word asked for a word of the name, but for a letter or two? Words may be written
    together or apart."""
    if why.field not in NAMES or why.verdict not in ("same", "similar"):
        return True
    held, asked = _words(why.value), _words(why.query)
    whole = {word for pair in pairwise(asked) if (word := "".join(pair)) in held}
    return all(
        any(word in together for together in whole) or _is_like(word, [*held, *_joined(held)])
        for word in asked
    )


def _is_like(word: str, held: Iterable[str]) -> bool:
    most = MORE_EDITS if len(word) >= LONG_WORD else FEW_EDITS
    return any(OSA.distance(word, other, score_cutoff=most) <= most for other in held)


def _joined(words: list[str]) -> list[str]:
    return ["".join(pair) for pair in pairwise(words)]


def _words(text: str | None) -> list[str]:
    return plain(text).split()
