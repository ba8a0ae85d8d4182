"""An entry as one line of text, and the hash over it that chains it to the one before.

A line is the entry as PostgreSQL's `COPY … TO` writes a row: seq, prev_hash and then the columns of
COLUMNS, with a TAB between two, `\\N` for null, `\\` before what would be taken for one of them.
hash = SHA-256 of the line without its line feed, so that `sha256sum` can be asked as well. A *row*
is the hash, a TAB, the line and a line feed: what archives hold. Hashes are in hexadecimal digits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

HASH_DIGITS = 64
# What the first entry of a location is chained to.
GENESIS = b"0" * HASH_DIGITS

COLUMNS = (
    "audit_id",
    "at",
    "location_id",
    "request_id",
    "kind",
    "actor",
    "role",
    "auth",
    "action",
    "outcome",
    "entity_uid",
    "hit_ids",
    "event_ids",
    "codes",
    "query_hash",
    "result_count",
    "duration_us",
    "address",
    "batch_id",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: what comes next has the next number and this hash before it."""

    seq: int
    hash: bytes


START = Link(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`heard_by` testifies that the entry `seq` had this hash (hexadecimal) at `told_at`; `origin`
    is under which its location wrote then."""

    seq: int
    hash: str
    origin: str
    told_at: str
    heard_by: str = ""


def hash_of(line: bytes) -> bytes:
    return sha256(line).hexdigest().encode()


def link(before: Link, tails: Iterable[bytes]) -> Iterator[Link]:
    """The links of new entries; a tail is a line without seq and prev_hash."""
    for tail in tails:
        before = Link(before.seq + 1, hash_of(b"%d\t%b\t%b" % (before.seq + 1, before.hash, tail)))
        yield before


def split(row: bytes) -> tuple[bytes, bytes]:
    """The hash that stands in a row, and its line."""
    return row[:HASH_DIGITS], row[HASH_DIGITS + 1 : -1]


def number_of(line: bytes) -> int:
    """The number that stands in a line; 0 when none does."""
    digits = line.partition(b"\t")[0]
    return int(digits) if digits.removeprefix(b"-").isdigit() else 0
