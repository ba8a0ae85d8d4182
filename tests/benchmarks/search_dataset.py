"""A list of a million invented people, or ten, in a database kept between runs.

The rows and the words of their names are made by the product's own pure functions and loaded by
COPY; then their indexes are built.
"""

import gc
import hashlib
import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import fields
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from tqdm import tqdm

from customers.read_model import Facts, Row, row_of
from customers.rules import PERSON
from customers.search.words import WordRow, counted, word_row
from events import sql
from tests.benchmarks import indexes
from tests.benchmarks.people import CHUNK, FIRST_MS, Person, people
from tests.benchmarks.rows import cell, joined

TABLE, WORDS_TABLE = "customers_customer", "customers_searchword"
WORKERS = 2
# Enough to notice that the product makes other rows than those that were loaded.
SAMPLE_CHUNK = 0
STRANGERS = 2_000  # chunks behind the list


def is_made(stamp: Path, size: int) -> bool:
    """Is a usable list there? Its tables are migrated, and words only made anew when the rules of
    spelling have changed."""
    try:
        kept = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    wanted = expected(size)
    different = {key for key in wanted if kept.get(key) != wanted[key]}
    if not different <= {"words"}:
        return False
    call_command("migrate", verbosity=0)
    if different:
        spell_anew()
        stamp.write_text(json.dumps({**kept, **wanted}))
    return True


def expected(size: int) -> dict[str, Any]:
    """The stamp of a usable dataset: all that it depends on."""
    lines, words = lines_of(SAMPLE_CHUNK, CHUNK)
    vocabulary = joined(str(word_row(word, bearers=words[word])) for word in sorted(words))
    return {
        "people": size,
        "rows": hashlib.sha256(lines.encode()).hexdigest(),
        "words": hashlib.sha256(vocabulary.encode()).hexdigest(),
    }


def build(size: int) -> None:
    """Tables, rows and the index into the empty database that Django is pointed at."""
    call_command("migrate", verbosity=0)
    with indexes.put_aside([TABLE, WORDS_TABLE]):
        words = load(size)
        _copy_words(words)
    sql.execute("VACUUM (ANALYZE)")
    sql.execute("CHECKPOINT")


def load(size: int) -> Counter[str]:
    """Everybody into the list; gives how many have each word."""
    words: Counter[str] = Counter()
    progress = tqdm(total=size, unit=" people", disable=not sys.stderr.isatty())
    with (
        progress,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLE} ({', '.join(_columns())}) FROM STDIN") as copy,
    ):
        for lines, bearers in _chunks(size):
            copy.write(lines)
            words.update(bearers)
            progress.update(min(CHUNK, size - progress.n))
    return words


def spell_anew() -> None:
    """The same words with what is made of each of them."""
    words = Counter(dict(sql.fetch(f"SELECT word, bearers FROM {WORDS_TABLE}")))  # noqa: S608
    with indexes.put_aside([WORDS_TABLE]):
        sql.execute(f"TRUNCATE {WORDS_TABLE}")
        _copy_words(words)
    sql.execute(f"VACUUM (ANALYZE) {WORDS_TABLE}")


def _copy_words(words: Counter[str]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {WORDS_TABLE} ({', '.join(WordRow._fields)}) FROM STDIN") as copy,
    ):
        for word in sorted(words):
            copy.write("\t".join(map(cell, word_row(word, bearers=words[word]))) + "\n")


def everybody(size: int) -> Iterator[Person]:
    """Everybody who is on the list."""
    return islice(chain.from_iterable(map(people, count())), size)


def after(size: int, wanted: int) -> Iterator[Person]:
    """So many who are not, and never asked for as strangers either."""
    first = 3 * -(-size // CHUNK) + STRANGERS
    return islice(chain.from_iterable(map(people, count(first))), wanted)


def facts_of(person: Person) -> Facts:
    """What the product's tables would say of somebody who was created and never changed."""
    details = {
        "SURNAME": person.surname,
        "NAME": person.name,
        "DOB": person.dob and person.dob.isoformat(),
        "DOCUMENT_NUMBER": person.document_number,
    }
    created = (FIRST_MS + person.number) * 1000
    return Facts(
        uid=person.uid,
        entity_type=PERSON,
        display_name=f"{person.name} {person.surname}",
        is_current=True,
        details={code: value for code, value in details.items() if value is not None},
        state={},
        is_erased=False,
        merged_into=None,
        has_losers=False,
        stands_for_restricted=False,
        listed_text=None,
        created_hlc=created,
        created_location="loc1",
        updated_hlc=created,
        location_id="loc1",
    )


def lines_of(chunk: int, size: int) -> tuple[str, dict[str, int]]:
    """COPY's lines of the first `size` people of a chunk, and how many have each word. Nobody
    waits to be matched."""
    found, texts = [], []
    for place, person in enumerate(people(chunk)):
        if place == size:
            break
        row = row_of(facts_of(person))
        cells = [cell(getattr(row, name)) for name in _row_columns()]
        found.append("\t".join((*cells, "f")))
        texts.append(row.search_text)
    return joined(found), dict(counted(texts))


def _row_columns() -> list[str]:
    return [column.name for column in fields(Row)]


def _columns() -> list[str]:
    return [*_row_columns(), "needs_match"]


def _chunks(size: int) -> Iterator[tuple[str, dict[str, int]]]:
    """Computed by processes beside this one, in order; only a few wait in memory."""
    fork = multiprocessing.get_context("fork")
    list(people(0))  # the names are made once, before the processes part
    with ProcessPoolExecutor(WORKERS, mp_context=fork, initializer=gc.disable) as pool:
        waiting: list[Future[tuple[str, dict[str, int]]]] = []
        for chunk, start in enumerate(range(0, size, CHUNK)):
            waiting.append(pool.submit(lines_of, chunk, min(CHUNK, size - start)))
            if len(waiting) > 8 * WORKERS:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
