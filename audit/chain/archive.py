"""Months of the audit table → a file that proves itself: its rows are lines of the chain."""

import gzip
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from audit.chain.hashing import HASH_DIGITS, Link, split

FORMAT = "sins-audit-archive/1"
CHUNK_BYTES = 1024 * 1024
# Far above what one entry may have in ids: nobody makes us read a line for ever.
MAX_ROW_BYTES = 64 * 1024 * 1024


class InvalidArchiveError(ValueError):
    """Not an archive of the audit; the message says why."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One file: the entries after the link `after`, up to and with `end`."""

    path: Path
    location_id: str
    after: Link
    end: Link

    def rows(self) -> Iterator[bytes]:
        """As they came from the table. Raises InvalidArchiveError when the file is damaged."""
        with gzip.open(self.path) as file:
            file.readline(MAX_ROW_BYTES)
            yield from _read(file, self.path)


def name_of(location_id: str, *, first: int, last: int) -> str:
    return f"audit-{location_id}-{first:012d}-{last:012d}.tsv.gz"


def write(path: Path, rows: Iterable[bytes], *, location_id: str, after: Link, end: Link) -> str:
    """Whole or not at all, and on the disk when it is there; the SHA-256 of the file. The same
    entries make the same bytes."""
    head = {
        "format": FORMAT,
        "location_id": location_id,
        "first": after.seq + 1,
        "last": end.seq,
        "after": after.hash.decode(),
        "end": end.hash.decode(),
    }
    draft = path.with_name(f"{path.name}.new")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(draft, head, rows)
    except OSError:
        draft.unlink(missing_ok=True)  # on a disk that is full now
        raise
    draft.replace(path)
    _sync_folder(path.parent)
    return digest_of(path)


def _write(path: Path, head: dict[str, Any], rows: Iterable[bytes]) -> None:
    with path.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file:
            file.write(orjson.dumps(head) + b"\n")
            for row in rows:
                file.write(row)
        raw.flush()
        os.fsync(raw.fileno())


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def open_archive(path: Path) -> Archive:
    """Raises InvalidArchiveError."""
    try:
        with gzip.open(path) as file:
            said = orjson.loads(file.readline(MAX_ROW_BYTES))
        return _archive_of(path, said)
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidArchiveError(f"{path} is not an archive of the audit.") from error


def _archive_of(path: Path, said: dict[str, Any]) -> Archive:
    first, last = said["first"], said["last"]
    after, end = said["after"].encode(), said["end"].encode()
    is_well = type(first) is type(last) is int and len(after) == len(end) == HASH_DIGITS
    if said["format"] != FORMAT or not is_well:
        raise InvalidArchiveError(f"{path} is not an archive of the audit.")
    return Archive(path, str(said["location_id"]), Link(first - 1, after), Link(last, end))


def _read(file: Any, path: Path) -> Iterator[bytes]:
    try:
        while row := file.readline(MAX_ROW_BYTES):
            if not row.endswith(b"\n") or len(split(row)[0]) < HASH_DIGITS:
                raise InvalidArchiveError(f"{path} is damaged: a row has no end.")
            yield row
    except (OSError, EOFError) as error:
        raise InvalidArchiveError(f"{path} is damaged: {error}.") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
