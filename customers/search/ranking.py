"""Candidates → answers: each judged, who cannot be told apart counted, the best first. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from math import log2
from typing import Any, NamedTuple
from uuid import UUID

from rapidfuzz import fuzz

from customers.search.lexicon import Lexicon, Meant
from customers.search.matching import (
    FOLLOWING_BITS,
    THRESHOLD,
    Evidence,
    Fit,
    Names,
    best_names,
    fit_of,
    held_documents,
    held_names,
    probability,
)
from customers.search.query_reading import Query
from customers.text_forms import COLUMN, NAMES_END

# How many people one net may bring.
MOST = 300
# Of these, how many names are judged in full, and how many people of each: the others have less
# in common with the query.
MOST_JUDGED, MOST_NAMESAKES = 30, 100
# Initials, articles and particles make nobody sure.
SURE_WORDS, SHORTEST_SURE = 2, 3
ALIKE_BITS = 10.0  # of a name that is alike as a whole
COMPARED_COUNT = 6  # columns of a candidate, before those that are shown
DOCUMENT_BITS, DAY_BITS = 20.0, 14.0  # of a candidate who was found by one, before it is judged


class Candidate(NamedTuple):
    """A listed person as compared and ordered; `shown`: what a page says of it, if that came, too
    (queries.COLUMNS)."""

    uid: UUID
    word_ids: Sequence[int] | None
    search_text: str
    dob: date | None
    document_key: str | None
    sort_key: str
    shown: Sequence[Any] = ()


def candidate_of(row: Sequence[Any]) -> Candidate:
    """What is compared, then what is shown."""
    return Candidate._make((*row[:COMPARED_COUNT], row[COMPARED_COUNT:]))


@dataclass(frozen=True, slots=True)
class Judged:
    candidate: Candidate
    fit: Fit
    bits: float

    @property
    def evidence(self) -> Evidence:
        return self.fit.evidence

    @property
    def place(self) -> tuple[float, str, bool, str, int]:
        """The order of answers: the likeliest, then by name, birth date and id."""
        candidate = self.candidate
        born = candidate.dob
        return (
            -self.bits,
            candidate.sort_key,
            born is None,
            born.isoformat() if born else "",
            candidate.uid.int,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    judged: Judged
    score: float
    also_named: int


@dataclass(slots=True)
class Ranking:
    """Everybody who was found for one query so far; `but` is not looked at."""

    query: Query
    lexicon: Lexicon
    but: UUID | None = None
    is_cut: bool = False  # a net was full: there are more of the kind
    _judged: dict[UUID, Judged] = field(default_factory=dict)
    _seen: set[tuple[UUID, str]] = field(default_factory=set)
    _names: dict[object, Names] = field(default_factory=dict)
    _is_satisfied: bool | None = None  # not known since somebody was added
    _told: int = 0  # what the lexicon knew when they were judged

    def add(self, candidates: Iterable[Candidate], meant: Iterable[Meant]) -> None:
        found = list(candidates)
        self.is_cut = self.is_cut or len(found) >= MOST
        found = [candidate for candidate in found if candidate.uid != self.but]
        self._seen.update((candidate.uid, _own_name(candidate)) for candidate in found)
        if self._told != self.lexicon.told:
            found = [*found, *self._forgotten()]
        # By uid: one net may bring the same person by a word and by the birth date.
        fresh = list({each.uid: each for each in found if each.uid not in self._judged}.values())
        if len(fresh) > MOST_JUDGED:
            promise = Promise.of(self.query, self.lexicon, meant)
            fresh = _shortlist(sorted(fresh, key=promise.bits, reverse=True))
        if fresh:
            self._is_satisfied = None
        self._judged.update((candidate.uid, self._judge(candidate)) for candidate in fresh)

    def _forgotten(self) -> list[Candidate]:
        """All who were judged by what was known of words before."""
        judged = [judged.candidate for judged in self._judged.values()]
        self._judged.clear()
        self._names.clear()
        self._told = self.lexicon.told
        return judged

    @property
    def is_satisfied(self) -> bool:
        """Somebody has all that was asked for as it was asked, or is more likely meant than not."""
        if self._is_satisfied is None:
            self._is_satisfied = self._has_who_was_meant()
        return self._is_satisfied

    def _has_who_was_meant(self) -> bool:
        weights, strangers = self.lexicon.weights, self.lexicon.strangers
        complete = [
            judged.evidence
            for judged in self._judged.values()
            if not judged.evidence.unpaired
            and not any(found.verdict == "differs" for found in judged.fit.findings)
        ]
        return any(
            not evidence.inexact or count * 2.0 ** evidence.bits(weights) >= strangers
            for evidence, count in Counter(complete).items()
        )

    @property
    def is_nearly_satisfied(self) -> bool:
        """Somebody has all but one of the words, two of them as they were asked."""
        return any(
            judged.evidence.unpaired <= 1 and _sure_words(judged.fit.names) >= SURE_WORDS
            for judged in self._judged.values()
        )

    def answers(self, *, limit: int) -> list[Answer]:
        """Nobody when even the best is unlikely; people of the same name do not push out others."""
        if not self._judged:
            return []
        ranked = sorted(self._judged.values(), key=lambda judged: judged.place)
        least = ranked[0].bits - FOLLOWING_BITS
        ranked = [judged for judged in ranked if judged.bits >= least]
        scores = self._scores(ranked)
        if scores[ranked[0].evidence] < THRESHOLD:
            return []
        shown = _grouped(ranked, limit)
        namesakes = Counter(name for _, name in self._seen)
        namesakes.subtract(_own_name(judged.candidate) for judged in shown)
        # Many who fit less may together be likelier than one who fits better; each alone is not.
        falling = accumulate((scores[judged.evidence] for judged in shown), min)
        return [
            Answer(judged, score, namesakes[_own_name(judged.candidate)])
            for judged, score in zip(shown, falling, strict=True)
        ]

    def _scores(self, ranked: list[Judged]) -> dict[Evidence, float]:
        """That the person is one of those with this evidence, rather than somebody else here or a
        stranger."""
        weights = self.lexicon.weights
        counts = Counter(judged.evidence for judged in ranked)
        odds = {
            evidence: self._alike(evidence, count) * 2.0 ** evidence.bits(weights)
            for evidence, count in counts.items()
        }
        everybody = sum(odds.values()) + self.lexicon.strangers
        return {
            evidence: probability(log2(mass / max(everybody - mass, 1e-12)), weights)
            for evidence, mass in odds.items()
        }

    def _alike(self, evidence: Evidence, count: int) -> float:
        """How many on the list have this evidence; where not all were looked at, as many as chance
        would have it."""
        if not self.is_cut or evidence.unpaired or evidence.clues:
            return count
        if len(self.query.words) == 1:
            meant = self.lexicon.meant_by(self.query.words[0].text)
            return count * max(meant.bearers / len(self._judged), 1.0) if meant else count
        if evidence.inexact:
            return count
        return max(count, self.lexicon.people * 2.0**-evidence.gain)

    def _judge(self, candidate: Candidate) -> Judged:
        held = held_names(candidate.search_text)
        if held not in self._names:
            self._names[held] = best_names(self.query, held, self.lexicon)
        fit = fit_of(
            self.query,
            self._names[held],
            candidate.dob,
            held_documents(candidate.search_text, candidate.document_key),
            weights=self.lexicon.weights,
        )
        return Judged(candidate, fit, fit.bits(self.lexicon.weights))


@dataclass(frozen=True, slots=True)
class Promise:
    """What a candidate's evidence can be at most, roughly, by the numbers of the words alone."""

    gains: tuple[dict[int, float], ...]
    days: frozenset[object]
    documents: frozenset[str]
    text: str

    @classmethod
    def of(cls, query: Query, lexicon: Lexicon, meant: Iterable[Meant]) -> "Promise":
        gains = []
        for word in meant:
            rarity = lexicon.rarity(word.asked)
            gains.append({number: rarity - loss for number, loss in word.losses.items()})
        days = frozenset(day for clue in query.clues for day in clue.dates)
        documents = frozenset(clue.document for clue in query.clues if clue.document)
        return cls(tuple(gains), days, documents, " ".join(word.text for word in query.words))

    def bits(self, candidate: Candidate) -> float:
        held = candidate.word_ids or ()
        bits = sum(
            max((gains[number] for number in held if number in gains), default=0.0)
            for gains in self.gains
        )
        if candidate.dob in self.days:
            bits += DAY_BITS
        if candidate.document_key in self.documents:
            bits += DOCUMENT_BITS
        names = _own_name(candidate).replace(COLUMN, " ")
        return bits + ALIKE_BITS * fuzz.token_sort_ratio(self.text, names) / 100


def _shortlist(promising: list[Candidate]) -> list[Candidate]:
    """The first so many names, and of each so many people."""
    people: Counter[str] = Counter()
    chosen = []
    for candidate in promising:
        name = _own_name(candidate)
        if len(people) < MOST_JUDGED or name in people:
            people[name] += 1
            if people[name] <= MOST_NAMESAKES:
                chosen.append(candidate)
    return chosen


def _sure_words(names: Names) -> int:
    return sum(pair.tie.kind == "same" and len(pair.held) >= SHORTEST_SURE for pair in names.pairs)


def _own_name(candidate: Candidate) -> str:
    return candidate.search_text.split(NAMES_END, 1)[0]


def _grouped(ranked: list[Judged], limit: int) -> list[Judged]:
    """The best of each name, until the page is full; left places go to their namesakes, who stand
    beside them."""
    groups: dict[str, list[Judged]] = {}
    for judged in ranked:
        groups.setdefault(_own_name(judged.candidate), []).append(judged)
    first = list(groups.values())[:limit]
    sizes = list(_sizes([len(group) for group in first], limit))
    return [judged for group, size in zip(first, sizes, strict=True) for judged in group[:size]]


def _sizes(present: list[int], limit: int) -> Iterator[int]:
    """One place for each group, the rest to the first ones."""
    spare = limit - len(present)
    for size in present:
        more = min(size - 1, spare)
        spare -= more
        yield 1 + more
