"""Databases beside the dataset, for what may not be done to it: made, pointed at, dropped again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from events import sql

MAINTENANCE = "postgres"


@contextmanager
def database(name: str, *, template: str = "template0") -> Iterator[None]:
    """`template` may be the dataset itself: a copy of it."""
    with pointed_at(MAINTENANCE):
        sql.execute(f"DROP DATABASE IF EXISTS {name}")
        sql.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield
    finally:
        with pointed_at(MAINTENANCE):
            sql.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Django's connection, and back again."""
    home = connection.settings_dict["NAME"]
    _point_at(name)
    try:
        yield
    finally:
        _point_at(home)


def _point_at(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
