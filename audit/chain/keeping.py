"""The worker `keep_audit`: numbers entries, makes months ahead, archives old ones, verifies."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import OperationalError

from audit import gathering
from audit.chain import numbering as chain
from audit.chain import partitions, pruning, verification
from audit.chain.archive import InvalidArchiveError
from audit.chain.hashing import Link
from audit.chain.verification import Verdict
from audit.chain.walking import Problem, Walk
from audit.entries import add_entry
from events import sql
from events.clock import instant_of
from events.commands import command_act, wall_us
from events.database_errors import LOCK_NOT_AVAILABLE, sqlstate_of
from events.leadership import Leadership
from events.origin import ensure_self

logger = logging.getLogger(__name__)

STANDBY_S = 0.5
SETTLE_EVERY_S = 1.0
KEEP_UP_EVERY_S = 5.0
ORIGIN_EVERY_S = 5.0
PARTITIONS_EVERY_S = 3600.0
PRUNE_EVERY_S = 600.0
# A round through the whole chain reads so much at once, takes at most this share of the time, and
# begins anew so long after the last one has ended.
ROUND_STRIDE = 10_000
ROUND_SHARE = 0.1
ROUND_EVERY_S = 3600.0

KNOWN_ORIGIN_SQL = "SELECT origin FROM audit_chain"
SET_ORIGIN_SQL = "UPDATE audit_chain SET origin = %(origin)s"

KEEP_VERDICT_SQL = """
INSERT INTO audit_verification (singleton, first_seq, last_seq, verified_at, code, problem_seq,
    sentence)
VALUES (true, %(first)s, %(last)s, %(at)s, %(code)s, %(problem)s, %(sentence)s)
ON CONFLICT (singleton) DO UPDATE SET first_seq = excluded.first_seq,
    last_seq = excluded.last_seq, verified_at = excluded.verified_at, code = excluded.code,
    problem_seq = excluded.problem_seq, sentence = excluded.sentence
"""
VERIFIED_TO_SQL = "UPDATE audit_verification SET last_seq = %(last)s WHERE last_seq < %(last)s"


class Keeper:
    def __init__(self) -> None:
        self._leadership = Leadership("audit")
        self._round = Round()
        self._chores: list[tuple[float, Callable[[int], object]]] = [
            (SETTLE_EVERY_S, lambda now_us: gathering.settle(now=instant_of(now_us))),
            (ORIGIN_EVERY_S, _mind_origin),
            (PARTITIONS_EVERY_S, _make_partitions),
            (PRUNE_EVERY_S, _prune),
            (KEEP_UP_EVERY_S, lambda now_us: keep_up()),
        ]
        self._due_at_s = [0.0] * len(self._chores)

    def step(self) -> bool:
        if not self._leadership.is_held():
            time.sleep(STANDBY_S)
            return True
        now_us, now_s = wall_us(), time.monotonic()
        has_worked = chain.number_entries() > 0
        for place, (every_s, chore) in enumerate(self._chores):
            if now_s >= self._due_at_s[place]:
                chore(now_us)
                self._due_at_s[place] = time.monotonic() + every_s
        return self._round.step(now_us=now_us, now_s=now_s) or has_worked

    def close(self) -> None:
        """Nothing is held but the connection."""


class Round:
    """Verifies the whole chain, a stride at a time, so that numbering never waits for long."""

    def __init__(self) -> None:
        self._walk: Walk | None = None
        self._next_at_s = 0.0

    def step(self, *, now_us: int, now_s: float) -> bool:
        """Whether a stride was made."""
        if now_s < self._next_at_s:
            return False
        started = time.monotonic()
        walk, border = self._walk, verification.border().link
        if walk is None or walk.end.seq < border.seq:  # the rest of those months was archived
            walk = Walk(border, testimony={})
        upto = min(chain.head().seq, walk.end.seq + ROUND_STRIDE)
        problem = verification.walk_table(walk, upto)
        is_over = problem is not None or walk.end.seq >= chain.head().seq
        took_s = time.monotonic() - started
        self._next_at_s = now_s + (ROUND_EVERY_S if is_over else took_s / ROUND_SHARE)
        self._walk = None if is_over else walk
        if is_over:
            problem = problem or verification.problem_at_the_ends(walk)
            keep_outcome(walk, problem, at=instant_of(now_us))
        return True


def keep_outcome(walk: Walk, problem: Problem | None, *, at: datetime) -> None:
    first, last = walk.start.seq + 1, walk.end.seq
    if problem is None:
        keep_verdict(Verdict(True, first, last, "", None, ""), at=at)
    else:
        code, seq, sentence = problem.code, problem.seq, problem.sentence
        keep_verdict(Verdict(False, first, last, code, seq, sentence), at=at)


def keep_verdict(verdict: Verdict, *, at: datetime) -> None:
    """For the pages, the report and the metrics; a broken chain is also said aloud."""
    params = {
        "first": verdict.first or 1,
        "last": verdict.last or 0,
        "at": at,
        "code": verdict.code,
        "problem": verdict.seq,
        "sentence": "" if verdict.is_ok else verdict.sentence,
    }
    if not verdict.is_ok:
        logger.error("audit.chain_broken", extra={"seq": verdict.seq, "reason": verdict.code})
    sql.execute(KEEP_VERDICT_SQL, params)


def keep_up() -> None:
    """Verify what was numbered since: between two rounds the outcome stays true."""
    found = sql.fetch(verification.KEPT_STATE_SQL)
    if not found or found[0][3]:
        return
    first, last = found[0][0], found[0][1]
    upto = min(chain.head().seq, last + ROUND_STRIDE)
    if upto <= last:
        return
    walk = Walk(verification.link_at(last), testimony={})
    problem = verification.walk_table(walk, upto)
    if problem is None:
        sql.execute(VERIFIED_TO_SQL, {"last": upto})
        return
    from_start = Walk(Link(first - 1, walk.start.hash), testimony={})
    from_start.end = walk.end
    keep_outcome(from_start, problem, at=instant_of(wall_us()))


def _mind_origin(now_us: int) -> None:
    """Under a new origin the chain goes on, and says so: a backup was restored, or the location has
    moved. What peers heard under the old one may be more than is here."""
    origin = ensure_self(now_us=now_us).origin
    found = sql.fetch(KNOWN_ORIGIN_SQL)
    if not found or found[0][0] == origin:
        return
    if found[0][0] is not None:
        act = command_act("keep_audit")
        add_entry(act, action="audit.resumed", codes=[found[0][0], origin])
    sql.execute(SET_ORIGIN_SQL, {"origin": origin})


def _make_partitions(now_us: int) -> None:
    made = partitions.ensure_partitions(today=instant_of(now_us).date())
    if made:
        logger.info("audit.partitions_made", extra={"events": len(made)})


def _prune(now_us: int) -> None:
    """A month at a time. What is not as it was numbered stays, and is told by every round."""
    if not settings.AUDIT_ARCHIVE_DIR:
        return
    try:
        pruning.prune(command_act("keep_audit"))
    except pruning.BrokenChainError:
        logger.error("audit.not_archived", extra={"reason": "the chain is broken"})
    except (OSError, InvalidArchiveError) as error:
        logger.error("audit.not_archived", extra={"reason": type(error).__name__})
    except OperationalError as error:
        if sqlstate_of(error) != LOCK_NOT_AVAILABLE:
            raise
        logger.warning("audit.not_archived", extra={"reason": "the table is being read"})
