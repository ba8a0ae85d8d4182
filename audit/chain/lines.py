"""Audit table → lines: entries as they are hashed, streamed by COPY."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from audit.chain.hashing import COLUMNS
from events import sql

# The line's form must not depend on what somebody set for the database or the role.
FORM_SQL = """
SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, MDY', true)
"""

TAIL = ", ".join("encode(query_hash, 'hex')" if name == "query_hash" else name for name in COLUMNS)

# Committed means visible: entries without a number are claimed by that, never by id or time.
TAILS_SQL = f"""
COPY (SELECT {TAIL} FROM audit_entry WHERE seq IS NULL ORDER BY at, audit_id LIMIT %(most)s)
TO STDOUT
"""  # noqa: S608 (our own names)

ROWS_SQL = f"""
COPY (SELECT encode(hash, 'hex'), seq, encode(prev_hash, 'hex'), {TAIL} FROM audit_entry
    WHERE seq BETWEEN %(first)s AND %(last)s ORDER BY seq, audit_id)
TO STDOUT
"""  # noqa: S608 (our own names)


def unnumbered_tails(*, most: int) -> list[bytes]:
    """Lines without seq and prev_hash of entries that have none, in the order to number them."""
    return [row[:-1] for row in _copied(TAILS_SQL, {"most": most})]


def rows(*, first: int, last: int) -> Iterator[bytes]:
    """Rows with these numbers, by number. Must be read to the end, in a transaction."""
    return _copied(ROWS_SQL, {"first": first, "last": last})


def _copied(statement: str, params: Mapping[str, Any]) -> Iterator[bytes]:
    sql.fetch(FORM_SQL)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement, params) as copy,
    ):
        for row in copy:
            yield bytes(row)
