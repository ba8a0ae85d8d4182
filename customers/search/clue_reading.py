"""What a birth date or a document number that was asked for says about a person's. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz.distance import OSA

from customers.search.query_reading import Clue
from customers.search.weights import Weights
from customers.text_forms import document_form

VerdictName = Literal["same", "similar", "differs", "missing"]

SHORTEST_PART = 4  # of a document number that counts as found in it
LONG_DOCUMENT = 8  # from here on two signs may be wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """What one clue gave: the name of its weight ("" when it says nothing) and what to tell."""

    weight: str
    field: str
    verdict: VerdictName
    query: str


def best_finding(
    clue: Clue,
    dob: date | None,
    documents: Sequence[str],
    *,
    weights: Weights,
    is_whole_only: bool,
) -> Finding:
    """The reading of a clue that says most for this person, who may have several numbers."""
    readings = _readings(clue, dob, documents, is_whole_only=is_whole_only)
    return max(readings, key=lambda found: getattr(weights, found.weight) if found.weight else 0.0)


def _readings(
    clue: Clue, dob: date | None, documents: Sequence[str], *, is_whole_only: bool
) -> Iterator[Finding]:
    if clue.dates:
        yield from _read_dates(clue, dob, is_whole_only=is_whole_only)
    elif clue.digits and not is_whole_only:
        yield _read_digits(clue, dob)
    if clue.year and not is_whole_only:
        yield _read_year(clue, clue.year, dob)
    if clue.document:
        for held in documents or (None,):
            yield _read_document(clue, held, is_whole_only=is_whole_only)
    else:
        yield Finding("dob_differs", "dob", "differs", clue.typed)


def _read_dates(clue: Clue, dob: date | None, *, is_whole_only: bool) -> Iterator[Finding]:
    """As often as it can be read as another date."""
    if dob is None:
        yield Finding("", "dob", "missing", clue.typed)
    elif dob in clue.dates:
        yield Finding("dob_same", "dob", "same", clue.typed)
    elif is_whole_only:
        yield Finding("dob_differs", "dob", "differs", clue.typed)
    else:
        for day in sorted(clue.dates):
            yield _by_edits(clue, f"{day:%Y%m%d}".zfill(8), dob)


def _read_digits(clue: Clue, dob: date | None) -> Finding:
    if dob is None:
        return Finding("", "dob", "missing", clue.typed)
    return _by_edits(clue, clue.digits, dob)


def _by_edits(clue: Clue, digits: str, dob: date) -> Finding:
    """Digit by digit against YYYYMMDD; day and month swapped counts as one edit."""
    held = f"{dob.year:04}{dob.month:02}{dob.day:02}"
    swapped = f"{dob.year:04}{dob.day:02}{dob.month:02}"
    edits = OSA.distance(digits, held, score_cutoff=2)
    if edits <= 1 or digits == swapped:
        return Finding("dob_similar", "dob", "similar", clue.typed)
    if edits == 2:
        return Finding("dob_far", "dob", "similar", clue.typed)
    return Finding("dob_differs", "dob", "differs", clue.typed)


def _read_year(clue: Clue, year: int, dob: date | None) -> Finding:
    if dob is None:
        return Finding("", "dob", "missing", clue.typed)
    if dob.year == year:
        return Finding("year_same", "dob", "same", clue.typed)
    if abs(dob.year - year) == 1:
        return Finding("year_similar", "dob", "similar", clue.typed)
    return Finding("year_differs", "dob", "differs", clue.typed)


def _read_document(clue: Clue, held: str | None, *, is_whole_only: bool) -> Finding:
    asked = clue.document or ""
    if held is None:
        return Finding("", "document_number", "missing", clue.typed)
    if asked == held:
        return Finding("document_same", "document_number", "same", clue.typed)
    weight = "document_differs" if is_whole_only else _document_weight(asked, held)
    verdict: VerdictName = "differs" if weight == "document_differs" else "similar"
    return Finding(weight, "document_number", verdict, clue.typed)


def _document_weight(asked: str, held: str) -> str:
    if len(asked) >= SHORTEST_PART and asked in held:
        return "document_part"
    asked, held = document_form(asked) or "", document_form(held) or ""
    allowed = 2 if min(len(asked), len(held)) >= LONG_DOCUMENT else 1
    edits = OSA.distance(asked, held, score_cutoff=allowed)
    if edits > allowed:
        return "document_differs"
    return "document_similar" if edits <= 1 else "document_far"
