"""The worker `match_customers`: who is new or changed → who on the list may be the same person.

Never part of the transaction that recorded or received the change: that one must be quick. The
column `needs_match` is all they share.
"""

import time
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from customers.duplicates import crowds, pairs
from customers.duplicates.pairs import Key, Person
from customers.search import index as search_index
from customers.search.search import search_for
from events import sql
from events.clock import instant_of
from events.commands import command_act, wall_us

# Customers per transaction: some tenths of a second, the last milliseconds of it with locks.
BATCH = 250
# Up to so many are each searched for, as thoroughly as a person would; more of them came by an
# import and are compared with whom the indexes bring, ten times as fast.
SEARCHED_AT_ONCE = 20
# Somebody with more likely doubles than this has a name that says nothing.
MOST_PARTNERS = 20
# How long to look away from an empty backlog, longer each time.
FIRST_NAP_S, LONGEST_NAP_S = 0.25, 2.0
# Who was there before the index, e.g. before an upgrade, gets into it on the way.
INDEX_EVERY_S, INDEXED_AT_ONCE = 5.0, 500
# How many people have a word is counted again when the list has grown by a tenth, or after an hour.
RECOUNT_SHARE, RECOUNT_EVERY_S = 0.1, 3600.0
# Second half of the advisory lock's key is the customer's.
CLAIM_SPACE = 0x51A6

# The newest first: somebody at a counter waits for that one, nobody for a row of an import. A claim
# is a lock of the workers' own, which ends with the transaction: no writer ever waits for it, and a
# worker that died holds none. Whoever is claimed already is passed over; the inner limit bounds how
# many locks a batch can take, whatever the plan.
CLAIM_SQL = """
SELECT entity_uid FROM (
    SELECT entity_uid FROM customers_customer WHERE needs_match
    ORDER BY updated_hlc DESC, entity_uid DESC LIMIT %(looked_at)s
) AS waiting
WHERE pg_try_advisory_xact_lock(%(space)s, hashtext(entity_uid::text))
LIMIT %(limit)s
"""
WORKERS_AT_MOST = 8

# Counting ends here: it is done each time that somebody looks at the metrics.
MOST_COUNTED = 100_000
WAITING_SQL = """
SELECT count(*) FROM (
    SELECT FROM customers_customer WHERE needs_match LIMIT %(most)s
) AS waiting
"""


class Matcher:
    """Steps through the backlog; `limit` = how many customers at most, None = all."""

    def __init__(self, *, limit: int | None = None) -> None:
        self.matched = 0
        self.kept = 0
        self._limit = limit
        self._nap_s = 0.0
        self._look_at_s = self._index_at_s = 0.0
        self._recount_at_s = time.monotonic() + RECOUNT_EVERY_S
        self._uncounted = 0

    def step(self) -> bool:
        """One batch; False when nobody waits, or it is too soon to look again."""
        if time.monotonic() < self._look_at_s:
            return False
        if self._index():
            return True
        size = BATCH if self._limit is None else min(BATCH, self._limit - self.matched)
        claimed, kept = match_batch(limit=size, now_us=wall_us()) if size else (0, 0)
        self.matched += claimed
        self.kept += kept
        self._uncounted += claimed
        if claimed:
            self._nap_s = self._look_at_s = 0.0
            return True
        self._recount()
        self._nap_s = min(max(self._nap_s * 2, FIRST_NAP_S), LONGEST_NAP_S)
        self._look_at_s = time.monotonic() + self._nap_s
        return False

    def close(self) -> None:
        """Nothing is held between two steps."""

    def _index(self) -> bool:
        """Index some who are not yet; False when there was nobody."""
        if time.monotonic() < self._index_at_s:
            return False
        if search_index.index_missing(limit=INDEXED_AT_ONCE):
            return True
        self._index_at_s = time.monotonic() + INDEX_EVERY_S
        return False

    def _recount(self) -> None:
        """Only while nobody waits."""
        now_s = time.monotonic()
        is_due = now_s >= self._recount_at_s and self._uncounted
        if is_due or self._uncounted > RECOUNT_SHARE * search_index.people():
            search_index.recount_bearers()
            self._uncounted, self._recount_at_s = 0, now_s + RECOUNT_EVERY_S


def waiting() -> int:
    """How many are not matched yet; MOST_COUNTED stands for more, too."""
    return int(sql.fetch(WAITING_SQL, {"most": MOST_COUNTED})[0][0])


def match_batch(*, limit: int, now_us: int) -> tuple[int, int]:
    """Match up to so many waiting customers; how many were claimed, and pairs kept."""
    now = instant_of(now_us)
    with transaction.atomic():
        claimed = _claim(limit)
        if not claimed:
            return 0, 0
        people = pairs.people_of(claimed)
        listed = pairs.pairs_of(claimed)
        is_crowd = len(claimed) > SEARCHED_AT_ONCE
        others = crowds.candidates_of(people) if is_crowd else _partners(people, now)
        candidates = listed.union(others)
        people |= pairs.people_of(set(pairs.uids_in(candidates)) - people.keys())
        judgement = pairs.judge(candidates, people, listed=listed)
        judgement.matched = claimed
        kept = pairs.write(judgement, now=now)
        if kept:
            add_entry(
                command_act("match_customers"),
                action="customers.matched",
                hit_ids=sorted(set(pairs.uids_in(judgement.keep))),
                result_count=kept,
            )
    return len(claimed), kept


def _claim(limit: int) -> list[UUID]:
    rows = sql.fetch(
        CLAIM_SQL, {"space": CLAIM_SPACE, "limit": limit, "looked_at": limit * WORKERS_AT_MOST}
    )
    return [uid for (uid,) in rows]


def _partners(people: dict[UUID, Person], now: datetime) -> list[Key]:
    """Whom a search for each of them finds."""
    return [
        pairs.key_of(person.uid, hit.customer.entity_uid)
        for person in people.values()
        if person.is_listed
        for hit in search_for(
            person.question, mode="fuzzy", limit=MOST_PARTNERS, today=now.date(), but=person.uid
        )
    ]
