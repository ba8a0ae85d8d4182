"""Secondary indexes and constraints put aside while rows are loaded, and made again in one go."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tqdm import tqdm

from events import sql

# In this order they are dropped; made again in the reverse one. Primary keys stay.
CONSTRAINTS_SQL = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('u', 'x')
ORDER BY conrelid::regclass::text, conname
"""
INDEXES_SQL = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%(tables)s::regclass[])
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indexrelid::regclass::text
"""


@contextmanager
def put_aside(tables: Sequence[str]) -> Iterator[None]:
    """Kept up row by row, the trigram and range indexes take most of the time of a load."""
    params = {"tables": list(tables)}
    found = [*sql.fetch(CONSTRAINTS_SQL, params), *sql.fetch(INDEXES_SQL, params)]
    for drop, _ in found:
        sql.execute(drop)
    yield
    makes = [make for _, make in reversed(found)]
    for make in tqdm(makes, unit=" indexes", disable=not sys.stderr.isatty()):
        sql.execute(make)
