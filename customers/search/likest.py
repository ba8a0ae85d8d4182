"""Whom a question can be about but for its birth date, and how often that person is asked about.

Whoever tries one birth date after the other asks about one person, however the name is written.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from heapq import nlargest
from itertools import chain
from uuid import UUID

from django.conf import settings

from audit.limits import Allowance
from customers.search.candidates import Nets, nets_for
from customers.search.hits import Question
from customers.search.index import listed
from customers.search.lexicon import Lexicon
from customers.search.matching import Fit, best_names, fit_of, held_documents, held_names
from customers.search.query_reading import Query, read_query
from customers.search.ranking import MOST_JUDGED, Candidate, Promise


def questions_about(person: UUID | None, *, asked: Question) -> Allowance:
    """How many are answered about this person; or, so that the work is the same, about nobody."""
    most = settings.CHECKS_PER_SUBJECT
    subject = f"person {person}" if person else f"nobody like {replace(asked, dob=None).text()}"
    return Allowance(f"check of {subject}", most, f"{most} questions an hour about one person.")


def likest(question: Question, *, today: date, is_whole_only: bool) -> UUID | None:
    """Who fits best of those in whom nothing but the birth date can differ, however unlikely it is
    that one of them is meant; always the same one. What the database is asked depends on the
    question alone."""
    query = _undated(question.bounded(), today=today, is_whole_only=is_whole_only)
    if query.is_empty:
        return None
    there = listed()
    nets = nets_for(query, people=there.people, is_indexed=there.is_indexed, is_thorough=True)
    found = {candidate.uid: candidate for candidate in _candidates(nets)}
    promise = Promise.of(query, nets.lexicon, nets.meant)
    ranked = nlargest(
        MOST_JUDGED, found.values(), key=lambda each: (promise.bits(each), each.uid.int)
    )
    fits = {each.uid: _fit(query, each, nets.lexicon) for each in ranked}
    fitting = [uid for uid, fit in fits.items() if _is_fitting(fit)]
    weights = nets.lexicon.weights
    return max(fitting, key=lambda uid: (fits[uid].bits(weights), uid.int), default=None)


def _undated(question: Question, *, today: date, is_whole_only: bool) -> Query:
    """Here short names count, too: who has just that one is more like it than who has not."""
    query = read_query(
        q=question.q,
        surname=question.surname,
        name=question.name,
        document_number=question.document_number,
        today=today,
    )
    clues = tuple(clue for clue in query.clues if not clue.dates)
    return replace(query, clues=clues, is_whole_only=is_whole_only)


def _candidates(nets: Nets) -> Iterator[Candidate]:
    yield from nets.fine()
    yield from chain.from_iterable(nets.wide())
    yield from chain.from_iterable(nets.widest())


def _fit(query: Query, candidate: Candidate, lexicon: Lexicon) -> Fit:
    names = best_names(query, held_names(candidate.search_text), lexicon)
    documents = held_documents(candidate.search_text, candidate.document_key)
    return fit_of(query, names, candidate.dob, documents, weights=lexicon.weights)


def _is_fitting(fit: Fit) -> bool:
    return all(why.verdict != "differs" for why in fit.why)
