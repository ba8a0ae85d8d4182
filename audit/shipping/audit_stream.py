"""Numbered audit entries, batch by batch, for shipping: the cursor is the last number there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.shipping import positions
from audit.shipping.documents import AUDIT_COLUMNS, AuditRow, Document, audit_document
from audit.shipping.positions import AUDIT_STREAM, SetAside
from events import failpoints, sql

NUMBERED_SQL = f"""
SELECT {", ".join(AUDIT_COLUMNS)} FROM audit_entry
WHERE seq > %(after)s ORDER BY seq LIMIT %(limit)s
"""  # noqa: S608 - our own column names

# About what a document takes, and an id in it, in bytes.
DOCUMENT_BYTES, ID_BYTES = 700, 40


@dataclass(slots=True)
class AuditBatch:
    before: int
    after: int
    documents: list[Document]
    set_aside: list[SetAside] = field(default_factory=list)

    def refusal(self, document: Document, reason_code: str) -> SetAside:
        return refused_entry(document, reason_code)

    def keep(self, *, now: datetime) -> None:
        with transaction.atomic():
            positions.move(
                before=self.before, after=self.after, documents=len(self.documents), now=now
            )
            positions.set_aside(self.set_aside, now=now)
            failpoints.reach("ship.before_commit")


class AuditStream:
    """One batch at a time; the next begins where the kept one ended."""

    name = AUDIT_STREAM

    def take(self, *, most: int, most_bytes: int, now: datetime) -> AuditBatch | None:
        before = positions.shipped_to(now=now)
        found = sql.fetch(NUMBERED_SQL, {"after": before, "limit": most})
        rows = _cut([AuditRow(*row) for row in found], most_bytes)
        if not rows:
            return None
        # What would be deleted there at once for its age is not sent.
        oldest = now - timedelta(days=settings.ELASTICSEARCH_AUDIT_DAYS)
        documents = [document_of(row) for row in rows if row.at >= oldest]
        return AuditBatch(before, rows[-1].seq, documents)


def document_of(row: AuditRow) -> Document:
    return audit_document(row, zone=timezone.get_default_timezone())


def refused_entry(document: Document, reason_code: str) -> SetAside:
    seq: int = document.source["sins.seq"]
    return SetAside(AUDIT_STREAM, document.document_id, reason_code, seq=seq)


def _cut(rows: Sequence[AuditRow], most_bytes: int) -> list[AuditRow]:
    """As many as take about `most_bytes`, at least one."""
    taken: list[AuditRow] = []
    total = 0
    for row in rows:
        total += DOCUMENT_BYTES + ID_BYTES * (len(row.hit_ids) + len(row.event_ids))
        if taken and total > most_bytes:
            break
        taken.append(row)
    return taken
