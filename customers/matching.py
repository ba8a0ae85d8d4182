"""How well does a person fit what was asked? Query and profile → score and reasons. Pure.

Every piece of evidence has a weight (bits it can give) and a gain (bits it gave, less than zero
when it speaks against the person); the score is gain over weight (docs/decisions/0005).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz.distance import OSA

from customers.query_reading import Clue, Query, Word
from customers.text_forms import words_of_names

VerdictName = Literal["same", "similar", "differs", "missing"]

# Below this an answer is more likely to be somebody else: nothing is returned.
THRESHOLD = 0.5
# What is left of the score when no word of the name fits and the document number is not the same.
STRANGER = 0.3
# Whoever has the very document number is always worth a look, whatever else is said.
SAME_DOCUMENT = 0.6

WORD_LOSS = 0.35  # of a word's weight, when the person has no such word
UNASKED_WORD = 0.05  # each word of the person that nobody asked for; at most three count
INITIAL = 0.55
OTHER_FIELD = 0.9  # asked as a surname, found as a name

DOB_WEIGHT, DOB_SAME, DOB_ONE_EDIT, DOB_TWO_EDITS, DOB_LOSS = 10.0, 9.6, 6.5, 2.5, -2.0
YEAR_WEIGHT, YEAR_SAME, YEAR_NEXT, YEAR_LOSS = 6.0, 3.6, 2.0, -3.0
DOCUMENT_WEIGHT, DOCUMENT_LOSS = 20.0, -6.0
DOCUMENT_EDITS = {1: 14.0, 2: 6.0}
MISSING_SHARE = 0.3  # of the weight, when the person has no such value


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as compared: (field, word) pairs of the names, birth date, document key."""

    words: tuple[tuple[str, str], ...]
    dob: date | None
    document_key: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one field says about the person; `query` is what was asked about it."""

    field: str
    verdict: VerdictName
    query: str


@dataclass(frozen=True, slots=True)
class Match:
    score: float
    why: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one clue gave."""

    gain: float
    weight: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Pair:
    """A word asked for and the person's word that fits it best."""

    asked: Word
    field: str
    held: str
    likeness: float


def profile_of(*, search_text: str, dob: date | None, document_key: str | None) -> Profile:
    fields = zip(("surname", "name", "display_name"), words_of_names(search_text), strict=True)
    words = tuple((field, word) for field, found in fields for word in found)
    return Profile(words=words, dob=dob, document_key=document_key)


def match(query: Query, profile: Profile) -> Match:
    """The likelihood that this is the person, 0…1, and what each field said."""
    if query.document and query.document == profile.document_key:
        return Match(1.0, (Verdict("document_number", "same", query.document),))
    pairs = pair_words(query.words, profile.words)
    findings = [_finding(clue, profile, is_whole_only=query.is_whole_only) for clue in query.clues]
    gain = sum(finding.gain for finding in findings) + _gain_of_words(query.words, pairs)
    weight = sum(finding.weight for finding in findings) + sum(map(_weight, query.words))
    if not weight:
        return Match(0.0, ())
    score = gain / weight
    if query.words:
        score *= 1 - UNASKED_WORD * min(len(profile.words) - len(pairs), 3)
    if _has_same_document(findings):
        score = max(score, SAME_DOCUMENT)
    elif query.words and not pairs:
        score = min(score, STRANGER)
    why = (*_why_names(query.words, pairs, profile), *(finding.verdict for finding in findings))
    return Match(round(min(max(score, 0.0), 1.0), 4), why)


def pair_words(asked: tuple[Word, ...], held: tuple[tuple[str, str], ...]) -> list[Pair]:
    """Words paired one to one in any order, the best likeness first."""
    ranked = sorted(
        (
            (-_likeness_in_field(word, field, text), i, j)
            for i, word in enumerate(asked)
            for j, (field, text) in enumerate(held)
        ),
    )
    pairs, used_asked, used_held = [], set(), set()
    for negative, i, j in ranked:
        if negative < 0 and i not in used_asked and j not in used_held:
            used_asked.add(i)
            used_held.add(j)
            pairs.append(Pair(asked[i], *held[j], -negative))
    return pairs


def likeness(asked: str, held: str) -> float:
    """1 for the same word, less for a beginning or for one or two edits, 0 for another word."""
    if asked == held:
        return 1.0
    if held.startswith(asked):
        return INITIAL if len(asked) == 1 else 0.7 + 0.3 * len(asked) / len(held)
    if min(len(asked), len(held)) < 3:
        return 0.0
    if asked.startswith(held):
        return 0.5 + 0.3 * len(held) / len(asked)
    longest = max(len(asked), len(held))
    allowed = 1 if longest < 5 else 2
    edits = OSA.distance(asked, held, score_cutoff=allowed)
    if edits <= allowed:
        return 1 - max(0.12, 0.75 / longest) if edits == 1 else 1 - max(0.3, 2.5 / longest)
    if len(asked) >= 5 and OSA.distance(asked, held[: len(asked)], score_cutoff=1) == 1:
        return 0.6  # the beginning of a longer word, with one edit
    return 0.0


def _likeness_in_field(word: Word, field: str, held: str) -> float:
    is_elsewhere = word.field is not None and field not in (word.field, "display_name")
    return likeness(word.text, held) * (OTHER_FIELD if is_elsewhere else 1.0)


def _weight(word: Word) -> float:
    """Long words are rarer and say more."""
    return 2.0 + min(len(word.text), 8)


def _gain_of_words(words: tuple[Word, ...], pairs: list[Pair]) -> float:
    gained = sum(_weight(pair.asked) * pair.likeness for pair in pairs)
    matched = sum(_weight(pair.asked) for pair in pairs)
    return gained - WORD_LOSS * (sum(map(_weight, words)) - matched)


def _has_same_document(findings: list[Finding]) -> bool:
    return any(
        found.verdict.field == "document_number" and found.verdict.verdict == "same"
        for found in findings
    )


def _finding(clue: Clue, profile: Profile, *, is_whole_only: bool) -> Finding:
    """The best reading of a clue for this person."""
    readings = list(_readings(clue, profile, is_whole_only=is_whole_only))
    return max(readings, key=lambda found: found.gain / found.weight)


def _readings(clue: Clue, profile: Profile, *, is_whole_only: bool) -> Iterator[Finding]:
    if clue.dates:
        yield _read_dates(clue, profile.dob, is_whole_only=is_whole_only)
    elif clue.digits and not is_whole_only:
        yield _read_digits(clue, profile.dob)
    if clue.year and not is_whole_only:
        yield _read_year(clue, clue.year, profile.dob)
    if clue.document:
        yield _read_document(clue, profile.document_key, is_whole_only=is_whole_only)
    else:
        yield _found(clue, "dob", DOB_LOSS, DOB_WEIGHT, "differs")


def _read_dates(clue: Clue, dob: date | None, *, is_whole_only: bool) -> Finding:
    if dob is None:
        return _missing(clue, "dob", DOB_WEIGHT)
    if dob in clue.dates:
        return _found(clue, "dob", DOB_SAME, DOB_WEIGHT, "same")
    if is_whole_only:
        return _found(clue, "dob", DOB_LOSS, DOB_WEIGHT, "differs")
    return min(
        (_by_edits(clue, f"{day:%Y%m%d}".zfill(8), dob) for day in clue.dates),
        key=lambda found: -found.gain,
    )


def _read_digits(clue: Clue, dob: date | None) -> Finding:
    if dob is None:
        return _missing(clue, "dob", DOB_WEIGHT)
    return _by_edits(clue, clue.digits, dob)


def _by_edits(clue: Clue, digits: str, dob: date) -> Finding:
    """Digit by digit against YYYYMMDD; day and month swapped counts as one edit."""
    held = f"{dob.year:04}{dob.month:02}{dob.day:02}"
    swapped = f"{dob.year:04}{dob.day:02}{dob.month:02}"
    edits = OSA.distance(digits, held, score_cutoff=2)
    if edits <= 1 or digits == swapped:
        return _found(clue, "dob", DOB_ONE_EDIT, DOB_WEIGHT, "similar")
    if edits == 2:
        return _found(clue, "dob", DOB_TWO_EDITS, DOB_WEIGHT, "similar")
    return _found(clue, "dob", DOB_LOSS, DOB_WEIGHT, "differs")


def _read_year(clue: Clue, year: int, dob: date | None) -> Finding:
    if dob is None:
        return _missing(clue, "dob", YEAR_WEIGHT)
    if dob.year == year:
        return _found(clue, "dob", YEAR_SAME, YEAR_WEIGHT, "same")
    if abs(dob.year - year) == 1:
        return _found(clue, "dob", YEAR_NEXT, YEAR_WEIGHT, "similar")
    return _found(clue, "dob", YEAR_LOSS, YEAR_WEIGHT, "differs")


def _read_document(clue: Clue, held: str | None, *, is_whole_only: bool) -> Finding:
    asked = clue.document or ""
    if held is None:
        return _missing(clue, "document_number", DOCUMENT_WEIGHT)
    if asked == held:
        return _found(clue, "document_number", DOCUMENT_WEIGHT, DOCUMENT_WEIGHT, "same")
    gain = DOCUMENT_LOSS if is_whole_only else _gain_of_document(asked, held)
    verdict: VerdictName = "similar" if gain > 0 else "differs"
    return _found(clue, "document_number", gain, DOCUMENT_WEIGHT, verdict)


def _gain_of_document(asked: str, held: str) -> float:
    if len(asked) >= 4 and asked in held:
        return DOCUMENT_WEIGHT * (0.5 + 0.4 * len(asked) / len(held))
    allowed = 2 if min(len(asked), len(held)) >= 8 else 1
    edits = OSA.distance(asked, held, score_cutoff=allowed)
    return DOCUMENT_EDITS.get(edits, DOCUMENT_LOSS) if edits <= allowed else DOCUMENT_LOSS


def _found(clue: Clue, field: str, gain: float, weight: float, verdict: VerdictName) -> Finding:
    return Finding(gain, weight, Verdict(field, verdict, clue.typed))


def _missing(clue: Clue, field: str, weight: float) -> Finding:
    return _found(clue, field, 0.0, weight * MISSING_SHARE, "missing")


def _why_names(words: tuple[Word, ...], pairs: list[Pair], profile: Profile) -> Iterator[Verdict]:
    paired = {id(pair.asked) for pair in pairs}
    left = [word for word in words if id(word) not in paired]
    has_other_name = any(field == "display_name" for field, _ in profile.words)
    for field in ("display_name",) if has_other_name else ("surname", "name"):
        own = [pair for pair in pairs if pair.field == field]
        held = [word for of, word in profile.words if of == field]
        if own:
            is_same = len(own) == len(held) and all(pair.likeness == 1 for pair in own)
            yield Verdict(field, "same" if is_same else "similar", _typed([p.asked for p in own]))
        elif rest := [word for word in left if word.field in (None, field)]:
            left = [word for word in left if word not in rest]
            yield Verdict(field, "differs" if held else "missing", _typed(rest))


def _typed(words: list[Word]) -> str:
    return " ".join(dict.fromkeys(word.typed for word in words))
