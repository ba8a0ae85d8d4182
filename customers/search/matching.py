"""How well does a person fit what was asked? Query, profile → evidence → score, reasons. Pure.

Evidence is weighed in bits and added up (Fellegi and Sunter; docs/decisions/0016). A score is the
probability that the person asked for is this one, or another whom the question cannot tell apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, permutations
from math import log2
from operator import itemgetter

from rapidfuzz import fuzz

from customers.search.clue_reading import Finding, VerdictName, best_finding
from customers.search.lexicon import Lexicon, Tie
from customers.search.query_reading import Clue, Query, Word
from customers.search.weights import Weights
from customers.text_forms import COLUMN, NAMES_END, names_of_records

HeldWord = tuple[str, str]  # field, word

# When the best answer is less likely than this, nobody is returned.
THRESHOLD = 0.095
# Answers behind the best one, as long as they are not so many bits less likely than it.
FOLLOWING_BITS = 24.0
# One of two words written as one may have a letter wrong as well.
MAX_JOINED_EDITS = 1
# Short words that sound nearly alike are many, as are long ones in which all vowels differ.
LONG_JOINED, LEAST_JOINED_RATIO = 6, 65
MAX_JOINED_DIFFERENCE = 3  # romanisations of one sound differ in length
MAX_JOINABLE = 6


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as compared: (field, word) pairs of each name the person is known by, the own one
    first; birth date, document keys."""

    names: tuple[tuple[HeldWord, ...], ...]
    dob: date | None
    documents: tuple[str, ...]

    @property
    def words(self) -> tuple[HeldWord, ...]:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one field says about the person; `query` is what was asked about it."""

    field: str
    verdict: VerdictName
    query: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a score is made of: whoever has equal evidence cannot be told apart by the query."""

    gain: float = 0.0  # bits of the asked words that the person's names have
    inexact: int = 0  # how many of these are written otherwise there
    edits: int = 0  # and the letters that differ
    unpaired: int = 0  # asked words that no name of the person has
    is_nameless: bool = False  # none of them, that is
    is_part: bool = False  # two words or more were asked for, and the name has others beside
    unasked: int = 0  # words of the name that nobody asked for, from the third on
    elsewhere: int = 0  # words found in another field than asked for
    joined: int = 0  # words written as one here and as two there
    words: tuple[str, ...] = ()  # of the name, that were meant; as much of them as was asked
    clues: tuple[str, ...] = ()  # what dates and numbers said: names of weights

    def bits(self, weights: Weights) -> float:
        names = (
            self.gain
            - self.unpaired * weights.unpaired
            - self.is_nameless * weights.nameless
            - self.is_part * weights.part
            - self.unasked * weights.unasked
            - self.elsewhere * weights.elsewhere
            - self.joined * weights.joined
            - max(len(self.words) - 1, 0) * weights.further
        )
        return names + sum(getattr(weights, clue) for clue in self.clues)


@dataclass(frozen=True, slots=True)
class Match:
    score: float
    why: tuple[Verdict, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Pair:
    """A word asked for and the person's word that fits it best."""

    asked: Word
    field: str
    held: str
    tie: Tie
    gain: float
    is_elsewhere: bool = False

    @property
    def meant(self) -> str:
        """What the question tells of the person's word."""
        is_part = self.tie.kind in ("beginning", "initial")
        return f"{self.asked.text}…" if is_part else self.held


@dataclass(frozen=True, slots=True)
class Names:
    """One way to lay the asked words beside one name of the person."""

    asked: tuple[Word, ...]
    held: tuple[HeldWord, ...]
    pairs: tuple[Pair, ...]
    evidence: Evidence


NO_NAMES = Names((), (), (), Evidence())


@dataclass(frozen=True, slots=True)
class Fit:
    """What a query and one person have to do with each other."""

    names: Names
    findings: tuple[Finding, ...]
    evidence: Evidence

    def bits(self, weights: Weights) -> float:
        return self.evidence.bits(weights)

    @property
    def why(self) -> tuple[Verdict, ...]:
        clues = (Verdict(found.field, found.verdict, found.query) for found in self.findings)
        return (*_why_names(self.names), *clues)


def profile_of(*, search_text: str, dob: date | None, document_key: str | None) -> Profile:
    documents = held_documents(search_text, document_key)
    return Profile(names=held_names(search_text), dob=dob, documents=documents)


def held_names(search_text: str) -> tuple[tuple[HeldWord, ...], ...]:
    return tuple(
        tuple(
            (field, word)
            for field, found in zip(("surname", "name", "display_name"), record, strict=True)
            for word in found
        )
        for record in names_of_records(search_text)
    )


def held_documents(search_text: str, document_key: str | None) -> tuple[str, ...]:
    """The keys of the person's number and of those that merges left behind."""
    own = (document_key,) if document_key else ()
    if search_text.count(NAMES_END) <= 1:
        return own
    left = (part.split(COLUMN)[1] for part in search_text.split(NAMES_END)[3::2])
    return (*own, *(key for text in left if (key := text.strip().upper())))


def match(query: Query, profile: Profile, lexicon: Lexicon | None = None) -> Match:
    """The probability that this is the person, were nobody else like that on the list."""
    lexicon = lexicon or Lexicon(is_whole_only=query.is_whole_only)
    if query.is_empty:
        return Match(0.0, (), Evidence())
    names = best_names(query, profile.names, lexicon)
    fit = fit_of(query, names, profile.dob, profile.documents, weights=lexicon.weights)
    score = probability(odds_bits(fit.evidence, lexicon), lexicon.weights)
    return Match(score, fit.why, fit.evidence)


def odds_bits(evidence: Evidence, lexicon: Lexicon, *, alike: int = 1) -> float:
    """log2 of the odds that the person is one of those `alike`, against not being on the list."""
    return evidence.bits(lexicon.weights) + log2(alike / lexicon.strangers)


def probability(bits: float, weights: Weights) -> float:
    """Calibrated; a score has four digits."""
    calibrated = weights.offset + weights.slope * bits
    return round(1 / (1 + 2.0 ** -max(min(calibrated, 60.0), -60.0)), 4)


def best_names(query: Query, names: Sequence[tuple[HeldWord, ...]], lexicon: Lexicon) -> Names:
    """Of all names a person is known by, and ways to join words, the one that says most."""
    ways = (way for held in names for way in _ways(query, held, lexicon))
    return max(ways, key=lambda way: way.evidence.bits(lexicon.weights))


def fit_of(
    query: Query, names: Names, dob: date | None, documents: Sequence[str], *, weights: Weights
) -> Fit:
    """Names and clues together; or everything that was typed as one document number."""
    findings = _findings(query, query.clues, dob, documents, weights=weights)
    fit = Fit(names, findings, _with_clues(names.evidence, findings))
    if query.document:
        number = Clue(typed=query.document, document=query.document)
        whole = _findings(query, (number,), dob, documents, weights=weights)
        other = Fit(NO_NAMES, whole, _with_clues(NO_NAMES.evidence, whole))
        if other.bits(weights) > max(fit.bits(weights), 0.0):
            return other
    return fit


def _findings(
    query: Query,
    clues: Iterable[Clue],
    dob: date | None,
    documents: Sequence[str],
    *,
    weights: Weights,
) -> tuple[Finding, ...]:
    is_whole_only = query.is_whole_only
    return tuple(
        best_finding(clue, dob, documents, weights=weights, is_whole_only=is_whole_only)
        for clue in clues
    )


def _with_clues(evidence: Evidence, findings: Sequence[Finding]) -> Evidence:
    clues = tuple(sorted(found.weight for found in findings if found.weight))
    return replace(evidence, clues=clues) if clues else evidence


def _ways(query: Query, held: tuple[HeldWord, ...], lexicon: Lexicon) -> Iterator[Names]:
    asked = query.words
    plain_way = _names(asked, held, lexicon)
    yield plain_way
    if plain_way.evidence.unpaired or len(held) > len(plain_way.pairs):
        for joined, words in _joined_asked(asked, held, lexicon):
            yield _names(words, held, lexicon, joined=joined)
        for joined, other in _joined_held(asked, held, lexicon):
            yield _names(asked, other, lexicon, joined=joined)
        if query.readings:
            present = {word for _, word in held}
            for reading in query.readings:
                if not reading.is_sure or present.issuperset(reading.changed):
                    yield _names(reading.words, held, lexicon, joined=" ".join(reading.changed))


def _joined_asked(
    asked: tuple[Word, ...], held: tuple[HeldWord, ...], lexicon: Lexicon
) -> Iterator[tuple[str, tuple[Word, ...]]]:
    for place, (one, other) in enumerate(pairwise(asked)):
        typed = " ".join(dict.fromkeys((one.typed, other.typed)))
        joined = Word(one.text + other.text, typed, one.field)
        if any(_is_near(joined.text, word, lexicon) for _, word in held):
            yield joined.text, (*asked[:place], joined, *asked[place + 2 :])


def _joined_held(
    asked: tuple[Word, ...], held: tuple[HeldWord, ...], lexicon: Lexicon
) -> Iterator[tuple[str, tuple[HeldWord, ...]]]:
    """In any order: which of surname and name comes first is up to who writes it."""
    longest = max(len(word.text) for word in asked) + MAX_JOINED_DIFFERENCE if asked else 0
    for (field, one), (_, other) in permutations(held[:MAX_JOINABLE], 2):
        if len(one) + len(other) > longest:  # as it mostly is
            continue
        if any(_is_near(word.text, one + other, lexicon) for word in asked):
            rest = (word for word in held if word[1] not in (one, other))
            yield one + other, ((field, one + other), *rest)


def _is_near(asked: str, held: str, lexicon: Lexicon) -> bool:
    is_other_length = abs(len(asked) - len(held)) > MAX_JOINED_DIFFERENCE
    if is_other_length or (asked[0] != held[0] and asked[-1] != held[-1]):
        return False
    tie = lexicon.tie(asked, held)
    if tie is None or tie.kind == "beginning":
        return False
    if tie.edits and tie.kind == "sound":
        is_long = min(len(asked), len(held)) >= LONG_JOINED
        return is_long and fuzz.ratio(asked, held) >= LEAST_JOINED_RATIO
    return tie.edits <= MAX_JOINED_EDITS


def _names(
    asked: tuple[Word, ...], held: tuple[HeldWord, ...], lexicon: Lexicon, *, joined: str = ""
) -> Names:
    pairs = pair_words(asked, held, lexicon, joined=joined)
    evidence = Evidence(
        gain=round(sum([pair.gain for pair in pairs]), 3),
        inexact=sum([pair.tie.kind != "same" for pair in pairs]),
        edits=sum([pair.tie.edits for pair in pairs]),
        unpaired=_unpaired(asked, pairs),
        is_nameless=bool(asked) and not pairs,
        is_part=len(asked) > 1 and len(held) > len(pairs),
        unasked=len(held) - max(len(pairs), 2) if asked and len(held) > 2 else 0,
        elsewhere=sum([pair.is_elsewhere for pair in pairs]),
        joined=int(bool(joined)),
        words=tuple(sorted([pair.meant for pair in pairs])),
    )
    return Names(asked, held, pairs, evidence)


def _unpaired(asked: tuple[Word, ...], pairs: tuple[Pair, ...]) -> int:
    """What was typed as one part, with a hyphen or an article, is one name."""
    if len(asked) == len(pairs):
        return 0
    paired = {id(pair.asked) for pair in pairs}
    left = [word for word in asked if id(word) not in paired]
    return 1 + sum(one.typed != other.typed for one, other in pairwise(left))


def pair_words(
    asked: tuple[Word, ...], held: tuple[HeldWord, ...], lexicon: Lexicon, *, joined: str = ""
) -> tuple[Pair, ...]:
    """Words paired one to one in any order, the best fit first; the earlier words of equal ones.
    `joined`: what was made of two words."""
    weights = lexicon.weights
    ranked = []
    for i, word in enumerate(asked):
        for j, (field, text) in enumerate(held):
            if tie := lexicon.tie(word.text, text):
                is_elsewhere = word.field is not None and field not in (word.field, "display_name")
                gain = lexicon.gain(word.text, tie, words=2 if joined in (word.text, text) else 1)
                worth = gain - weights.elsewhere if is_elsewhere else gain
                if worth > -weights.unpaired:
                    ranked.append((-worth, i, j, tie, gain, is_elsewhere))
    ranked.sort(key=itemgetter(0, 1, 2))
    pairs, used_asked, used_held = [], set(), set()
    for _, i, j, tie, gain, is_elsewhere in ranked:
        if i not in used_asked and j not in used_held:
            used_asked.add(i)
            used_held.add(j)
            pairs.append(Pair(asked[i], *held[j], tie, gain, is_elsewhere))
    return tuple(pairs)


def _why_names(names: Names) -> Iterator[Verdict]:
    """Words that found no partner count to the field they were typed into; those of free text to
    one that has nothing else, or to the last."""
    paired = {id(pair.asked) for pair in names.pairs}
    left = [word for word in names.asked if id(word) not in paired]
    has_other_name = any(field == "display_name" for field, _ in names.held)
    fields = ("display_name",) if has_other_name else ("surname", "name")
    found = {field: [pair for pair in names.pairs if pair.field == field] for field in fields}
    free = next((field for field in fields if not found[field]), fields[-1])
    for field, own in found.items():
        held = [word for of, word in names.held if of == field]
        rest = [word for word in left if (word.field if word.field in fields else free) == field]
        if own:
            is_whole = len(own) == len(held) and not rest
            is_same = is_whole and all(pair.tie.kind == "same" for pair in own)
            asked = [*(pair.asked for pair in own), *rest]
            yield Verdict(field, "same" if is_same else "similar", _typed(asked))
        elif rest:
            yield Verdict(field, "differs" if held else "missing", _typed(rest))


def _typed(words: list[Word]) -> str:
    return " ".join(dict.fromkeys(word.typed for word in words))
