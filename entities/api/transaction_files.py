"""Transactions → a file, a row at a time: neither the rows nor the file are held as a whole."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from audit.transactions import Proven
from entities.http import transactions as shared

CSV, NDJSON = "csv", "ndjson"
# So many rows make a piece: one alone would cost a write to the line each.
ROWS_IN_PIECE = 200
# By these whoever has the file sees that it is what was numbered: docs/audit.md says how.
PROOF = ("prev_hash", "hash", "line")
COLUMNS = (
    "audit_id",
    "seq",
    "at",
    "location_id",
    "origins",
    "kind",
    "action",
    "outcome",
    "actor",
    "role",
    "auth",
    "entity_uid",
    "codes",
    "hit_count",
    "hit_ids",
    "event_count",
    "event_ids",
    "duration_ms",
    "request_id",
    "batch_id",
    "address",
    "query_hash",
    *PROOF,
)
# A spreadsheet takes what begins so for a formula, which may call programs or send what it finds;
# behind an apostrophe it is text (OWASP, "CSV Injection").
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Format:
    content_type: str
    write: Callable[[Iterable[Proven]], Iterator[bytes]]


def written_csv(rows: Iterable[Proven]) -> Iterator[bytes]:
    """With a line of names, also when there is nothing else. Lists are parted by blanks."""
    yield _lines([COLUMNS])
    left = iter(rows)
    while piece := list(islice(left, ROWS_IN_PIECE)):
        yield _lines([_cells(row) for row in piece])


def written_ndjson(rows: Iterable[Proven]) -> Iterator[bytes]:
    left = iter(rows)
    while piece := list(islice(left, ROWS_IN_PIECE)):
        yield b"".join(
            orjson.dumps(_values(row), option=orjson.OPT_APPEND_NEWLINE) for row in piece
        )


def safe(text: str) -> str:
    """As a spreadsheet may have it."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _values(row: Proven) -> dict[str, Any]:
    values = shared.row(row.transaction, most_ids=None)
    values["hit_ids"] = [str(hit) for hit in row.transaction.hit_ids]
    for name in ("address", "query_hash", *PROOF):
        values[name] = getattr(row, name) or None
    return {name: values[name] for name in COLUMNS}


def _cells(row: Proven) -> list[str]:
    return [_cell(value) for value in _values(row).values()]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return safe(" ".join(value) if isinstance(value, list) else str(value))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


FORMATS = {
    CSV: Format("text/csv; charset=utf-8", written_csv),
    NDJSON: Format("application/x-ndjson", written_ndjson),
}
