"""Looks for values in the bytes of files, in every form in which they could lie there.

One pass over each file finds all values at once: a table says for each 8 bytes whether anything
looked for begins so, and only those few places are compared.
"""

import base64
import mmap
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from customers.text_forms import document_key, plain
from customers.writing.spelling import sound

WINDOW = 8
BLOCK = 1 << 22  # bytes looked at in one go: what the search holds in memory is a few times this
_TABLE_BITS = 24
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - _TABLE_BITS)

Who = str
Found = dict[Who, set[Path]]


class ByteSearch:
    """Where values of whom lie. Built once, used for many folders."""

    def __init__(self, values: Mapping[Who, Collection[str]], **raw: bytes) -> None:
        """`raw`: bytes to be looked for as they are, under these names."""
        self._needles: dict[int, list[tuple[bytes, Who]]] = defaultdict(list)
        for who, texts in values.items():
            for text in texts:
                for needle in needles_of(text):
                    self._add(needle, who)
        for name, needle in raw.items():
            for piece in _windows(needle):
                self._add(piece, name)
        self._keys = np.array(sorted(self._needles), dtype=np.uint64)
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._table[_slots(self._keys)] = True

    def search(self, *folders: Path) -> Found:
        """Who is found in which files below the folders."""
        found: Found = defaultdict(set)
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                for who in self._in_file(file):
                    found[who].add(file)
        return found

    def _add(self, needle: bytes, who: Who) -> None:
        key = int.from_bytes(needle[:WINDOW], "little")
        self._needles[key].append((needle, who))

    def _in_file(self, file: Path) -> set[Who]:
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError:  # a server has just removed it
            return set()
        try:
            size = os.fstat(descriptor).st_size
            if not file.is_file() or not size:
                return set()
            with mmap.mmap(descriptor, size, prot=mmap.PROT_READ) as content:
                found: set[Who] = set()
                for begin, end in _written(descriptor, size):
                    for start in range(begin, end, BLOCK):
                        found |= self._in_block(content, start, min(start + BLOCK, end))
                return found
        finally:
            os.close(descriptor)

    def _in_block(self, content: mmap.mmap, start: int, end: int) -> set[Who]:
        """Of what begins in this block."""
        raw = content[start : end + WINDOW - 1]
        found: set[Who] = set()
        for shift in range(WINDOW):
            count = (len(raw) - shift) // WINDOW
            if count <= 0:
                break
            keys = np.frombuffer(raw, dtype="<u8", offset=shift, count=count)
            places = np.flatnonzero(self._table[_slots(keys)])
            for place, key in zip(places.tolist(), keys[places].tolist(), strict=True):
                at = start + shift + place * WINDOW
                for needle, who in self._needles.get(key, ()):
                    if content[at : at + len(needle)] == needle:
                        found.add(who)
        return found


def needles_of(text: str) -> set[bytes]:
    """What could stand in a file for this value. Of words any eight bytes are enough: compression
    that copies only what it has seen before (LZ4, PostgreSQL's own) leaves a new word in pieces."""
    found: set[bytes] = set()
    for form in _forms(text):
        raw = form.encode()
        if any(character.isdigit() for character in form):
            found.add(raw)
        else:
            found.update(_windows(raw))
        found |= {form.encode("utf-16-le"), form.encode("utf-16-be")}
        found |= {raw.hex().encode(), raw.hex().upper().encode()}
        found.update(_in_base64(raw))
    return {needle for needle in found if len(needle) >= WINDOW}


def _forms(text: str) -> set[str]:
    """As typed, as compared, as the words of the search, as they sound."""
    words = plain(text).split()
    forms = {text, text.lower(), text.upper(), *words, *map(sound, words)}
    forms |= {document_key(text) or "", quote(text), ascii(text)[1:-1]}
    return {form for form in forms if len(form) >= WINDOW}


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The part that is the same whatever stands before and after it."""
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw + bytes(2))
        first = -(-offset * 8 // 6) + (1 if offset else 0)
        piece = encoded[first : (offset + len(raw)) * 8 // 6]
        yield piece
        yield piece.replace(b"+", b"-").replace(b"/", b"_")


def _windows(raw: bytes) -> Iterator[bytes]:
    return (raw[at : at + WINDOW] for at in range(len(raw) - WINDOW + 1))


def _slots(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    slots: npt.NDArray[np.uint64] = (keys * _MIX) >> _SHIFT
    return slots


def _written(descriptor: int, size: int) -> Iterator[tuple[int, int]]:
    """The parts of a file that are on disk: logs are made long and filled later."""
    at = 0
    while at < size:
        try:
            begin = os.lseek(descriptor, at, os.SEEK_DATA)
        except OSError:  # nothing but a hole
            return
        at = os.lseek(descriptor, begin, os.SEEK_HOLE)
        yield begin, at


def names_found(found: Found, among: Iterable[Who]) -> dict[Who, list[str]]:
    """Who of these was found, with the files: what a failing test says."""
    return {who: sorted(map(str, found[who])) for who in sorted(among) if found.get(who)}
