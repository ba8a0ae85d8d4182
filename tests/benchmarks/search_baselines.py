"""What the product's search is measured beside: other ways to find the same people.

All compare names in the product's own normal form, so that none loses by an accent or a script.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.db import connection, models
from rapidfuzz import fuzz

from customers.text_forms import plain
from events import sql
from tests.benchmarks import search_elastic
from tests.benchmarks.people import Person
from tests.benchmarks.reranking import CANDIDATES, best
from tests.benchmarks.search_targets import FULL_SCAN, TRIGRAMS

TABLE = "benchmarks_person"
# Of pg_trgm: of 0.3, 0.4 and 0.5 the one that found most.
TRIGRAM_THRESHOLD = 0.3

TABLE_SQL = f"""
DROP TABLE IF EXISTS {TABLE};
CREATE TABLE {TABLE} (entity_uid uuid PRIMARY KEY, name text NOT NULL COLLATE "C")
"""
COPY_SQL = f"COPY {TABLE} (entity_uid, name) FROM STDIN"
INDEX_SQL = f"""
CREATE INDEX {TABLE}_trgm ON {TABLE} USING gin (name gin_trgm_ops) WITH (fastupdate = off)
"""
# The planner's statistics, and pages that are known to be visible to all.
VACUUM_SQL = f"VACUUM (ANALYZE) {TABLE}"
KEPT_SQL = "SELECT obj_description(to_regclass(%(table)s), 'pg_class')"
SIZES_SQL = f"SELECT pg_table_size('{TABLE}'), pg_relation_size('{TABLE}_trgm')"
THRESHOLD_SQL = f"SET pg_trgm.similarity_threshold = {TRIGRAM_THRESHOLD}"
TRIGRAM_SQL = f"""
SELECT entity_uid, name FROM {TABLE} WHERE name %% %(asked)s
ORDER BY similarity(name, %(asked)s) DESC LIMIT {CANDIDATES}
"""  # noqa: S608


class Baseline(Protocol):
    """One other way to search."""

    name: str

    def prepare(self, people: Iterable[Person]) -> None:
        """Makes its index, unless an earlier run left one of the same people."""

    def search(self, text: str, limit: int = 10) -> list[UUID]:
        """The people it finds, the likeliest first."""

    def sizes(self) -> Mapping[str, int]:
        """Bytes on disk, by name."""


class ComparedPerson(models.Model):
    entity_uid = models.UUIDField(primary_key=True)
    name = models.TextField()

    class Meta:
        app_label = "benchmarks"
        db_table = TABLE
        managed = False


class FullScan:
    """Every row through the ORM, compared in Python: how the predecessors searched."""

    name = FULL_SCAN

    def __init__(self, *, stamp: str) -> None:
        self._stamp = stamp

    def prepare(self, people: Iterable[Person]) -> None:
        _fill_table(people, self._stamp)

    def search(self, text: str, limit: int = 10) -> list[UUID]:
        asked = plain(text)
        rows = ComparedPerson.objects.values("entity_uid", "name").iterator(chunk_size=10_000)
        ranked = heapq.nlargest(
            limit, ((_likeness(asked, row["name"]), row["entity_uid"]) for row in rows)
        )
        return [uid for _, uid in ranked]

    def sizes(self) -> Mapping[str, int]:
        return {}


class Trigrams:
    """PostgreSQL's trigram index on the names, its best reranked."""

    name = TRIGRAMS

    def __init__(self, *, stamp: str) -> None:
        self._stamp = stamp

    def prepare(self, people: Iterable[Person]) -> None:
        _fill_table(people, self._stamp)
        sql.execute(THRESHOLD_SQL)

    def search(self, text: str, limit: int = 10) -> list[UUID]:
        asked = plain(text)
        return best(asked, sql.fetch(TRIGRAM_SQL, {"asked": asked}), limit)

    def sizes(self) -> Mapping[str, int]:
        table, index = sql.fetch(SIZES_SQL)[0]
        return {f"{TRIGRAMS}, index": index, f"{TRIGRAMS}, its table": table}


@contextmanager
def running(home: Path, *, stamp: str) -> Iterator[Sequence[Baseline]]:
    """All of them. `stamp` says which people they hold; PostgreSQL's are where Django points."""
    with search_elastic.running(home / "elasticsearch", stamp=stamp) as elastic:
        yield FullScan(stamp=stamp), Trigrams(stamp=stamp), elastic


def _likeness(asked: str, name: str) -> float:
    return max(fuzz.QRatio(asked, name), fuzz.partial_ratio(asked, name))


def _fill_table(people: Iterable[Person], stamp: str) -> None:
    if sql.fetch(KEPT_SQL, {"table": TABLE})[0][0] == stamp:
        return
    sql.execute(TABLE_SQL)
    with connection.cursor() as cursor, cursor.copy(COPY_SQL) as copy:
        for person in people:
            copy.write_row((person.uid, plain(f"{person.name} {person.surname}")))
    sql.execute(INDEX_SQL)
    sql.execute(VACUUM_SQL)
    sql.execute(f"COMMENT ON TABLE {TABLE} IS '{stamp}'")
