"""One statement that is a whole transaction, on the shortest way to PostgreSQL: for what every
request pays. It goes to libpq, past Django's and psycopg's cursors, which take longer than it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from weakref import WeakSet

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from events import sql

DONE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
# psycopg forgets all that is prepared after a rollback, ours too.
UNKNOWN_STATEMENT = b"26000"
NAMED = re.compile(r"%\((\w+)\)s")


def _array(values: list[Any]) -> str:
    return sql.array_literal(str(value) for value in values)


_TEXT_OF: Mapping[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    UUID: str,
    datetime: datetime.isoformat,
    bytes: lambda value: f"\\x{value.hex()}",
    list: _array,
}


@dataclass(frozen=True)
class Alone:
    """A statement with parameters `%(name)s`, whose types PostgreSQL infers. `name`: under which
    it is prepared on each connection."""

    name: bytes
    statement: str
    _prepared_on: WeakSet[Any] = field(default_factory=WeakSet, init=False, compare=False)

    @cached_property
    def names(self) -> list[str]:
        return list(dict.fromkeys(NAMED.findall(self.statement)))

    @cached_property
    def numbered(self) -> bytes:
        number = {name: f"${place}" for place, name in enumerate(self.names, start=1)}
        return NAMED.sub(lambda found: number[found[1]], self.statement).encode()

    def execute(self, params: sql.Params) -> None:
        """Inside of a transaction it is one of its statements, in the usual way."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.in_atomic_block or database.queries_logged or database.execute_wrappers:
            sql.execute_bound(self.statement, params)  # the last two listen at Django's cursors
            return
        database.ensure_connection()
        with database.wrap_database_errors:
            self._execute(database.connection, [_text(params[name]) for name in self.names])

    def _execute(self, connection: Any, texts: list[bytes | None]) -> None:
        if connection not in self._prepared_on:
            self._prepare(connection)
        result = connection.pgconn.exec_prepared(self.name, texts)
        if result.error_field(DiagnosticField.SQLSTATE) == UNKNOWN_STATEMENT:
            self._prepare(connection)
            result = connection.pgconn.exec_prepared(self.name, texts)
        _check(result)

    def _prepare(self, connection: Any) -> None:
        _check(connection.pgconn.prepare(self.name, self.numbered))
        self._prepared_on.add(connection)


def _text(value: Any) -> bytes | None:
    if value is None:
        return None
    text = _TEXT_OF[type(value)](value).encode()
    if b"\0" in text:
        raise psycopg.DataError("PostgreSQL text cannot contain NUL (0x00) bytes")
    return text


def _check(result: PGresult) -> None:
    if result.status not in DONE:
        raise psycopg.errors.error_from_result(result)
