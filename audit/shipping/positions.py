"""How far shipping is, kept in the database: the number, the places in files, what was refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from events import sql

AUDIT_STREAM, LOG_STREAM = "audit", "logs"

FIRST_CURSOR_SQL = """
INSERT INTO audit_cursor (stream, seq, documents, moved_at)
VALUES (%(stream)s, 0, 0, %(now)s) ON CONFLICT (stream) DO NOTHING
"""
CURSOR_SQL = "SELECT seq FROM audit_cursor WHERE stream = %(stream)s"
MOVE_CURSOR_SQL = """
UPDATE audit_cursor SET seq = %(after)s, documents = documents + %(documents)s, moved_at = %(now)s
WHERE stream = %(stream)s AND seq = %(before)s
"""
RESET_SQL = "UPDATE audit_cursor SET seq = 0 WHERE stream = 'audit'"
RESET_FILES_SQL = "DELETE FROM audit_shippedfile"

FILES_SQL = "SELECT name, next_offset, mark, size FROM audit_shippedfile"
KEEP_FILE_SQL = """
INSERT INTO audit_shippedfile (name, next_offset, mark, size)
SELECT * FROM unnest(%(names)s::text[], %(offsets)s::bigint[], %(marks)s::bytea[],
    %(sizes)s::bigint[])
ON CONFLICT (name) DO UPDATE
SET next_offset = excluded.next_offset, mark = excluded.mark, size = excluded.size
"""
FORGET_FILES_SQL = "DELETE FROM audit_shippedfile WHERE name = ANY(%(names)s)"

REFUSE_SQL = """
INSERT INTO audit_refused AS known
    (stream, document_id, seq, file, file_offset, line, reason_code, refused_at, attempts)
VALUES (%(stream)s, %(document_id)s, %(seq)s, %(file)s, %(file_offset)s, %(line)s,
    %(reason_code)s, %(now)s, 1)
ON CONFLICT (stream, document_id) DO UPDATE
SET reason_code = excluded.reason_code, attempts = known.attempts + 1
"""
REFUSED_COUNT_SQL = "SELECT count(*) FROM audit_refused WHERE stream = %(stream)s"


class MovedByAnotherError(Exception):
    """Somebody else ships, too, or the cursor was set back: look again where it stands."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """How far one log file is shipped."""

    name: str
    next_offset: int
    mark: bytes
    size: int


@dataclass(frozen=True, slots=True)
class SetAside:
    """What will not be taken. `line`: the bytes of a log line; of an entry its number will do."""

    stream: str
    document_id: str
    reason_code: str
    seq: int | None = None
    file: str | None = None
    file_offset: int | None = None
    line: bytes | None = None


def shipped_to(*, now: datetime) -> int:
    """The last number that Elasticsearch has."""
    found = sql.fetch(CURSOR_SQL, {"stream": AUDIT_STREAM})
    if not found:
        sql.execute(FIRST_CURSOR_SQL, {"stream": AUDIT_STREAM, "now": now})
    return int(found[0][0]) if found else 0


def move(*, before: int, after: int, documents: int, now: datetime) -> None:
    """Raises MovedByAnotherError when the cursor is not at `before`."""
    moved = {"before": before, "after": after, "documents": documents, "now": now}
    if not sql.execute(MOVE_CURSOR_SQL, {"stream": AUDIT_STREAM, **moved}):
        raise MovedByAnotherError


def note_lines(*, documents: int, now: datetime) -> None:
    """That so many lines were taken."""
    params = {"stream": LOG_STREAM, "now": now, "documents": documents, "before": 0, "after": 0}
    if not sql.execute(MOVE_CURSOR_SQL, params):
        sql.execute(FIRST_CURSOR_SQL, params)
        sql.execute(MOVE_CURSOR_SQL, params)


def start_again() -> None:
    """Ship everything once more: what is there already stays as it is."""
    sql.execute(RESET_SQL)
    sql.execute(RESET_FILES_SQL)


def places() -> dict[str, FilePlace]:
    return {
        name: FilePlace(name, next_offset, bytes(mark), size)
        for name, next_offset, mark, size in sql.fetch(FILES_SQL)
    }


def keep(found: Sequence[FilePlace]) -> None:
    if found:
        columns = {
            "names": [place.name for place in found],
            "offsets": [place.next_offset for place in found],
            "marks": [place.mark for place in found],
            "sizes": [place.size for place in found],
        }
        sql.execute(KEEP_FILE_SQL, columns)


def forget(names: Sequence[str]) -> None:
    """Of files that are gone."""
    if names:
        sql.execute(FORGET_FILES_SQL, {"names": list(names)})


def set_aside(items: Iterable[SetAside], *, now: datetime) -> None:
    """One statement each: there are few, or something is wrong with all of them."""
    for item in items:
        sql.execute(
            REFUSE_SQL,
            {
                "stream": item.stream,
                "document_id": item.document_id,
                "seq": item.seq,
                "file": item.file,
                "file_offset": item.file_offset,
                "line": item.line,
                "reason_code": item.reason_code,
                "now": now,
            },
        )


def count_refused(stream: str) -> int:
    return int(sql.fetch(REFUSED_COUNT_SQL, {"stream": stream})[0][0])
