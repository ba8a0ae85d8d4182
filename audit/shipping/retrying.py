"""Once more what Elasticsearch refused: after an upgrade of its templates, or of the program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from audit.shipping.audit_stream import document_of
from audit.shipping.documents import AUDIT_COLUMNS, AuditRow, Document, Unfit, log_document
from audit.shipping.elastic import Elastic, ElasticAwayError
from audit.shipping.positions import AUDIT_STREAM, LOG_STREAM
from events import sql

AT_ONCE = 500

REFUSED_SQL = """
SELECT id, seq, file, file_offset, line FROM audit_refused
WHERE stream = %(stream)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
"""
ENTRIES_SQL = f"""
SELECT {", ".join(AUDIT_COLUMNS)} FROM audit_entry WHERE seq = ANY(%(seqs)s)
"""  # noqa: S608 - our own column names
TAKEN_SQL = "DELETE FROM audit_refused WHERE id = ANY(%(ids)s)"
TRIED_SQL = "UPDATE audit_refused SET attempts = attempts + 1 WHERE id = ANY(%(ids)s)"
FORGET_LINES_SQL = "DELETE FROM audit_refused WHERE stream = 'logs'"


@dataclass(slots=True)
class Retried:
    tried: int = 0
    taken: int = 0


def retry_refused(elastic: Elastic, *, limit: int) -> Retried:
    """Raises ElasticAwayError."""
    retried = Retried()
    for stream in (AUDIT_STREAM, LOG_STREAM):
        after = 0
        while limit > retried.tried:
            most = min(AT_ONCE, limit - retried.tried)
            rows = sql.fetch(REFUSED_SQL, {"stream": stream, "after": after, "limit": most})
            if not rows:
                break
            after = rows[-1][0]
            _retry(elastic, stream, rows, retried)
    return retried


def forget_lines() -> int:
    """Give up the log lines that were refused; how many. Entries are never given up."""
    return sql.execute(FORGET_LINES_SQL)


def _retry(
    elastic: Elastic, stream: str, rows: Sequence[tuple[Any, ...]], retried: Retried
) -> None:
    documents = _entries(rows) if stream == AUDIT_STREAM else _lines(rows)
    retried.tried += len(rows)
    sent = elastic.send(list(documents.values())) if documents else None
    if sent is not None and sent.later:
        raise ElasticAwayError(sent.later_reason)
    refused = {document.document_id for document, _ in sent.refused} if sent else set()
    taken = [key for key, document in documents.items() if document.document_id not in refused]
    sql.execute(TAKEN_SQL, {"ids": taken})
    sql.execute(TRIED_SQL, {"ids": [row[0] for row in rows if row[0] not in set(taken)]})
    retried.taken += len(taken)


def _entries(rows: Sequence[tuple[Any, ...]]) -> dict[int, Document]:
    key_of = {seq: key for key, seq, *_ in rows}
    found = sql.fetch(ENTRIES_SQL, {"seqs": list(key_of)})
    return {key_of[row.seq]: document_of(row) for row in (AuditRow(*each) for each in found)}


def _lines(rows: Sequence[tuple[Any, ...]]) -> dict[int, Document]:
    found = {}
    for key, _, file, offset, line in rows:
        try:
            found[key] = log_document(bytes(line), file=file, offset=offset)
        except Unfit:
            continue
    return found
