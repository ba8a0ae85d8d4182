"""Entries that were archived and are not read → the files they are in, and whether what peers heard
of them is what is known of them here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit.chain.hashing import Checkpoint
from audit.chain.walking import REWRITTEN, Problem, told_when
from events import sql

FILES_SQL = """
SELECT file, encode(sha256, 'hex'), first_seq, last_seq FROM audit_pruning
WHERE last_seq BETWEEN %(first)s AND %(last)s ORDER BY last_seq
"""

# The ends of the files, and entries of later months, which stayed.
LINKS_SQL = """
SELECT last_seq, encode(last_hash, 'hex') FROM audit_pruning WHERE last_seq = ANY(%(seqs)s)
UNION ALL
SELECT seq, encode(hash, 'hex') FROM audit_entry WHERE seq = ANY(%(seqs)s)
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """Where the entries from `first` to `last` are, as the table of prunings says."""

    name: str
    sha256: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many checkpoints agree, and how many could not be compared with anything."""

    agreed: int = 0
    uncompared: int = 0
    problem: Problem | None = None


def files_of(first: int, last: int) -> tuple[ArchivedFile, ...]:
    """Those that end within these numbers, in their order."""
    rows = sql.fetch(FILES_SQL, {"first": first, "last": last})
    return tuple(ArchivedFile(*row) for row in rows)


def compare(testimony: Mapping[int, Sequence[Checkpoint]], *, first: int, last: int) -> Comparison:
    """What peers heard of these numbers, as far as anything is left here to compare it with."""
    heard = {seq: found for seq, found in testimony.items() if first <= seq <= last}
    agreed: set[Checkpoint] = set()
    for seq, digits in sql.fetch(LINKS_SQL, {"seqs": list(heard)}) if heard else ():
        for one in heard[seq]:
            if one.hash != digits:
                return Comparison(problem=_rewritten(one))
            agreed.add(one)
    everything = {one for found in heard.values() for one in found}
    return Comparison(len(agreed), len(everything) - len(agreed))


def _rewritten(one: Checkpoint) -> Problem:
    return Problem(
        REWRITTEN,
        one.seq,
        f"Entry {one.seq:,} had another hash when {one.heard_by} heard of it ({told_when(one)}, "
        f"as {one.origin}) than is said here of what was archived. What is here follows other "
        "entries than those that were numbered.",
    )
