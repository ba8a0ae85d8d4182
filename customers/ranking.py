"""Candidates → answers: each judged, who cannot be told apart counted, the best first. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest
from math import log2
from typing import NamedTuple
from uuid import UUID

from customers.lexicon import Lexicon, Meant
from customers.matching import (
    FOLLOWING_BITS,
    THRESHOLD,
    Evidence,
    Fit,
    Names,
    best_names,
    fit_of,
    held_names,
    probability,
)
from customers.query_reading import Query
from customers.text_forms import NAMES_END

# How many people one net may bring.
MOST = 300
# Of these, how many are judged in full: the others have less in common with the query.
MOST_JUDGED = 60
DOCUMENT_BITS, DAY_BITS = 20.0, 14.0  # of a candidate who was found by one, before it is judged


class Candidate(NamedTuple):
    """A listed person as compared and ordered."""

    uid: UUID
    word_ids: Sequence[int] | None
    search_text: str
    dob: date | None
    document_key: str | None
    sort_key: str


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
    """Everybody who was found for one query so far."""

    query: Query
    lexicon: Lexicon
    judged: list[Judged] = field(default_factory=list)
    namesakes: Counter[str] = field(default_factory=Counter)
    is_cut: bool = False  # a net was full: there are more of the kind
    _seen: set[object] = field(default_factory=set)
    _names: dict[str, Names] = field(default_factory=dict)

    def add(self, candidates: Iterable[Candidate], meant: Iterable[Meant]) -> None:
        found = list(candidates)
        self.is_cut = self.is_cut or len(found) >= MOST
        # By uid: one net may bring the same person by a word and by the birth date.
        new = {one.uid: one for one in found if one.uid not in self._seen}
        fresh = list(new.values())
        self._seen.update(new)
        self.namesakes.update(_own_name(candidate) for candidate in fresh)
        if len(fresh) > MOST_JUDGED:
            promise = Promise.of(self.query, self.lexicon, meant)
            fresh = nlargest(MOST_JUDGED, fresh, key=promise.bits)
        self.judged += map(self._judge, fresh)

    @property
    def is_satisfied(self) -> bool:
        """Somebody has all that was asked for, if not letter by letter."""
        return any(
            not judged.evidence.unpaired
            and judged.evidence.edits <= max(len(self.query.words), 1)
            and not any(found.verdict == "differs" for found in judged.fit.findings)
            for judged in self.judged
        )

    def answers(self, *, limit: int) -> list[Answer]:
        """Nobody when even the best is unlikely; people of the same name do not push out others."""
        if not self.judged:
            return []
        ranked = sorted(self.judged, key=lambda judged: judged.place)
        least = ranked[0].bits - FOLLOWING_BITS
        ranked = [judged for judged in ranked if judged.bits >= least]
        scores = self._scores(ranked)
        if scores[ranked[0].evidence] < THRESHOLD:
            return []
        shown = _grouped(ranked, limit)
        places = Counter(_own_name(judged.candidate) for judged in shown)
        return [
            Answer(
                judged,
                scores[judged.evidence],
                self.namesakes[_own_name(judged.candidate)] - places[_own_name(judged.candidate)],
            )
            for judged in shown
        ]

    def _scores(self, ranked: list[Judged]) -> dict[Evidence, float]:
        """That the person is one of those with this evidence, rather than somebody else here or a
        stranger."""
        weights = self.lexicon.weights
        people = max(self.lexicon.people, 1)
        counts = Counter(judged.evidence for judged in ranked)
        strangers = people * (1 - weights.on_list) / weights.on_list
        odds = {
            evidence: self._alike(evidence, count, people) * 2.0 ** evidence.bits(weights)
            for evidence, count in counts.items()
        }
        everybody = sum(odds.values()) + strangers
        return {
            evidence: probability(log2(mass / max(everybody - mass, 1e-12)), weights)
            for evidence, mass in odds.items()
        }

    def _alike(self, evidence: Evidence, count: int, people: int) -> float:
        """How many on the list have this evidence; where not all were looked at, as many as chance
        would have it."""
        if not self.is_cut or evidence.unpaired or evidence.clues or evidence.edits:
            return count
        return max(count, people * 2.0**-evidence.gain)

    def _judge(self, candidate: Candidate) -> Judged:
        text = candidate.search_text
        if text not in self._names:
            self._names[text] = best_names(self.query, held_names(text), self.lexicon)
        fit = fit_of(
            self.query,
            self._names[text],
            candidate.dob,
            candidate.document_key,
            weights=self.lexicon.weights,
        )
        return Judged(candidate, fit, fit.bits(self.lexicon.weights))


@dataclass(frozen=True, slots=True)
class Promise:
    """What a candidate's evidence can be at most, roughly, by the numbers of the words alone."""

    gains: tuple[dict[int, float], ...]
    days: frozenset[object]
    documents: frozenset[str]

    @classmethod
    def of(cls, query: Query, lexicon: Lexicon, meant: Iterable[Meant]) -> "Promise":
        gains = []
        for word in meant:
            rarity = lexicon.rarity(word.asked)
            gains.append({number: rarity - loss for number, loss in word.losses.items()})
        days = frozenset(day for clue in query.clues for day in clue.dates)
        documents = frozenset(clue.document for clue in query.clues if clue.document)
        return cls(tuple(gains), days, documents)

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
        return bits - len(held) / 10


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
