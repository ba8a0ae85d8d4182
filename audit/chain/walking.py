"""Rows of a chain → the first one that is not as it was: what is wrong with it, in a sentence."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from audit.chain.hashing import Checkpoint, Link, hash_of, number_of, split

# So far it is looked whether an entry that does not fit its number fits another one.
MOVED_AT_MOST = 1_000

ALTERED, MISSING, INSERTED, CUT_OFF, REWRITTEN = (
    "altered",
    "missing",
    "inserted",
    "cut_off",
    "rewritten",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `seq`, the first number that it concerns."""

    code: str
    seq: int
    sentence: str


class Walk:
    """Goes along rows in the order of their numbers, as long as each is as it was hashed, follows
    the one before, and agrees with the checkpoints."""

    def __init__(self, after: Link, *, testimony: Mapping[int, Sequence[Checkpoint]]) -> None:
        self.start = self.end = after
        self.problem: Problem | None = None
        self.testified = 0
        self._testimony = testimony
        self.confirmed = after.seq  # the last number that a peer agrees with

    def go(self, rows: Iterable[bytes]) -> bool:
        """Whether all was well; takes all rows in any case."""
        rest = iter(rows)
        seq, before = self.end.seq, self.end.hash
        for row in rest:
            found, line = split(row)
            if hash_of(line) != found or not line.startswith(b"%d\t%b\t" % (seq + 1, before)):
                self.end = Link(seq, before)
                self.problem = self._diagnosis(row, rest)
                break
            seq, before = seq + 1, found
            if seq in self._testimony and not self._agrees(Link(seq, found)):
                break
        self.end = Link(seq, before)
        for _ in rest:
            pass
        return self.problem is None

    def _agrees(self, link: Link) -> bool:
        for one in self._testimony[link.seq]:
            if one.hash.encode() != link.hash:
                self.problem = self._rewritten(one)
                return False
            self.testified += 1
        self.confirmed = link.seq
        return True

    def _rewritten(self, one: Checkpoint) -> Problem:
        first = self.confirmed + 1
        return Problem(
            REWRITTEN,
            first,
            f"Entry {one.seq:,} had another hash when {one.heard_by} heard of it "
            f"({told_when(one)}, as {one.origin}). {_span(first, one.seq)} altered, inserted or "
            "removed, and what follows hashed anew.",
        )

    def _diagnosis(self, row: bytes, rest: Iterator[bytes]) -> Problem:
        wanted, (found, line) = self.end.seq + 1, split(row)
        number = number_of(line)
        if number > wanted:
            return missing(wanted, number - 1)
        follower = next(rest, b"")
        others = itertools.chain([follower], rest)
        if number < wanted or any(number_of(split(other)[1]) == wanted for other in others):
            return Problem(INSERTED, number, f"An entry was inserted: {number:,} is there twice.")
        if hash_of(line) == found:
            return self._unlinked(wanted)
        return _moved(wanted, line, found, follower)

    def _unlinked(self, wanted: int) -> Problem:
        """It is as it was hashed, but follows another one than the one before."""
        before = self.end.seq
        if before in (self.start.seq, self.confirmed):
            sentence = f"Entry {wanted:,} is another one: it does not follow entry {before:,}."
            return Problem(ALTERED, wanted, sentence)
        return Problem(
            ALTERED,
            before,
            f"Entry {before:,} was altered and hashed anew: entry {wanted:,} follows another one.",
        )


def told_instant(one: Checkpoint) -> datetime | None:
    """None, when a file says no instant, or one without a zone."""
    try:
        at = datetime.fromisoformat(one.told_at)
    except ValueError:
        return None
    return at if at.tzinfo else None


def told_when(one: Checkpoint) -> str:
    """ "21 Nov 2026, 11:42:07" in the zone of those who read it; of a file, whatever it says."""
    told_at = told_instant(one)
    if told_at is None:
        return one.told_at
    at = timezone.localtime(told_at)
    return f"{at.day} {at:%b %Y, %H:%M:%S}"


def missing(first: int, last: int) -> Problem:
    verb = "is" if first == last else "are"
    return Problem(MISSING, first, f"{numbers(first, last)} {verb} missing.")


def numbers(first: int, last: int) -> str:
    return f"Entry {first:,}" if first == last else f"Entries {first:,} to {last:,}"


def _span(first: int, last: int) -> str:
    return f"{numbers(first, last)} was" if first == last else f"Of {first:,} to {last:,} one was"


def _moved(wanted: int, line: bytes, found: bytes, follower: bytes) -> Problem:
    """Does it fit another number? With those after it: entries before it were removed or inserted;
    alone: it was swapped."""
    was = _fitting_number(line, found, wanted)
    if was is None:
        return Problem(ALTERED, wanted, f"Entry {wanted:,} was altered after it had been numbered.")
    next_found, next_line = split(follower)
    if follower and not _fits(next_line, next_found, number_of(next_line) + was - wanted):
        return Problem(ALTERED, wanted, f"Entry {wanted:,} is the one that was numbered {was:,}.")
    if was > wanted:
        return missing(wanted, was - 1)
    return Problem(INSERTED, was, f"An entry was inserted before the one numbered {was:,}.")


def _fitting_number(line: bytes, found: bytes, wanted: int) -> int | None:
    for distance in range(1, MOVED_AT_MOST + 1):
        for number in (wanted - distance, wanted + distance):
            if _fits(line, found, number):
                return number
    return None


def _fits(line: bytes, found: bytes, number: int) -> bool:
    return hash_of(b"%d\t%b" % (number, line.partition(b"\t")[2])) == found
