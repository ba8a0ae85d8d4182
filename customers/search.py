"""One door for every search: the database proposes candidates, matching.py judges them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from django.db import transaction

from customers.matching import THRESHOLD, VerdictName, match, profile_of
from customers.queries import customer_row, selecting
from customers.query_reading import SHORTEST_OPEN_WORD, Query, dates_of, read_query
from customers.rows import CustomerRow
from customers.text_forms import document_key, plain
from events import sql

Mode = Literal["exact", "fuzzy"]
MODES: tuple[Mode, ...] = ("exact", "fuzzy")
MAX_QUERY_LENGTH = 500
MAX_CANDIDATES = 300
# Share of a word's trigrams that a customer must have to be looked at, for one, two, more words.
# "Jonsn" has a third of Johnson's; of several words one is enough, so each may be asked more of.
LEAST_SIMILARITY = (0.3, 0.4, 0.5)

SIMILARITY_SQL = "SELECT set_config('pg_trgm.word_similarity_threshold', %(least)s, true)"

# Each source on its own index, each bounded. One word is enough to be looked at, but all words
# decide who is among the first: otherwise one common word would fill the places. Short words have
# hardly a trigram: they are looked for as beginnings of words, and only without a longer one.
CANDIDATES_SQL = selecting(
    """
WITH found AS (
    (SELECT alike.entity_uid FROM (
            SELECT DISTINCT customer.entity_uid, customer.search_text
            FROM unnest(%(words)s::text[]) AS asked (word)
            JOIN customers_customer customer ON customer.search_text %%> asked.word
            WHERE customer.state = 'listed'
        ) AS alike
        ORDER BY (SELECT sum(word_similarity(every.word, alike.search_text))
            FROM unnest(%(words)s::text[]) AS every (word)) DESC, alike.entity_uid
        LIMIT %(limit)s)
    UNION
    (SELECT customer.entity_uid FROM unnest(%(beginnings)s::text[]) AS asked (pattern)
        JOIN customers_customer customer ON customer.search_text LIKE asked.pattern
        WHERE customer.state = 'listed'
        ORDER BY customer.sort_key, customer.entity_uid LIMIT %(limit)s)
    UNION
    (SELECT entity_uid FROM customers_customer
        WHERE state = 'listed' AND dob = ANY(%(dobs)s::date[])
        ORDER BY sort_key, entity_uid LIMIT %(limit)s)
    UNION
    (SELECT entity_uid FROM customers_customer
        WHERE state = 'listed' AND dob BETWEEN %(born_from)s::date AND %(born_to)s::date
        ORDER BY sort_key, entity_uid LIMIT %(limit)s)
    UNION
    (SELECT entity_uid FROM customers_customer
        WHERE state = 'listed' AND document_key = ANY(%(documents)s::text[])
        ORDER BY entity_uid LIMIT %(limit)s)
)
SELECT COLUMNS, NULL, customer.search_text, customer.document_key, customer.sort_key
FROM customers_customer customer JOIN found USING (entity_uid)
"""
)

# The longest pattern is the one that the trigram index is asked for. For customers every part must
# be in a name, or be a whole document number.
EXACT_SQL = selecting(
    """
SELECT COLUMNS, NULL, customer.search_text FROM customers_customer customer
WHERE customer.state = 'listed'
    AND customer.search_text LIKE %(longest)s
    AND customer.search_text LIKE ALL(%(anywhere)s::text[])
    AND split_part(customer.search_text, '|', 1) LIKE ALL(%(surname)s::text[])
    AND split_part(split_part(customer.search_text, '#', 1), '|', 2) LIKE ALL(%(name)s::text[])
    AND (%(document)s::text IS NULL OR customer.document_key LIKE %(document)s)
    AND (%(dobs)s::date[] IS NULL OR customer.dob = ANY(%(dobs)s::date[]))
    AND (%(digits)s::text IS NULL OR to_char(customer.dob, 'YYYYMMDD') LIKE %(digits)s)
    AND NOT EXISTS (
        SELECT FROM unnest(%(open_names)s::text[], %(open_documents)s::text[])
            AS part (pattern, document)
        WHERE NOT coalesce(split_part(customer.search_text, '#', 1) LIKE part.pattern, false)
        AND NOT coalesce(customer.document_key = part.document, false))
ORDER BY customer.sort_key, customer.entity_uid LIMIT %(limit)s
"""
)


@dataclass(frozen=True, slots=True)
class Why:
    """What one field had to do with the answer; `query` as asked, `value` as held."""

    field: str
    verdict: VerdictName
    query: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    customer: CustomerRow
    score: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: free text beside or instead of single fields. All of it counts."""

    q: str = ""
    surname: str | None = None
    name: str | None = None
    dob: str | None = None
    document_number: str | None = None

    def text(self) -> str:
        """All of it as one text, e.g. to recognise the same question again."""
        parts = (self.q, self.surname, self.name, self.dob, self.document_number)
        return " ".join(part for part in parts if part)


def search(
    *,
    q: str = "",
    mode: Mode,
    limit: int,
    today: date,
    surname: str | None = None,
    name: str | None = None,
    dob: str | None = None,
    document_number: str | None = None,
    is_whole_only: bool = False,
) -> list[Hit]:
    """Listed customers, the best first; nobody when nothing fits well enough.

    `is_whole_only`: document numbers and dates match only whole and names from three letters on,
    so that nobody without full view can spell a value out by trying.
    """
    question = Question(q, surname, name, dob, document_number)
    return search_for(question, mode=mode, limit=limit, today=today, is_whole_only=is_whole_only)


def search_for(
    question: Question, *, mode: Mode, limit: int, today: date, is_whole_only: bool = False
) -> list[Hit]:
    """As `search`, for a question that was put together already."""
    if mode == "exact":
        return _search_exact(question, limit=limit, is_whole_only=is_whole_only)
    return _search_fuzzy(question, limit=limit, today=today, is_whole_only=is_whole_only)


def _search_fuzzy(question: Question, *, limit: int, today: date, is_whole_only: bool) -> list[Hit]:
    query = read_query(
        q=question.q,
        surname=question.surname,
        name=question.name,
        dob=question.dob,
        document_number=question.document_number,
        today=today,
        is_whole_only=is_whole_only,
    )
    if query.is_empty:
        return []
    ranked = []
    for row in _candidates(query):
        profile = profile_of(search_text=row[13], dob=row[4], document_key=row[14])
        fit = match(query, profile)
        if fit.score >= THRESHOLD:
            ranked.append(((-fit.score, row[15], row[0]), row, fit))
    ranked.sort(key=lambda found: found[0])
    hits = []
    for _, row, fit in ranked[:limit]:
        customer = customer_row(row)
        why = tuple(
            Why(said.field, said.verdict, said.query, _value(customer, said.field))
            for said in fit.why
        )
        hits.append(Hit(customer, fit.score, why))
    return hits


def _candidates(query: Query) -> list[tuple[Any, ...]]:
    documents = [clue.document for clue in query.clues if clue.document]
    words = [word.text for word in query.words if len(word.text) > 2]
    short = [] if words or query.clues else [word.text for word in query.words]
    partial = [] if query.is_whole_only else [document.lower() for document in documents]
    year = None if query.words else next((clue.year for clue in query.clues if clue.year), None)
    params = {
        "words": sorted({*words, *partial}),
        "beginnings": [f"% {word}%" for word in sorted(set(short))],
        "dobs": sorted({day for clue in query.clues for day in _with_swapped(clue.dates)}),
        "born_from": date(year, 1, 1) if year and not query.is_whole_only else None,
        "born_to": date(year, 12, 31) if year and not query.is_whole_only else None,
        "documents": sorted({*documents, *([query.document] if query.document else [])}),
        "limit": MAX_CANDIDATES,
    }
    least = LEAST_SIMILARITY[min(max(len(words), 1), len(LEAST_SIMILARITY)) - 1]
    with transaction.atomic(savepoint=False):
        sql.execute(SIMILARITY_SQL, {"least": str(least)})
        return sql.fetch(CANDIDATES_SQL, params)


def _with_swapped(days: Iterable[date]) -> Iterable[date]:
    """The dates, and each with day and month swapped, where that is a date."""
    for day in days:
        yield day
        if day.day <= 12:
            yield day.replace(month=day.day, day=day.month)


def _search_exact(question: Question, *, limit: int, is_whole_only: bool) -> list[Hit]:
    anywhere = _patterns(question.q)
    surname, name = _patterns(question.surname), _patterns(question.name)
    document = document_key(question.document_number) if plain(question.document_number) else None
    dobs = sorted(dates_of(question.dob or ""))
    digits = "" if dobs else "".join(filter(str.isdecimal, question.dob or ""))
    is_no_dob = bool(question.dob and question.dob.strip()) and not (dobs or digits)
    if is_no_dob or not (anywhere or surname or name or document or dobs or digits):
        return []
    if is_whole_only and (digits or any(map(_is_short, surname + name))):
        return []
    parts = question.q.split() if is_whole_only else []
    open_names = [_open_pattern(part) for part in parts if plain(part)]
    rows = sql.fetch(
        EXACT_SQL,
        {
            "longest": max([*anywhere, *surname, *name, "%"], key=len),
            "anywhere": anywhere,
            "surname": surname,
            "name": name,
            "document": document if is_whole_only or not document else f"%{document}%",
            "dobs": dobs or None,
            "digits": f"%{digits}%" if digits else None,
            "open_names": open_names,
            "open_documents": [document_key(part) for part in parts if plain(part)],
            "limit": limit,
        },
    )
    return [_exact_hit(row, question) for row in rows]


def _patterns(text: str | None) -> list[str]:
    """One LIKE pattern for each part. What is compared holds letters, digits and blanks only, so
    a wildcard that somebody typed is gone; a part with digits is compared as a document key."""
    return [_pattern(form) for part in (text or "").split() if (form := _form(part))]


def _form(part: str) -> str:
    if any(map(str.isdecimal, part)):
        return plain(document_key(part))
    return plain(part)


def _pattern(form: str) -> str:
    """One or two letters are in nearly every name: they must begin a word."""
    return f"% {form}%" if len(form) <= 2 else f"%{form}%"


def _is_short(pattern: str) -> bool:
    return len(pattern.strip("% ")) < SHORTEST_OPEN_WORD


def _open_pattern(part: str) -> str | None:
    form = _form(part)
    return None if len(form) < SHORTEST_OPEN_WORD else _pattern(form)


def _exact_hit(row: Sequence[Any], question: Question) -> Hit:
    customer = customer_row(row)
    held = {
        "surname": plain(customer.surname),
        "name": plain(customer.name),
        "display_name": "" if customer.surname or customer.name else plain(customer.display_name),
        "document_number": plain(document_key(customer.document_number)),
    }
    asked: dict[str, list[str]] = {
        field: [part]
        for field in ("surname", "name", "dob", "document_number")
        if (part := cast("str | None", getattr(question, field)))
    }
    for part in question.q.split():
        for field, text in held.items():
            if (form := _form(part)) and form in text:
                asked.setdefault(field, []).append(part)
    why = tuple(
        Why(field, "same", " ".join(parts), _value(customer, field))
        for field, parts in asked.items()
    )
    return Hit(customer, 1.0, why)


def _value(customer: CustomerRow, field: str) -> str | None:
    value = getattr(customer, field)
    return value.isoformat() if isinstance(value, date) else value
