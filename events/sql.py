"""Small verbs for the SQL that the ORM cannot say."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Params = Mapping[str, Any]


def fetch(statement: str, params: Params | None = None) -> list[tuple[Any, ...]]:
    """All rows of a statement that returns rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def execute(statement: str, params: Params | None = None) -> int:
    """The number of rows a statement touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def execute_many(statement: str, rows: Sequence[Params]) -> int:
    """As `execute`, once for each of `rows`, sent together."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))
        return int(cursor.rowcount)


def fetch_bound(statement: str, params: Params) -> list[tuple[Any, ...]]:
    """As `fetch`, with the parameters sent beside the statement instead of written into it: an
    array of uuid, text or timestamptz sent by `%(name)b` costs 0.5 µs a value instead of 3.
    The answer comes in binary form, too: cast jsonb to text in the statement."""
    with _bound_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def fetch_prepared(statement: str, params: Params) -> list[tuple[Any, ...]]:
    """As `fetch_bound`, for a statement whose plan is the same whatever its parameters: it stays
    prepared on the connection, and PostgreSQL soon plans it no more. That was half the time of a
    page. A LIMIT must be written out: of a parameter the planner takes it for a tenth of all."""
    database = connections[DEFAULT_DB_ALIAS]  # once: `connection` looks for it at each attribute
    if database.queries_logged:
        return fetch_bound(statement, params)  # psycopg keeps no text of a prepared one to log
    if database.execute_wrappers:
        with _bound_cursor(database) as cursor:
            _execute_prepared(database, cursor, statement, params)
            return list(cursor.fetchall())
    # Nobody listens: without Django's cursor, which costs as much again, but with its errors.
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        bare = _bare_cursor(database)
        _execute_prepared(database, bare, statement, params)
        return list(bare.fetchall())


def execute_prepared(statement: str, params: Params) -> int:
    """As `execute`, in the way of `fetch_prepared`."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.queries_logged:
        return execute_bound(statement, params)
    with _bound_cursor(database) as cursor:
        _execute_prepared(database, cursor, statement, params)
        return int(cursor.rowcount)


def _execute_prepared(
    database: BaseDatabaseWrapper, cursor: Any, statement: str, params: Params
) -> None:
    raw: Any = database.connection
    usual, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        cursor.execute(statement, params)
    finally:
        raw.prepare_threshold = usual


def execute_bound(statement: str, params: Params) -> int:
    """As `execute`, in the way of `fetch_bound`."""
    with _bound_cursor(connections[DEFAULT_DB_ALIAS]) as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def _bound_cursor(database: BaseDatabaseWrapper) -> Any:
    """Wrapped by Django, so that query counts and error classes are the usual ones."""
    database.ensure_connection()
    raw = _bare_cursor(database)
    if database.queries_logged:
        return database.make_debug_cursor(raw)
    return database.make_cursor(raw)


def _bare_cursor(database: BaseDatabaseWrapper) -> Any:
    raw: Any = psycopg.Cursor(database.connection)
    raw.format = psycopg.pq.Format.BINARY
    return raw


def array_literal(texts: Iterable[str]) -> str:
    """One `text[]` value as text: `unnest` flattens arrays of arrays, so rows of arrays travel
    as text and are cast in the statement."""
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return "{" + ",".join(quoted) + "}"
