"""Chain → verdict: are all entries there, in their order, as they were numbered; and since when
that is known."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from audit.chain import lines, unread
from audit.chain import numbering as chain
from audit.chain.archive import Archive
from audit.chain.hashing import START, Checkpoint, Link
from audit.chain.testimony import problem_of_testimony, testimony_of
from audit.chain.unread import ArchivedFile, Comparison
from audit.chain.walking import (
    ALTERED,
    CUT_OFF,
    INSERTED,
    MISSING,
    Problem,
    Walk,
    missing,
    numbers,
)
from events import sql

# One statement's worth: it bounds what an early end has to read in vain.
STRIDE = 50_000
# So many entries that the worker has not verified yet are verified for whoever asks.
TAIL = 5_000
# So many without a number are counted: a page must not count the millions of an upgrade.
MOST_COUNTED = 10_000
LEAST = -(2**63)

Progress = Callable[[int], object]

BORDER_SQL = """
SELECT last_seq, encode(last_hash, 'hex'), file, encode(sha256, 'hex'), kept_count,
    encode(kept_sha256, 'hex'), pruned_at
FROM audit_pruning ORDER BY last_seq DESC LIMIT 1
"""

# The chain itself has to say what was pruned: a row in a table is soon written.
PRUNING_NOTED_SQL = """
SELECT EXISTS (SELECT FROM audit_entry WHERE at = %(at)s AND action = 'audit.archived'
    AND codes @> %(codes)s::text[])
"""

LINK_SQL = "SELECT encode(hash, 'hex') FROM audit_entry WHERE seq = %(seq)s ORDER BY hash LIMIT 1"
NEXT_SQL = "SELECT min(seq) FROM audit_entry WHERE seq > %(seq)s"
BEYOND_SQL = """
SELECT min(entry.seq) FROM audit_entry entry
WHERE entry.seq > coalesce((SELECT seq FROM audit_chain), 0)
"""

KEPT_STATE_SQL = """
SELECT first_seq, last_seq, verified_at, code, problem_seq, sentence FROM audit_verification
"""
UNNUMBERED_SQL = """
SELECT count(*) FROM (SELECT FROM audit_seen WHERE seq IS NULL LIMIT %(most)s) AS waiting
"""
ENDS_SQL = "SELECT min(seq), max(seq) FROM audit_entry WHERE seq > %(border)s"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`first` and `last`: the numbers that were found to be well, None when there are none.
    `testified`: how many checkpoints of peers agree; `uncompared`: how many are of entries that
    were archived and not read, which are in the files `unread`. Otherwise `seq` is the first
    number that is not well, `code` says in which way, and `sentence` says it to people."""

    is_ok: bool
    first: int | None
    last: int | None
    code: str
    seq: int | None
    sentence: str
    testified: int = 0
    uncompared: int = 0
    unread: tuple[ArchivedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainState:
    """The numbers of a span of time, and whether the chain is known to be whole there, or known to
    be broken; neither is said of what was not verified yet. `unnumbered`: in all, where
    MOST_COUNTED stands for more, too."""

    first: int | None
    last: int | None
    is_complete: bool
    verified_at: datetime | None
    detail: str
    unnumbered: int
    is_broken: bool = False

    @property
    def are_more_unnumbered(self) -> bool:
        return self.unnumbered >= MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Border:
    """Where the table's part of the chain begins: after what was pruned."""

    link: Link
    file: str = ""
    sha256: str = ""
    kept_count: int = 0
    kept_sha256: str = ""
    pruned_at: datetime | None = None

    @property
    def codes(self) -> list[str]:
        """As the entry of the pruning has them."""
        return [self.file, f"sha256 {self.sha256}", f"to {self.link.seq}"]


def border() -> Border:
    found = sql.fetch(BORDER_SQL)
    if not found:
        return Border(START, kept_sha256=sha256().hexdigest())
    seq, digits, *rest = found[0]
    return Border(Link(seq, digits.encode()), *rest)


def verify(
    *,
    first: int | None = None,
    last: int | None = None,
    peers: Collection[Checkpoint] = (),
    archives: Sequence[Archive] = (),
    on_progress: Progress | None = None,
) -> Verdict:
    """Read every entry of the range, or from the first that is here to the last ever numbered.

    With `archives` (in the order of their numbers) it begins with these. With `first`, only those
    checkpoints count that were heard under the present origin: others are for the whole chain.
    """
    begun, end = border(), chain.head()
    if last is not None and last >= end.seq:
        last = None  # nothing may stand behind the end
    testimony = testimony_of(peers, first=first, last=last)
    walk = Walk(_start(first, begun, archives), testimony=testimony)
    before = {"first": first or 1, "last": walk.start.seq}
    compared = unread.compare(testimony, **before)
    problem = (
        _problem_of_archives(walk, archives, on_progress)
        or _problem_of_pruning(walk, begun, first)
        or compared.problem
        or walk_table(walk, end.seq if last is None else min(last, end.seq), on_progress)
    )
    if problem is None and last is None:
        problem = _problem_of_end(walk, end)
    if problem is not None and border() != begun:  # a month was archived meanwhile
        return verify(first=first, last=last, peers=peers, archives=archives)
    problem = problem or problem_of_testimony(walk, testimony)
    return _verdict(walk, problem, compared, unread.files_of(**before))


def verify_archives(
    archives: Sequence[Archive],
    *,
    peers: Iterable[Checkpoint] = (),
    on_progress: Progress | None = None,
) -> Verdict:
    """The files by themselves: nothing of the database is looked at."""
    walk = Walk(archives[0].after, testimony=testimony_of(peers, first=None, last=None))
    return _verdict(walk, _problem_of_archives(walk, archives, on_progress), Comparison(), ())


def walk_table(walk: Walk, upto: int, on_progress: Progress | None = None) -> Problem | None:
    """Go on in the table up to this number; the problem, if there is one."""
    while walk.problem is None and walk.end.seq < upto:
        seq = walk.end.seq
        stride_end = min(seq + STRIDE, upto)
        with transaction.atomic():
            walk.go(lines.rows(first=seq + 1, last=stride_end))
        if on_progress is not None:
            on_progress(walk.end.seq - seq)
        if walk.problem is None and walk.end.seq < stride_end:
            walk.problem = _problem_of_gap(walk.end.seq, upto)
    return walk.problem


def problem_at_the_ends(walk: Walk) -> Problem | None:
    """After a walk through the table: is what was pruned accounted for, and is the last entry the
    one that was numbered last?"""
    begun = border()
    return _problem_of_pruning(Walk(begun.link, testimony={}), begun, None) or _problem_of_end(
        walk, chain.head()
    )


def _start(first: int | None, begun: Border, archives: Sequence[Archive]) -> Link:
    if archives:
        return archives[0].after
    if first is None or first - 1 <= begun.link.seq:
        return begun.link
    return link_at(first - 1)


def link_at(seq: int) -> Link:
    """The link of an entry; without it, where the table's part of the chain begins."""
    found = sql.fetch(LINK_SQL, {"seq": seq})
    return Link(seq, found[0][0].encode()) if found else border().link


def _problem_of_archives(
    walk: Walk, archives: Sequence[Archive], on_progress: Progress | None
) -> Problem | None:
    for archive in archives:
        if archive.after.seq > walk.end.seq:
            return missing(walk.end.seq + 1, archive.after.seq)
        before = walk.end.seq
        walk.go(archive.rows())
        if on_progress is not None:
            on_progress(walk.end.seq - before)
        if walk.problem is None and walk.end != archive.end:
            walk.problem = missing(walk.end.seq + 1, archive.end.seq)
        if walk.problem is not None:
            return walk.problem
    return None


def _problem_of_pruning(walk: Walk, begun: Border, first: int | None) -> Problem | None:
    """Is what left the table named by the chain, and what stayed of it as it was?"""
    seq = begun.link.seq
    if walk.end.seq < seq:
        return missing(walk.end.seq + 1, seq)
    if walk.end.seq == seq and walk.end.hash != begun.link.hash:
        return Problem(ALTERED, seq, f"The chain goes on after another entry {seq:,} than that.")
    if first is not None and first > seq + 1:
        return None
    noted = {"at": begun.pruned_at, "codes": begun.codes}
    if begun.pruned_at is not None and not sql.fetch(PRUNING_NOTED_SQL, noted)[0][0]:
        sentence = f"Entries up to {seq:,} are gone, and no entry says that they were archived."
        return Problem(MISSING, 1, sentence)
    return _problem_of_kept(begun)


def _problem_of_kept(begun: Border) -> Problem | None:
    count, digest = kept_digest(begun.link.seq)
    if (count, digest) == (begun.kept_count, begun.kept_sha256):
        return None
    seq = begun.link.seq
    return Problem(
        INSERTED if count > begun.kept_count else ALTERED,
        max(seq, 1),
        f"Entries up to {seq:,} are archived and {begun.kept_count:,} of them had stayed here: "
        f"now {count:,} are here, not the same ones.",
    )


def kept_digest(upto: int) -> tuple[int, str]:
    """How many entries up to this number are in the table, and the SHA-256 of their rows."""
    count, digest = 0, sha256()
    with transaction.atomic():
        for row in lines.rows(first=LEAST, last=upto):
            count += 1
            digest.update(row)
    return count, digest.hexdigest()


def _problem_of_gap(seq: int, upto: int) -> Problem:
    following = sql.fetch(NEXT_SQL, {"seq": seq})[0][0]
    if following is not None:
        return missing(seq + 1, min(following - 1, upto))
    return Problem(
        CUT_OFF,
        seq + 1,
        f"{numbers(seq + 1, upto)} had been numbered; the chain now ends at {seq:,}.",
    )


def _problem_of_end(walk: Walk, end: Link) -> Problem | None:
    if walk.end.seq == end.seq and walk.end.hash != end.hash:
        sentence = f"Entry {end.seq:,}, the last, was altered: its hash is not the one kept of it."
        return Problem(ALTERED, end.seq, sentence)
    beyond = sql.fetch(BEYOND_SQL)[0][0]
    if beyond is not None:
        sentence = f"Entry {beyond:,} was inserted: that number had not been given yet."
        return Problem(INSERTED, beyond, sentence)
    return None


def _verdict(
    walk: Walk, problem: Problem | None, compared: Comparison, files: tuple[ArchivedFile, ...]
) -> Verdict:
    start, end = walk.start.seq + 1, walk.end.seq
    first, last = (start, end) if end >= start else (None, None)
    if problem is not None:
        return Verdict(False, first, last, problem.code, problem.seq, problem.sentence)
    testified = walk.testified + compared.agreed
    if first is None or last is None:
        return Verdict(True, None, None, "", None, "There is nothing to verify.", unread=files)
    sentence = f"{numbers(first, last)} {'is' if first == last else 'are'} complete and unaltered."
    if files:
        sentence += f" {numbers(files[0].first, files[-1].last)} were archived and not read."
    return Verdict(True, first, last, "", None, sentence, testified, compared.uncompared, files)


def chain_state(*, since: datetime | None, until: datetime | None) -> ChainState:
    """Of the entries made in [since, until): cheap, from what the worker verified last; only what
    came since then is verified here."""
    unnumbered = sql.fetch(UNNUMBERED_SQL, {"most": MOST_COUNTED})[0][0]
    span = _span(since, until)
    found = sql.fetch(KEPT_STATE_SQL)
    if not found:
        detail = "The chain has not been verified yet."
        return ChainState(*span, False, None, detail, unnumbered)
    first, last, verified_at, code, problem_seq, sentence = found[0]
    if span == (None, None) and (since or until):
        detail = f"There are no entries in this period.{f' Elsewhere: {sentence}' if code else ''}"
        return ChainState(None, None, not code, verified_at, detail, unnumbered)
    if code and not _is_before(span, problem_seq):
        return ChainState(*span, False, verified_at, sentence, unnumbered, is_broken=True)
    if span == (None, None):
        return ChainState(None, None, True, verified_at, "There are no entries.", unnumbered)
    is_complete, is_broken, detail = _judged(span, first, last)
    return ChainState(*span, is_complete, verified_at, detail, unnumbered, is_broken)


def _span(since: datetime | None, until: datetime | None) -> tuple[int | None, int | None]:
    if since is None and until is None:
        first, last = sql.fetch(ENDS_SQL, {"border": border().link.seq})[0]
        return first, last
    found = chain.numbers_between(since=since, until=until)
    return (None, None) if found is None else (found.first, found.last)


def _is_before(span: tuple[int | None, int | None], problem_seq: int | None) -> bool:
    """Does the span end before the first entry that is not well?"""
    return span[1] is not None and problem_seq is not None and span[1] < problem_seq


def _judged(
    span: tuple[int | None, int | None], first: int | None, last: int | None
) -> tuple[bool, bool, str]:
    """(is it complete, is it broken, a sentence)."""
    start, end = span
    if start is None or end is None or first is None or last is None:
        return False, False, "The chain has not been verified yet."
    said = f"{numbers(start, end)} {'is' if start == end else 'are'} complete, the chain verified."
    if end <= last:
        return True, False, said
    if end - last > TAIL:
        return False, False, f"The chain is verified up to entry {last:,} so far."
    verdict = verify(first=last + 1, last=end)
    return (True, False, said) if verdict.is_ok else (False, True, verdict.sentence)
