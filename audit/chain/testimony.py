"""What peers heard of this chain → whether its end was cut off, and from which number on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from audit.chain.hashing import Checkpoint
from audit.chain.walking import CUT_OFF, Problem, Walk, numbers, told_instant, told_when
from events import sql

Testimony = Mapping[int, Sequence[Checkpoint]]

ORIGIN_SQL = "SELECT origin FROM audit_chain"
# What was made after a peer had heard of a number cannot be what had it, or one before it; unless
# that is so of what the peer agrees with, too, and a clock was wrong.
MADE_LATER_SQL = """
SELECT min(seq) FROM audit_entry
WHERE seq > %(confirmed)s AND seq <= %(last)s AND at > %(told_at)s
    AND NOT EXISTS (SELECT FROM audit_entry WHERE seq = %(confirmed)s AND at > %(told_at)s)
"""


def testimony_of(peers: Iterable[Checkpoint], *, first: int | None, last: int | None) -> Testimony:
    """By number. With `first` only what was heard under the present origin counts."""
    origin = None if first is None else next((row[0] for row in sql.fetch(ORIGIN_SQL)), None)
    found: dict[int, list[Checkpoint]] = defaultdict(list)
    for one in peers:
        if (last is None or one.seq <= last) and (origin is None or one.origin == origin):
            found[one.seq].append(one)
    return found


def problem_of_testimony(walk: Walk, testimony: Testimony) -> Problem | None:
    """Is there less than what a peer heard of? The chain may have gone on under numbers that were
    cut off, were it only with the entry of an earlier verification."""
    beyond = {seq: heard for seq, heard in testimony.items() if seq > walk.end.seq}
    if not beyond:
        return None
    later, end = max(beyond), walk.end.seq
    one = beyond[later][0]
    first = _made_later(walk, [one for heard in beyond.values() for one in heard]) or end + 1
    now = f"the chain now ends at {end:,}"
    if first <= end:
        now += f", and {_what_is_under(first, end)} was made after that"
    return Problem(
        CUT_OFF,
        first,
        f"{numbers(first, later)} had been numbered, as {one.heard_by} heard ({told_when(one)}, "
        f"as {one.origin}); {now}.",
    )


def _made_later(walk: Walk, heard: Iterable[Checkpoint]) -> int | None:
    """The first entry that no peer confirmed and that is too young for its number."""
    told = [at for at in map(told_instant, heard) if at is not None]
    if not told:
        return None
    span = {"confirmed": walk.confirmed, "last": walk.end.seq, "told_at": min(told)}
    found: int | None = sql.fetch(MADE_LATER_SQL, span)[0][0]
    return found


def _what_is_under(first: int, last: int) -> str:
    if first == last:
        return f"what has number {first:,}"
    return f"what has numbers {first:,} to {last:,}"
