"""Questions → the product's answers → how many were right, and how sure it was.

Right is a row with the very name of the person asked for, as compared and in any order (nobody can
tell namesakes apart by name); with a birth date or document number it has to be the person.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.search.search import Question, search_for
from customers.text_forms import plain
from events import sql
from tests.benchmarks.people import Person
from tests.benchmarks.search_questions import AS_WRITTEN, NAME, Asked, today
from tests.benchmarks.search_results import Bin, Nonsense, Quality, Recall, Strangers

PAGE = 10
KEPT_SHARE = 0.95
BIN_COUNT = 10
STRANGERS_PER_LISTED = 0.25

Name = tuple[str, ...]

KNOWN_SQL = "SELECT word FROM customers_searchword WHERE word = ANY(%(words)s)"


@dataclass(frozen=True, slots=True)
class Found:
    """One row of an answer."""

    uid: UUID
    name: Name
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    asked: Asked
    found: Sequence[Found]

    @property
    def place(self) -> int | None:
        """Where the right one stands, from 0 on."""
        return next((place for place, row in enumerate(self.found) if self.is_right(row)), None)

    @property
    def is_first_right(self) -> bool:
        return self.place == 0

    @property
    def score(self) -> float:
        return self.found[0].score if self.found else 0.0

    def is_right(self, row: Found) -> bool:
        person = self.asked.person
        if person is None:
            return False
        if self.asked.group == NAME:
            return row.name == name_of(person.surname, person.name)
        return row.uid == person.uid


def name_of(surname: str | None, name: str | None) -> Name:
    return tuple(sorted(f"{plain(surname)} {plain(name)}".split()))


def question_of(asked: Asked) -> Question:
    return Question(q=asked.text, **asked.fields)


def ask(asked: Asked) -> Answer:
    hits = search_for(question_of(asked), mode="fuzzy", limit=PAGE, today=today())
    found = [
        Found(hit.customer.entity_uid, name_of(hit.customer.surname, hit.customer.name), hit.score)
        for hit in hits
    ]
    return Answer(asked, found)


def quality(name: str, answers: Sequence[Answer], *, beside: Sequence[Answer] = ()) -> Quality:
    """`beside`: with a birth date or document number; they stand by themselves, as do names that
    have no error."""
    kinds: dict[str, list[Answer]] = defaultdict(list)
    others: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        kinds[answer.asked.kind].append(answer)
    for answer in beside:
        others[answer.asked.group].append(answer)
    written = kinds.pop(AS_WRITTEN, [])
    return Quality(
        name,
        overall=recall(answer for found in kinds.values() for answer in found),
        classes={kind: recall(found) for kind, found in kinds.items()},
        beside={
            kind: recall(found) for kind, found in {AS_WRITTEN: written, **others}.items() if found
        },
    )


def recall(answers: Iterable[Answer]) -> Recall:
    places = [answer.place for answer in answers]
    return Recall(
        asked=len(places),
        first=sum(place == 0 for place in places),
        ten=sum(place is not None and place < PAGE for place in places),
    )


def strangers(
    listed: Mapping[str, Sequence[Answer]], unlisted: Mapping[str, Sequence[Answer]]
) -> list[Strangers]:
    """By kind of question. A stranger whose very name is on the list is left out when asked by
    name alone: nobody could tell."""
    found = []
    for kind, answers in listed.items():
        kept = threshold(answers)
        asked = [answer for answer in unlisted[kind] if answer.place is None]
        through = sum(answer.score >= kept for answer in asked if answer.found)
        found.append(Strangers(kind, kept, len(asked), through))
    return found


def threshold(answers: Iterable[Answer]) -> float:
    """The greatest score that keeps 95 % of the right first answers."""
    scores = sorted(answer.score for answer in answers if answer.is_first_right)
    return scores[int(len(scores) * (1 - KEPT_SHARE))] if scores else 0.0


def nonsense(answers: Iterable[Answer]) -> list[Nonsense]:
    kinds: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        kinds[answer.asked.kind].append(answer)
    return [
        Nonsense(kind, len(found), sum(not answer.found for answer in found))
        for kind, found in kinds.items()
    ]


def without_names(asked: Sequence[Asked]) -> list[Asked]:
    """Nonsense none of whose words is anybody's name."""
    words = {word for one in asked for word in plain(one.text).split()}
    known = {word for (word,) in sql.fetch(KNOWN_SQL, {"words": sorted(words)})}
    return [one for one in asked if not known.intersection(plain(one.text).split())]


def reliability(listed: Sequence[Answer], unlisted: Sequence[Answer], *, seed: str) -> list[Bin]:
    """First answers over four listed people to one stranger, by score."""
    bins: list[list[Answer]] = [[] for _ in range(BIN_COUNT)]
    for answer in mixed(listed, unlisted, seed=seed):
        if answer.found:
            bins[min(int(answer.score * BIN_COUNT), BIN_COUNT - 1)].append(answer)
    return [
        Bin(
            least=number / BIN_COUNT,
            most=(number + 1) / BIN_COUNT,
            answers=len(found),
            right=sum(answer.is_first_right for answer in found),
            mean_score=sum(answer.score for answer in found) / len(found) if found else 0.0,
        )
        for number, found in enumerate(bins)
    ]


def mixed(listed: Sequence[Answer], unlisted: Sequence[Answer], *, seed: str) -> list[Answer]:
    rng = random.Random(f"{seed} reliability")
    count = min(len(unlisted), int(len(listed) * STRANGERS_PER_LISTED))
    return [*rng.sample(listed, 4 * count), *rng.sample(unlisted, count)]


def worst(answers: Iterable[Answer], *, per_kind: int) -> list[str]:
    """Lines about questions that were not answered right, for whoever tunes the search."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for answer in sorted(answers, key=lambda one: one.place is not None):
        if not answer.is_first_right and len(kinds[_label(answer.asked)]) < per_kind:
            kinds[_label(answer.asked)].append(_told(answer))
    return [line for kind, lines in kinds.items() for line in (f"## {kind}", *lines)]


def let_through(answers: Iterable[Answer], least: float) -> list[str]:
    """Lines about answers to questions that have no right one."""
    return [
        _told(answer)
        for answer in answers
        if answer.found and answer.place is None and answer.score >= least
    ]


def _label(asked: Asked) -> str:
    return asked.kind if asked.group == NAME else f"{asked.group}: {asked.kind}"


def _told(answer: Answer) -> str:
    asked, person = answer.asked, answer.asked.person
    given = " ".join(f"{key}={value}" for key, value in asked.fields.items())
    first = answer.found[0] if answer.found else None
    came = f"{' '.join(first.name)} {first.score:.3f}" if first else "nothing"
    place = "not found" if answer.place is None else f"place {answer.place + 1}"
    return f"  {asked.text!r} {given} → {_person(person)}: {place}; first came {came}"


def _person(person: Person | None) -> str:
    if person is None:
        return "nobody"
    return (
        f"{person.culture.code} {person.name} | {person.surname} "
        f"[{' '.join(name_of(person.surname, person.name))}] {person.dob} {person.document_number}"
    )


Asker = Callable[[Asked], Answer]


def answers_by(
    search: Callable[[str], Collection[UUID]], questions: Sequence[Asked]
) -> list[Answer]:
    """Of a way to search that gives ids; their names are looked up afterwards."""
    found = [(asked, list(search(asked.text))[:PAGE]) for asked in questions]
    names = _names({uid for _, uids in found for uid in uids})
    return [Answer(asked, [Found(uid, names[uid], 0.0) for uid in uids]) for asked, uids in found]


NAMES_SQL = """
SELECT entity_uid, surname, name FROM customers_customer WHERE entity_uid = ANY(%(uids)s)
"""


def _names(uids: Collection[UUID]) -> dict[UUID, Name]:
    rows: list[tuple[Any, ...]] = sql.fetch(NAMES_SQL, {"uids": sorted(uids)})
    return {uid: name_of(surname, name) for uid, surname, name in rows}
