"""How alike a word that is asked for is to words of names, and how rare it is. Pure.

The odds come from a model of a noisy channel: whoever bears the name `held` has it written as
`asked` with a probability of 2^-loss. A word's rarity is -log2 of the probability that it is asked
for at all: by those with that very name, by those with a similar one, and by strangers whose name
nobody on the list has.
"""

from bisect import bisect
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf, log2, sqrt
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA, DamerauLevenshtein

from customers.search.slips import is_slip
from customers.search.weights import DEFAULT, Weights
from customers.writing.spelling import skeleton, sound, word_id

Kind = Literal["same", "sound", "edits", "beginning", "initial", "short_form"]

# In a short list every name is rare, but not in the world: as if so many others were on it.
OTHERS = 1000
# What is like any word of any language grows nearly as the list does: by this power.
LONE_CROWD = 0.9
# Without a look at the list: one of this length.
LONG_LIST = 1_000_000
# The share of strangers' words that nobody on the list has is about this over the root of its
# length (Heaps' law), and each letter of such a word is one of some eight.
UNSEEN_SCALE, UNSEEN_LETTER_BITS = 30.0, 3.0
# Anybody's name begins with it.
INITIAL_RARITY = 4.0
# However improbable the asked word is otherwise, a misspelled one says less than the right one.
LEAST_SHARE_LOST = 0.25
# Words of names that one asked word may stand for, and how many people may have them: together
# with a second word's, that many are looked through in a millisecond or two.
MAX_WORDS, MAX_BEARERS = 64, 60_000
# Beyond the first few, only those of whom it says so many bits that they are meant: to have more
# words looked for costs more than all the rest, and finds nobody who is shown.
FEW_WORDS, LEAST_GAIN = 8, 3.0
# When nobody fits, also those that are much less alike.
MOST_WORDS, ANY_GAIN = 256, 0.0
# Of words that are met again and again.
_number_of = lru_cache(maxsize=65_536)(word_id)
# From these lengths on one letter more may be wrong.
LONG_ENOUGH = (2, 4, 9, 13)
SHORTEST_HEARD = 4
VOWELS = 1  # all of them count as one letter of the sound
SHORTEST_WHOLE_EDITED = 5  # where only whole words count


class Tie(NamedTuple):
    """How an asked word goes with a word of a name: bits lost, letters wrong, and in which way."""

    loss: float
    edits: int
    kind: Kind


SAME, NOTHING = Tie(0.0, 0, "same"), Tie(inf, 0, "edits")

# Letters that differ between two words, in writing and in sound; None: too many.
Differs = tuple[int | None, int | None]
# Where it matters which letters these are.
FEW_EDITS = (0, 1)


@dataclass(frozen=True, slots=True)
class Meant:
    """What one asked word may stand for: ids of words of names with the bits lost, the likeliest
    first; how many people have one of them; and the likeliest alone."""

    asked: str
    losses: Mapping[int, float]
    bearers: int
    best: int

    @property
    def exactly(self) -> "Meant":
        """The likeliest word alone."""
        return replace(self, losses={self.best: self.losses[self.best]} if self.losses else {})


def edits_allowed(asked: str, held: str) -> int:
    """Of two words: how many letters may differ."""
    return bisect(LONG_ENOUGH, min(len(asked), len(held)))


def sounds_allowed(heard: str) -> int:
    """Sounds have fewer letters, and each of them says more."""
    return 0 if len(heard) < SHORTEST_HEARD else 1


def is_bare_alike(heard: str, other: str) -> bool:
    """Do two sounds differ in vowels only? A first one is written in every script."""
    consonants = skeleton(heard)
    is_alike = bool(consonants) and consonants == skeleton(other)
    return is_alike and begins_with_vowel(heard) == begins_with_vowel(other)


def begins_with_vowel(heard: str) -> bool:
    return heard[0] in "aeiou"


@dataclass(slots=True)
class Lexicon:
    """What one question knows of words. `bearers`: how many of `people` have each word that is
    like an asked one; without that, rarity is guessed from a word's length."""

    people: int = LONG_LIST
    bearers: dict[str, int] = field(default_factory=dict)
    sounds: dict[str, str] = field(default_factory=dict)
    is_whole_only: bool = False
    is_lone: bool = False  # one word is all that is asked
    transliterated: frozenset[str] = frozenset()  # asked words typed on other keyboards
    # Asked words → names that they are short for, or short forms of theirs.
    short_forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    weights: Weights = DEFAULT
    ties: dict[str, dict[str, Tie | None]] = field(default_factory=dict)
    rarities: dict[str, float] = field(default_factory=dict)
    told: int = 0  # how often it learnt something: what was judged before may be otherwise now

    def tie(self, asked: str, held: str) -> Tie | None:
        """None when they have nothing to do with each other; looked at once per question."""
        known = self.ties.setdefault(asked, {})
        if held not in known:
            known[held] = self._tie(asked, held, *self._distances(asked, held))
        return known[held]

    def know(self, asked: str, near: Mapping[str, Differs]) -> None:
        """Words of names that count when it is said how rare the asked one is, each with the
        letters that differ, in writing and in sound; None: too many."""
        self.told += 1
        self.rarities.pop(asked, None)
        known = self.ties.setdefault(asked, {})
        # Most of them only sound like it, begin with it, or have two letters wrong: one tie for all
        # of a kind.
        is_usual = len(asked) > 1 and not (self.is_whole_only or self.short_forms.get(asked))
        shared: dict[tuple[Differs, bool], Tie | None] = {}
        for held, differs in near.items():
            if is_usual and differs[0] not in FEW_EDITS:
                kind = differs, held.startswith(asked)
                if kind not in shared:
                    shared[kind] = self._tie(asked, held, *differs)
                known[held] = shared[kind]
            else:
                known[held] = self._tie(asked, held, *differs)

    def allow_slips(self, slips: Mapping[str, Collection[str]]) -> None:
        """Words of names that are asked words but for one letter in the script of both."""
        slip = Tie(self.weights.slip, 1, "edits")
        for asked, meant in slips.items():
            known = self.ties.setdefault(asked, {})
            for held in self.bearers.keys() & meant:
                if (known.get(held) or NOTHING).loss > slip.loss:
                    known[held] = slip
            self.rarities.pop(asked, None)

    def rarity(self, asked: str) -> float:
        if asked not in self.rarities:
            self.rarities[asked] = self._rarity(asked)
        return self.rarities[asked]

    def gain(self, asked: str, tie: Tie, *, words: int = 1) -> float:
        """The bits by which a word of a name (or two, joined) that goes with the asked one so
        speaks for it."""
        rarity = INITIAL_RARITY if tie.kind == "initial" else self.rarity(asked)
        if self.is_lone and tie.kind != "same":
            rarity = -log2(2.0**-rarity + 2.0**-self._lone_rarity)
        most = words * log2(self.people + OTHERS) - LEAST_SHARE_LOST * tie.loss
        return min(rarity - tie.loss, most)

    @property
    def _lone_rarity(self) -> float:
        return self.weights.lone - LONE_CROWD * log2(self.people / OTHERS + 1)

    @property
    def strangers(self) -> float:
        """How many people without any evidence weigh as much as not being on the list."""
        weights = self.weights
        return max(self.people, 1) ** weights.crowd * (1 - weights.on_list) / weights.on_list

    def is_clear(self, bearers: int) -> bool:
        """Is a word that so many people have meant as it stands, or as one that differs little?"""
        weights = self.weights
        least = min(2 * weights.edit, weights.sound + weights.sound_edit)
        return bearers * 2.0 ** (least + LEAST_GAIN) >= self.people + OTHERS

    def meant_by(
        self, asked: str, *, words: int = MAX_WORDS, bearers_of_all: int = MAX_BEARERS
    ) -> Meant | None:
        """None when no name on the list has a word like this."""
        bearers = self.bearers
        known = [
            (tie[0], -bearers[held], held)
            for held, tie in self.ties.get(asked, {}).items()
            if tie and held in bearers
        ]
        losses: dict[int, float] = {}
        total = 0
        known.sort()
        if len(known) > FEW_WORDS:
            most_lost = self.rarity(asked) - (LEAST_GAIN if words == MAX_WORDS else ANY_GAIN)
            telling = bisect(known, (most_lost, 0, ""), FEW_WORDS, min(len(known), words))
            del known[telling:]
        for loss, negative, held in known:
            if not losses or total - negative <= bearers_of_all:
                total -= negative
                losses.setdefault(_number_of(held), loss)
        return Meant(asked, losses, total, next(iter(losses))) if losses else None

    def _distances(self, asked: str, held: str) -> tuple[int | None, int | None]:
        most = edits_allowed(asked, held)
        heard, spoken = sound(asked), self.sounds.get(held) or sound(held)
        edits = DamerauLevenshtein.distance(asked, held, score_cutoff=most)
        least = sounds_allowed(min(heard, spoken, key=len))
        by_sound = OSA.distance(heard, spoken, score_cutoff=least)
        if by_sound > least and is_bare_alike(heard, spoken):
            by_sound, least = VOWELS, VOWELS
        return edits if edits <= most else None, by_sound if by_sound <= least else None

    def _tie(self, asked: str, held: str, edits: int | None, heard: int | None) -> Tie | None:
        if asked == held:
            return SAME
        weights = self.weights
        if self.is_whole_only:
            is_near = edits == 1 and min(len(asked), len(held)) >= SHORTEST_WHOLE_EDITED
            is_whole = is_near and not held.startswith(asked)
            return Tie(weights.edit, 1, "edits") if is_whole else None
        if len(asked) == 1 or len(held) == 1:
            is_initial = asked[0] == held[0]
            return Tie(weights.initial, 0, "initial") if is_initial else None
        by_letters = inf if edits is None else self._loss(asked, held, edits)
        by_sound = inf if heard is None else weights.sound + weights.sound_edit * heard
        least = by_letters if by_letters < by_sound else by_sound
        if weights.short_form < least and held in self.short_forms.get(asked, ()):
            return Tie(weights.short_form, 0, "short_form")
        if weights.beginning < least and held.startswith(asked):
            return Tie(weights.beginning, 0, "beginning")
        if by_sound < by_letters:
            return Tie(by_sound, heard or 0, "sound")
        return None if edits is None else Tie(by_letters, edits, "edits")

    def _loss(self, asked: str, held: str, edits: int) -> float:
        weights = self.weights
        if edits != 1 or asked in self.transliterated:
            return weights.edit * edits
        return weights.slip if is_slip(asked, held) else weights.other_letter

    def _rarity(self, asked: str) -> float:
        if len(asked) == 1:
            return INITIAL_RARITY
        known = self.ties.get(asked, {})
        bearers = self.bearers
        heard_of = sum(
            [
                bearers[held] * 2.0 ** -tie[0]
                for held, tie in known.items()
                if tie and held in bearers
            ]
        )
        unseen = min(1.0, UNSEEN_SCALE / sqrt(self.people + 1))
        stranger = unseen * 2.0 ** -(UNSEEN_LETTER_BITS * len(asked))
        return -log2(heard_of / (self.people + OTHERS) + stranger)


def background(words: Iterable[str], *, people: int, bearers: Mapping[str, int]) -> Lexicon:
    """For comparing records that are on the list: what each of these words is worth."""
    lexicon = Lexicon(people=people, bearers=dict(bearers))
    for word in words:
        lexicon.know(word, {word: (0, 0)})
    return lexicon
