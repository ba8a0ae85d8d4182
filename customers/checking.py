"""The customer's own question, "am I listed?": yes, similar or no, and nothing else.

The same work is done for each answer; nobody may ask often, nor anybody about one name, document or
listed person; and for customers numbers and dates count only whole: otherwise the list could be
read by trying.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.conf import settings

from audit import limits
from audit.addresses import network_of
from audit.entries import add_entry
from audit.limits import Allowance
from customers.rows import CustomerRow
from customers.search.likest import likest, questions_about
from customers.search.search import Hit, Question, search_for
from customers.text_forms import document_key, plain
from customers.writing.spelling import sound
from entities.roles import sees_all
from entities.text_forms import SHORTEST_OPEN_WORD
from events.clock import instant_of
from events.principal import Act

Listed = Literal["yes", "similar", "no"]

# People looked at.
MAX_PEOPLE = 100
ACTION = "customer.checked"
NAMES = ("surname", "name")
# Answers come at whole fifths of a second after the question: a common name takes some milliseconds
# longer to look through, and nobody shall read from that whether somebody has it. Two searches take
# 40 ms for 180 people, on two busy cores up to 100.
BEAT_NS = 200_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """`customer` = who it is, of a yes alone; who asked sees it masked."""

    listed: Listed
    customer: CustomerRow | None = None


def is_listed(act: Act, *, asked: Mapping[str, str]) -> Listed:
    """As `look`, and only the answer."""
    return look(act, asked=asked).listed


def look(act: Act, *, asked: Mapping[str, str]) -> Answer:
    """`asked`: a document number or both names, and the birth date.

    Outside of a transaction the question counts although it fails. Raises
    audit.limits.TooManyQuestions.
    """
    limits.take([_of_network(act), *_of_subjects(asked)], now=instant_of(act.now_us))
    try:
        return _looked(act, asked)
    finally:
        _wait_for_beat(act)


def _looked(act: Act, asked: Mapping[str, str]) -> Answer:
    now = instant_of(act.now_us)
    is_whole_only = not sees_all(act.principal)
    hits = _found(asked, today=now.date(), is_whole_only=is_whole_only)
    question = Question(**asked)
    person = likest(question, today=now.date(), is_whole_only=is_whole_only)
    limits.take([questions_about(person, asked=question)], now=now)
    add_entry(
        act,
        action=ACTION,
        query=" ".join(asked[key] for key in sorted(asked)),
        hit_ids=[hit.customer.entity_uid for hit in hits],
        result_count=len(hits),
    )
    listed = _answer(hits, asked)
    return Answer(listed, hits[0].customer if listed == "yes" else None)


def remaining(act: Act) -> int:
    """How many more questions this network has answered within the hour."""
    return limits.remaining([_of_network(act)], now=instant_of(act.now_us))


def _of_network(act: Act) -> Allowance:
    most = settings.CHECKS_PER_ADDRESS
    said = f"{most} questions an hour are answered."
    return Allowance(f"check from {network_of(act.address)}", most, said)


def _of_subjects(asked: Mapping[str, str]) -> list[Allowance]:
    """Who is asked about, by name and by document, listed or not. Spelling by ear, initials and
    the order of words make no other person; what else is tried counts against who is meant."""
    most = settings.CHECKS_PER_SUBJECT
    words = {word for key in NAMES for word in plain(asked.get(key)).split()}
    names = " ".join(sorted({sound(word) for word in words if len(word) > 1}))
    document = document_key(asked.get("document_number"))
    subjects = [f"name {names}" if words else "", f"document {document}" if document else ""]
    return [
        Allowance(f"check of {subject}", most, f"{most} questions an hour about one person.")
        for subject in subjects
        if subject
    ]


def _found(asked: Mapping[str, str], *, today: date, is_whole_only: bool) -> list[Hit]:
    """The one who fits best. What is asked of the database depends on the question alone."""
    hits = search_for(
        Question(**asked),
        mode="fuzzy",
        limit=MAX_PEOPLE,
        today=today,
        is_whole_only=is_whole_only,
        is_thorough=True,
    )
    called_so = _called_so(asked, today=today) if _is_by_short_names(asked) else []
    return [hit for hit in (*called_so, *hits) if _fits_short_words(hit, asked)][:1]


def _called_so(asked: Mapping[str, str], *, today: date) -> list[Hit]:
    """Who was born that day and has just these names: by short ones the fuzzy search brings nobody,
    and of all who were born on one day only some."""
    names = " ".join(asked[key] for key in NAMES)
    question = Question(q=names, dob=asked["dob"])
    hits = search_for(question, mode="exact", limit=MAX_PEOPLE, today=today)
    words = set(plain(names).split())
    return [hit for hit in hits if _words_held(hit) == words]


def _is_by_short_names(asked: Mapping[str, str]) -> bool:
    words = plain(" ".join(asked.get(key, "") for key in NAMES)).split()
    has_short = any(len(word) < SHORTEST_OPEN_WORD for word in words)
    return has_short and asked.keys() == {*NAMES, "dob"}


def _words_held(hit: Hit) -> set[str]:
    return set(f"{plain(hit.customer.surname)} {plain(hit.customer.name)}".split())


def _fits_short_words(hit: Hit, asked: Mapping[str, str]) -> bool:
    """Names of one or two letters are no evidence for the search; here they count, as they are.
    What has neither letter nor digit fits nobody."""
    held = _words_held(hit)
    for key in asked.keys() - {"dob"}:
        words = plain(asked[key]).split()
        short = {word for word in words if len(word) < SHORTEST_OPEN_WORD}
        if not words or (key != "document_number" and not short <= held):
            return False
    return True


def _wait_for_beat(act: Act) -> None:
    if act.started_ns:
        time.sleep((act.started_ns - time.perf_counter_ns()) % BEAT_NS / 1e9)


def _answer(hits: list[Hit], asked: Mapping[str, str]) -> Listed:
    verdicts = {why.verdict for hit in hits for why in hit.why}
    if not verdicts or "differs" in verdicts:
        return "no"
    is_whole = all(_has_every_word(hit, asked) for hit in hits)
    return "yes" if verdicts == {"same"} and is_whole else "similar"


def _has_every_word(hit: Hit, asked: Mapping[str, str]) -> bool:
    """A name of which one word fits may have been asked for with another one, too."""
    found = {word for why in hit.why for word in why.query.split()}
    words = {word for key in NAMES for word in asked.get(key, "").split()}
    return {word for word in words if len(plain(word)) >= SHORTEST_OPEN_WORD} <= found
