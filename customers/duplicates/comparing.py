"""Two records on the list → the evidence that they are of one person. By the rules of search. Pure.

Either record may be the one that is misspelled or shortened, so each is asked for with the values
of the other, and what says more counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from customers.search.lexicon import Lexicon
from customers.search.matching import Match, Profile, match, odds_bits, profile_of
from customers.search.query_reading import Query, read_query
from customers.search.weights import Weights
from customers.text_forms import COLUMN, NAMES_END, names_of_records

# Of those on the list, the share who are on it twice: what is likely before anything is compared.
TWICE = 0.02
# Names less alike than this (0…100) are not those of one person; comparing them in full would take
# twenty times as long. Of 190 true pairs in 8,000 compared, the least alike had 80.
LEAST_ALIKE = 70
# When one record is so many bits short of being the other's, asking the other way does not help.
HOPELESS_BITS = -20.0


@dataclass(frozen=True, slots=True)
class Values:
    """What of a record is compared."""

    surname: str | None
    name: str | None
    display_name: str | None
    dob: date | None
    document_number: str | None
    document_key: str | None
    search_text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it asks and as it is asked for."""

    query: Query
    profile: Profile


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the list: `bearers` of the words that will be compared."""

    people: int
    bearers: dict[str, int]
    weights: Weights


def known_of(*, people: int, bearers: Mapping[str, int], weights: Weights) -> Known:
    return Known(people, dict(bearers), replace(weights, on_list=TWICE))


def record_of(values: Values) -> Record:
    has_name = values.surname or values.name
    query = read_query(
        q="" if has_name else values.display_name or "",
        surname=values.surname,
        name=values.name,
        dob=values.dob.isoformat() if values.dob else None,
        document_number=values.document_number,
        today=date.max,
    )
    profile = profile_of(
        search_text=values.search_text, dob=values.dob, document_key=values.document_key
    )
    return Record(query, profile)


def words_in(values: Iterable[Values]) -> set[str]:
    """All words by which these people are known."""
    return {
        word
        for one in values
        for name in names_of_records(one.search_text)
        for words in name
        for word in words
    }


def is_worth_comparing(one: Values, other: Values) -> bool:
    """False for most of those who share a birth date and little else; never for like numbers."""
    number, other_number = one.document_key, other.document_key
    if number and other_number and OSA.distance(number, other_number, score_cutoff=1) <= 1:
        return True
    texts = one.search_text, other.search_text
    if any(text.count(NAMES_END) > 1 for text in texts):
        return True  # known by several names
    names = [text.split(NAMES_END, 1)[0].replace(COLUMN, "") for text in texts]
    return (
        fuzz.token_set_ratio(*names) >= LEAST_ALIKE or fuzz.token_sort_ratio(*names) >= LEAST_ALIKE
    )


def score_of(one: Record, other: Record, known: Known) -> float:
    """How likely it is that these are records of one person."""
    fit = _fit(one, other, known)
    lexicon = Lexicon(people=known.people, weights=known.weights)
    if odds_bits(fit.evidence, lexicon) < HOPELESS_BITS:
        return fit.score
    return max(fit.score, _fit(other, one, known).score)


def fit_of(one: Record, other: Record, known: Known) -> Match:
    """As `score_of`, with the reasons; the same whichever comes first."""
    fits = (_fit(one, other, known), _fit(other, one, known))
    return max(fits, key=lambda fit: fit.evidence.bits(known.weights))


def _fit(asking: Record, asked_for: Record, known: Known) -> Match:
    """A lexicon for these two alone: on what else is compared nothing must depend."""
    lexicon = Lexicon(people=known.people, bearers=known.bearers, weights=known.weights)
    held = [text for name in asked_for.profile.names for _, text in name]
    for word in asking.query.words:
        for text in (word.text, *held):
            lexicon.tie(word.text, text)
    return match(asking.query, asked_for.profile, lexicon)
