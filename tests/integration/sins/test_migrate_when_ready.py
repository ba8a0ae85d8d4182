"""migrate_when_ready: waits with a deadline, and migrates once however many ask."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sins.management.commands.migrate_when_ready import MIGRATION_LOCK

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "manage.py", "migrate_when_ready"]


def start(database: str, *arguments: str, **overrides: str) -> subprocess.Popen:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env={**os.environ, "POSTGRES_DB": database, **overrides},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def empty_database(postgres) -> str:
    postgres.create_database("migrate_when_ready")
    return "migrate_when_ready"


def connect(database: str) -> psycopg.Connection:
    where = {part: os.environ[f"POSTGRES_{part.upper()}"] for part in ("host", "port", "user")}
    return psycopg.connect(dbname=database, autocommit=True, **where)


def test_several_at_once_migrate_one_after_the_other(empty_database):
    with connect(empty_database) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        several = [start(empty_database) for _ in range(2)]
        wait_until_waiting(connection, 2)
        tables = connection.execute("SELECT to_regclass('events_event')").fetchone()
        assert tables == (None,)
        connection.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])

        for process in several:
            out, err = process.communicate(timeout=120)
            assert (process.returncode, out) == (0, "The database is migrated.\n"), err


def wait_until_waiting(connection: psycopg.Connection, number: int) -> None:
    """Until that many sessions ask for the lock; the test's own time limit is the deadline."""
    waiting_sql = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'SELECT pg_try_advisory_lock%'"""
    while connection.execute(waiting_sql).fetchone() != (number,):
        connection.execute("SELECT pg_sleep(0.02)")


def test_a_database_that_does_not_answer_is_a_sentence_and_an_error():
    process = start("sins", "--wait-s", "0.1", POSTGRES_HOST="127.0.0.1", POSTGRES_PORT="1")

    out, err = process.communicate(timeout=60)

    assert process.returncode == 1
    assert out == "Waiting for PostgreSQL at 127.0.0.1:1, database sins.\n"
    assert err.startswith("CommandError: PostgreSQL at 127.0.0.1:1, database sins did not answer")
    assert "Traceback" not in err
