"""Audit table → lines: entries as they are hashed, streamed by COPY."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from audit.chain.hashing import COLUMNS
from events import sql

# The line's form must not depend on what somebody set for the database or the role.
FORM_SQL = """
SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true)
"""

TOLD = ["encode(query_hash, 'hex')" if name == "query_hash" else name for name in COLUMNS]
TAIL = ", ".join(TOLD)

# What stands in a line, as texts, of a row of the table or of the view `audit_seen`.
TEXTS = f"""ARRAY[seq::text, encode(prev_hash, 'hex'), {
    ", ".join(f"({part})::text" for part in TOLD)
}]"""
ESCAPES = str.maketrans(
    {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\b": r"\b", "\f": r"\f", "\v": r"\v"}
)

# Committed means visible: entries without a number are claimed by that, never by id or time.
TAILS_SQL = f"""
COPY (SELECT {TAIL} FROM audit_entry WHERE seq IS NULL ORDER BY at, audit_id LIMIT %(most)s)
TO STDOUT
"""  # noqa: S608 (our own names)

ROWS_WHERE_SQL = f"""
COPY (SELECT encode(hash, 'hex'), seq, encode(prev_hash, 'hex'), {TAIL} FROM audit_entry
    WHERE {{condition}})
TO STDOUT
"""  # noqa: S608 (our own names)
ROWS_SQL = ROWS_WHERE_SQL.format(
    condition="seq BETWEEN %(first)s AND %(last)s ORDER BY seq, audit_id"
)
ROWS_BETWEEN_SQL = ROWS_WHERE_SQL.format(
    condition="seq <= %(last)s AND at >= %(since)s AND at < %(until)s"
)
ROWS_OF_SQL = ROWS_WHERE_SQL.format(condition="seq IS NOT NULL AND audit_id = ANY(%(ids)s::uuid[])")


def fix_form() -> None:
    """For the rest of the transaction texts of instants are those of lines."""
    sql.fetch(FORM_SQL)


def line_of(texts: Iterable[str | None]) -> str:
    """The line, as COPY writes it, of what TEXTS gave in such a transaction."""
    return "\t".join(r"\N" if text is None else text.translate(ESCAPES) for text in texts)


def unnumbered_tails(*, most: int) -> list[bytes]:
    """Lines without seq and prev_hash of entries that have none, in the order to number them."""
    return [row[:-1] for row in _copied(TAILS_SQL, {"most": most})]


def rows(*, first: int, last: int) -> Iterator[bytes]:
    """Rows with these numbers, by number. Must be read to the end, in a transaction."""
    return _copied(ROWS_SQL, {"first": first, "last": last})


def rows_between(*, since: datetime, until: datetime, last: int) -> Iterator[bytes]:
    """Rows made in [since, until) with numbers up to `last`, in no order; as `rows` otherwise."""
    return _copied(ROWS_BETWEEN_SQL, {"since": since, "until": until, "last": last})


def rows_of(ids: Sequence[str]) -> Iterator[bytes]:
    """Rows of these entries, in no order; as `rows` otherwise."""
    return _copied(ROWS_OF_SQL, {"ids": list(ids)})


def _copied(statement: str, params: Mapping[str, Any]) -> Iterator[bytes]:
    fix_form()
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement, params) as copy,
    ):
        for row in copy:
            yield bytes(row)
