"""Two small verbs for the SQL that the ORM cannot say."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

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


def array_literal(texts: Iterable[str]) -> str:
    """One `text[]` value as text: `unnest` flattens arrays of arrays, so rows of arrays travel
    as text and are cast in the statement."""
    quoted = ('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts)
    return "{" + ",".join(quoted) + "}"
