"""A location's database with a million entities and five million versions, kept between runs.

It has a PostgreSQL cluster of its own. The rows are those of the product's fold, computed beside it
and loaded by COPY; `verify` folds a sample of them from the log again.
"""

import gc
import hashlib
import io
import json
import multiprocessing
import random
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from tqdm import tqdm

from deploy.local.places import CHECKOUT
from entities import version_changes, version_rows
from entities.fold import FOLD_VERSION, digest, fold
from entities.version_writes import Changes
from events import log, sql
from tests.benchmarks import indexes
from tests.benchmarks.histories import ORIGINS
from tests.benchmarks.rows import (
    DETAIL,
    ENTITY,
    EVENT,
    HEAD,
    STATE,
    Rows,
    joined,
    rows_of_chunk,
)

# Raise it when the generator changes: a dataset of another one is made anew.
GENERATOR_VERSION = 1
CHUNK = 5_000
WORKERS = 2
SAMPLE = 500
TABLES = (EVENT, HEAD, ENTITY, DETAIL, STATE)

# As the log says it: this location has all of each origin.
RECEIVED_SQL = """
INSERT INTO events_origin (origin, received, wants)
SELECT origin, int8multirange(int8range(1, max(sequence), '[]')), '{}'
FROM events_event GROUP BY origin
"""

COUNTS_SQL = """
SELECT (SELECT count(*) FROM events_head), (SELECT count(*) FROM events_event),
       (SELECT count(*) FROM entities_entity), (SELECT count(*) FROM entities_entitydetail),
       (SELECT count(*) FROM entities_entity WHERE is_current)
"""


# Tables and indexes; of the log only its indexes.
WARM_SQL = """
SELECT pg_prewarm(relation.oid) FROM pg_class relation
LEFT JOIN pg_index ON indexrelid = relation.oid
WHERE coalesce(indrelid, relation.oid) = ANY('{entities_entity, entities_entitydetail,
    entities_state, events_head, events_event}'::regclass[])
"""


class NotWhatTheFoldGivesError(Exception):
    """The dataset's rows differ from the fold of its events."""


def is_made(stamp: Path, entities: int) -> bool:
    try:
        return bool(json.loads(stamp.read_text()) == _expected(entities))
    except (OSError, ValueError):
        return False


def mark(stamp: Path, entities: int) -> None:
    """Says that the dataset is whole."""
    stamp.write_text(json.dumps(_expected(entities)))


def build(entities: int) -> None:
    """Tables and rows into the empty database that Django is pointed at."""
    call_command("migrate", verbosity=0)
    fill(entities)
    verify()
    sql.execute("CHECKPOINT")


def fill(entities: int) -> None:
    """Empty tables → all rows, then the planner's statistics."""
    sequences = dict.fromkeys(ORIGINS, 0)
    progress = tqdm(total=entities, unit=" entities", disable=not sys.stderr.isatty())
    with indexes.put_aside(TABLES), progress:
        for rows in _chunks(entities):
            _copy(rows, sequences)
            progress.update(rows.entities)
    sql.execute(RECEIVED_SQL)
    sql.execute("VACUUM (ANALYZE)")


def verify() -> None:
    """Folds a sample of entities from their events and compares rows and heads.

    Raises NotWhatTheFoldGivesError.
    """
    uids = [uid for (uid,) in sql.fetch_bound("SELECT entity_uid FROM events_head", {})]
    chosen = random.Random(SAMPLE).sample(sorted(uids), min(SAMPLE, len(uids)))
    stored, heads = version_rows.load(chosen), log.lock_heads(chosen)
    for uid, events in log.events_of(chosen).items():
        folded, found = fold(events), Changes()
        version_changes.add_changed(
            found,
            uid,
            stored=stored[uid],
            folded=folded,
            closed_by={},
            locations={event.event_id: event.location_id for event in events},
        )
        head = heads[uid]
        counted = (head.digest, head.revision, sum(head.vv.values()), head.last_hlc)
        expected = (digest(uid, folded), len(events), len(events), events[-1].hlc)
        if found.tables() or counted != expected:
            raise NotWhatTheFoldGivesError(f"{uid}: {found.tables() or 'events_head'}")


def warm() -> None:
    """Everything the questions read into PostgreSQL's memory."""
    sql.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    sql.fetch(WARM_SQL)


def counts() -> Mapping[str, int]:
    """How many rows there are, for the report."""
    names = ("entities", "events", "entity versions", "detail versions", "alive today")
    return dict(zip(names, sql.fetch_bound(COUNTS_SQL, {})[0], strict=True))


def _expected(entities: int) -> dict[str, Any]:
    """The stamp of a usable dataset: all that it depends on."""
    return {
        "entities": entities,
        "generator": GENERATOR_VERSION,
        "fold_version": FOLD_VERSION,
        "schema": schema_digest(),
    }


def schema_digest() -> str:
    """Of the statements of our migrations: files may change in words only."""
    digests = hashlib.sha256()
    loader = MigrationLoader(connection)
    for app, name in sorted(loader.disk_migrations):
        is_ours = Path(apps.get_app_config(app).path).parent == CHECKOUT
        if is_ours:
            statements = call_command("sqlmigrate", app, name, stdout=io.StringIO(), no_color=True)
            lines = statements.splitlines()
            digests.update("\n".join(line for line in lines if line[:2] != "--").encode())
    return digests.hexdigest()


def _chunks(entities: int) -> Iterator[Rows]:
    """Computed by processes beside this one, in order; only a few wait in memory. Their garbage
    collector rests: rows have no cycles, and looking for some took a fifth of the time."""
    sizes = [min(CHUNK, entities - start) for start in range(0, entities, CHUNK)]
    # Forked: a fresh interpreter would not know Django's settings when it unpickles its work.
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(WORKERS, mp_context=fork, initializer=gc.disable) as pool:
        waiting: list[Future[Rows]] = []
        for number, size in enumerate(sizes):
            waiting.append(pool.submit(rows_of_chunk, number, size))
            if len(waiting) > 2 * WORKERS:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _copy(rows: Rows, sequences: dict[str, int]) -> None:
    for origin, line in rows.events:
        sequences[origin] += 1
        rows.lines.setdefault(EVENT, []).append(f"{line}\t{sequences[origin]}")
    for table in TABLES:
        _require_all_columns(table, rows.columns[table])
        names = ", ".join(rows.columns[table])
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            copy.write(joined(rows.lines[table]))


def _require_all_columns(table: str, columns: tuple[str, ...]) -> None:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    needed = {
        field.column
        for field in model._meta.concrete_fields
        if field.column and not isinstance(field, models.GeneratedField | models.BigAutoField)
    }
    if needed != set(columns):
        different = ", ".join(sorted(needed.symmetric_difference(columns)))
        raise NotWhatTheFoldGivesError(f"{table} has other columns than rows.py fills: {different}")
