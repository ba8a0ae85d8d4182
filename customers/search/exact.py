"""Exact search: every part that was typed stands somewhere in the customer, letter by letter."""

from collections.abc import Sequence
from typing import Any, cast

from customers.queries import customer_row, selecting
from customers.search.date_reading import dates_of
from customers.search.hits import Hit, Question, Why, value_of
from customers.text_forms import document_key, plain
from entities.text_forms import SHORTEST_OPEN_WORD
from events import sql

# The longest pattern is the one that the trigram index is asked for. For customers every part must
# be in a name, or be a whole document number. Surname and name are those of one record: its own
# or one that merges left behind (odd pieces of the text are names, even ones numbers).
EXACT_SQL = selecting(
    """
SELECT COLUMNS, NULL, customer.search_text FROM customers_customer customer
WHERE customer.state = 'listed'
    AND customer.search_text LIKE %(longest)s
    AND customer.search_text LIKE ALL(%(anywhere)s::text[])
    AND (cardinality(%(surname)s::text[]) + cardinality(%(name)s::text[]) = 0 OR EXISTS (
        SELECT FROM unnest(string_to_array(customer.search_text, '#'))
            WITH ORDINALITY AS record (names, place)
        WHERE place %% 2 = 1
        AND split_part(record.names, '|', 1) LIKE ALL(%(surname)s::text[])
        AND split_part(record.names, '|', 2) LIKE ALL(%(name)s::text[])))
    AND (%(document)s::text IS NULL OR customer.document_key LIKE %(document)s OR EXISTS (
        SELECT FROM unnest(string_to_array(customer.search_text, '#'))
            WITH ORDINALITY AS record (numbers, place)
        WHERE place %% 2 = 0 AND place > 2
        AND split_part(record.numbers, '|', 2) LIKE %(other_document)s))
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


def search_exact(question: Question, *, limit: int, is_whole_only: bool) -> list[Hit]:
    anywhere = _patterns(question.q)
    surname, name = _patterns(question.surname), _patterns(question.name)
    if is_whole_only:
        surname, name = [_whole(each) for each in surname], [_whole(each) for each in name]
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
            "longest": max([*anywhere, *surname, *name, _in_text(document)], key=len),
            "anywhere": anywhere,
            "surname": surname,
            "name": name,
            "document": document if is_whole_only or not document else f"%{document}%",
            "other_document": _number_pattern(document, is_whole_only=is_whole_only),
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


def _in_text(document: str | None) -> str:
    """What the trigram index can be asked for a piece of a document number."""
    is_whole_there = document and document.isascii() and document.isalnum()
    return f"%{(document or '').lower()}%" if is_whole_there else "%"


def _number_pattern(document: str | None, *, is_whole_only: bool) -> str | None:
    """Of the text for searching, where the numbers are that merges left behind."""
    form = plain(document)
    if not form:
        return None
    return f"% {form} %" if is_whole_only else f"%{form}%"


def _whole(pattern: str) -> str:
    return f"% {pattern.strip('% ')} %"


def _open_pattern(part: str) -> str | None:
    form = _form(part)
    return None if len(form) < SHORTEST_OPEN_WORD else f"% {form} %"


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
        Why(field, "same", " ".join(parts), value_of(customer, field))
        for field, parts in asked.items()
    )
    return Hit(customer, 1.0, why)
