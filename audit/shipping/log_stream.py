"""The lines of this location's log files, batch by batch, for shipping; and which files may go."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from audit.shipping import log_files, positions
from audit.shipping.documents import Document, Unfit, log_document
from audit.shipping.log_files import Line, Piece
from audit.shipping.positions import LOG_STREAM, FilePlace, SetAside
from events import failpoints

logger = logging.getLogger(__name__)

NOTHING = log_files.mark_of_bytes(b"")
# Shipped files go before LOG_KEEP_DAYS when all of them take this share of LOG_DIR_MAX_MB.
CROWDED = 0.5
# Whoever has just made a file may not hold it yet.
FRESH_S = 60.0


@dataclass(slots=True)
class LogBatch:
    documents: list[Document] = field(default_factory=list)
    set_aside: list[SetAside] = field(default_factory=list)
    places: list[FilePlace] = field(default_factory=list)
    # Where each document came from, should it be refused.
    lines: dict[str, tuple[str, Line]] = field(default_factory=dict)

    def refusal(self, document: Document, reason_code: str) -> SetAside:
        file, line = self.lines[document.document_id]
        return refused_line(file, line, reason_code)

    def keep(self, *, now: datetime) -> None:
        with transaction.atomic():
            positions.keep(self.places)
            positions.note_lines(documents=len(self.documents), now=now)
            positions.set_aside(self.set_aside, now=now)
            failpoints.reach("ship.before_commit")


class LogStream:
    """The oldest file first; of each what is whole."""

    name = LOG_STREAM

    def take(self, *, most: int, most_bytes: int, now: datetime) -> LogBatch | None:
        """About `most_bytes` of lines; `most` counts for nothing here, lines are small."""
        batch, left = LogBatch(), most_bytes
        known = positions.places()
        for file in _files():
            if left <= 0:
                break
            place = _place(file, known)
            if place is None:
                continue
            piece = _read(file, place, most=left)
            left -= piece.next_offset - place.next_offset
            if piece.lines or place.next_offset != _kept_offset(file, known):
                self._add(batch, file, piece, now)
        return batch if batch.places else None

    def _add(self, batch: LogBatch, file: Path, piece: Piece, now: datetime) -> None:
        oldest = now - timedelta(days=settings.ELASTICSEARCH_LOGS_DAYS)
        for line in piece.lines:
            try:
                document = log_document(line.raw, file=file.name, offset=line.offset)
            except Unfit as unfit:
                batch.set_aside.append(refused_line(file.name, line, unfit.reason_code))
                continue
            if datetime.fromisoformat(document.source["@timestamp"]) >= oldest:
                batch.documents.append(document)
                batch.lines[document.document_id] = (file.name, line)
        mark = log_files.mark_of(file, offset=piece.next_offset)
        batch.places.append(FilePlace(file.name, piece.next_offset, mark, log_files.size_of(file)))


def refused_line(file: str, line: Line, reason_code: str) -> SetAside:
    return SetAside(
        LOG_STREAM,
        f"{file}:{line.offset}",
        reason_code,
        file=file,
        file_offset=line.offset,
        line=line.raw,
    )


def waiting_bytes() -> int:
    """What the log files hold that is not shipped yet."""
    known = positions.places()
    return sum(
        max(
            0, log_files.size_of(file) - (known[file.name].next_offset if file.name in known else 0)
        )
        for file in _files()
    )


def folder_bytes() -> int:
    return sum(map(log_files.size_of, _files()))


def sweep() -> None:
    """Remove finished files that are shipped: those of before LOG_KEEP_DAYS, and the oldest while
    all of them take too much room. What is not shipped stays."""
    known, files = positions.places(), _files()
    total = sum(map(log_files.size_of, files))
    most = settings.LOG_DIR_MAX_MB * 1024 * 1024 * CROWDED
    oldest_s = time.time() - settings.LOG_KEEP_DAYS * 86_400
    for file in files:
        size, written_s = log_files.size_of(file), _written_s(file)
        is_shipped = _kept_offset(file, known) >= size
        is_due = written_s < oldest_s or (total > most and written_s < time.time() - FRESH_S)
        if is_shipped and is_due and log_files.remove_finished(file):
            total -= size
    _forget_gone(known)


def _forget_gone(known: Mapping[str, FilePlace]) -> None:
    """Nothing is kept of files that are gone; if somebody removed one too early, it is said."""
    names = {file.name for file in _files()}
    gone = [place for name, place in known.items() if name not in names]
    for place in gone:
        if place.next_offset < place.size:
            logger.error(
                "logs.file_lost",
                extra={"file": place.name, "bytes": place.size - place.next_offset},
            )
    positions.forget([place.name for place in gone])


def _files() -> list[Path]:
    if not settings.LOG_DIR:
        return []
    return log_files.files_of(Path(settings.LOG_DIR), location_id=settings.LOCATION_ID)


def _place(file: Path, known: Mapping[str, FilePlace]) -> FilePlace | None:
    """Where to go on reading; None when there is nothing new. A file that was cut is new."""
    place = known.get(file.name, FilePlace(file.name, 0, NOTHING, 0))
    try:
        size = file.stat().st_size
        if size == place.next_offset:
            return None
        if log_files.mark_of(file, offset=place.next_offset) == place.mark:
            return place
    except FileNotFoundError:  # the next sweep forgets it
        return None
    logger.warning("logs.file_cut", extra={"file": file.name, "bytes": place.next_offset})
    return FilePlace(file.name, 0, NOTHING, size)


def _kept_offset(file: Path, known: Mapping[str, FilePlace]) -> int:
    place = known.get(file.name)
    return place.next_offset if place else 0


def _read(file: Path, place: FilePlace, *, most: int) -> Piece:
    """Whole lines; also what its writer, which is no more, left of a last one."""
    try:
        piece = log_files.read_piece(file, offset=place.next_offset, most=most)
        if piece.next_offset == place.next_offset and log_files.is_finished(file):
            return log_files.read_rest(file, offset=place.next_offset)
    except FileNotFoundError:
        return Piece([], place.next_offset)
    return piece


def _written_s(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return time.time()
