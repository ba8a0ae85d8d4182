"""The log files of a location as they lie in LOG_DIR: named, read line by line, removed. Pure.

Each process writes files of its own, `loc1-web-20261121T222005123456-3f9a01bc.ndjson`, and goes on
in a new one now and then: no file is ever renamed or written by two. Whoever writes one holds a
lock on it, which ends with the process, so that everybody sees whether a file is finished.
"""

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SUFFIX = ".ndjson"
# A longer line is no log line of ours.
MAX_LINE = 256 * 1024
MARK_BYTES = 256
_NAME = re.compile(r"([a-z0-9-]{1,32})-([a-z]+)-(\d{8}T\d{12})-([0-9a-f]{8})\.ndjson")


@dataclass(frozen=True, slots=True)
class Line:
    """One whole line without its end; `offset` is where it begins."""

    offset: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that were read, and where to go on."""

    lines: list[Line]
    next_offset: int


def new_name(*, location_id: str, process: str, now: datetime, tag: str) -> str:
    return f"{location_id}-{process}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{tag}{SUFFIX}"


def files_of(folder: Path, *, location_id: str) -> list[Path]:
    """The files of this location, the oldest first; others may keep theirs in the same folder."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for file in folder.iterdir():
            parts = _NAME.fullmatch(file.name)
            if parts and parts[1] == location_id:
                found.append((parts[3], file.name, file))
    return [file for _, _, file in sorted(found)]


def size_of(file: Path) -> int:
    """0 when it is gone."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def read_piece(file: Path, *, offset: int, most: int) -> Piece:
    """The whole lines from `offset` on, about `most` bytes of them. A line that is not yet finished
    is left for later; of one that is far too long comes what was read, so that nothing stands
    still. Raises FileNotFoundError."""
    most = max(most, MAX_LINE)
    with file.open("rb") as source:
        source.seek(offset)
        chunk = source.read(most)
    end = chunk.rfind(b"\n") + 1
    if not end and len(chunk) >= MAX_LINE:
        end = len(chunk)
    return Piece(list(_lines(chunk[:end], offset)), offset + end)


def read_rest(file: Path, *, offset: int) -> Piece:
    """What is left of a finished file, whole lines or not. Raises FileNotFoundError."""
    with file.open("rb") as source:
        source.seek(offset)
        rest = source.read(MAX_LINE)
    return Piece(list(_lines(rest, offset)), offset + len(rest))


def _lines(chunk: bytes, offset: int) -> Iterator[Line]:
    for raw in chunk.splitlines(keepends=True):
        text = raw.rstrip(b"\r\n")
        if text:
            yield Line(offset, text)
        offset += len(raw)


def mark_of(file: Path, *, offset: int) -> bytes:
    """A checksum of what stands before `offset`: another one when the file was cut and has grown
    again. Empty when there is not so much any more. Raises FileNotFoundError."""
    start = max(0, offset - MARK_BYTES)
    with file.open("rb") as source:
        source.seek(start)
        found = source.read(offset - start)
    return mark_of_bytes(found) if len(found) == offset - start else b""


def mark_of_bytes(found: bytes) -> bytes:
    return hashlib.sha256(found).digest()


def is_finished(file: Path) -> bool:
    """Nobody writes it any more. Raises FileNotFoundError."""
    with file.open("rb") as source:
        return _is_lockable(source.fileno())


def remove_finished(file: Path) -> bool:
    """Remove it unless somebody writes it; False when it stays."""
    try:
        with file.open("rb") as source:
            if not _is_lockable(source.fileno()):
                return False
            file.unlink()  # still locked: nobody can begin to write it meanwhile
    except FileNotFoundError:
        return False
    return True


def hold(descriptor: int) -> None:
    """Say that this process writes the open file, until it closes it or ends."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def open_new(folder: Path, *, location_id: str, process: str) -> int:
    """A new file of this process, held: its descriptor, for appending. Raises OSError."""
    name = new_name(
        location_id=location_id,
        process=process,
        now=datetime.now(UTC),
        tag=os.urandom(4).hex(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
    descriptor = os.open(folder / name, flags, 0o640)
    hold(descriptor)
    return descriptor


def _is_lockable(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
