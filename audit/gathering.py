"""Acts that become one entry together: what was searched while somebody typed, and refusals of
strangers. They wait in a table of their own until nothing more is added to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from events import sql

KEY_SALT = "sins.audit.gathered"
SETTLED_AT_ONCE = 1_000
# So many by whoever asks, which wait for it: two for each that comes would do without the worker.
SETTLED_ON_THE_WAY = 20
# Who never pauses has an entry after so many, all the same.
MOST_TOGETHER = 100

# The latest act says when, by which request and with how many results; whom any of them showed and
# how any of them was refused is kept.
GATHER_SQL = """
INSERT INTO audit_gathered AS gathered (key, due_at, free, times, audit_id, at, location_id,
    request_id, kind, actor, role, auth, action, outcome, hit_ids, codes, query_hash, result_count,
    duration_us, address)
VALUES (%(key)s, %(due_at)s, %(free)s, 1, %(audit_id)s, %(at)s, %(location_id)s,
    %(request_id)s, %(kind)s, %(actor)s, %(role)s, %(auth)s, %(action)s, %(outcome)s,
    %(hit_ids)s::uuid[], %(codes)s::text[], %(query_hash)s, %(result_count)s,
    %(duration_us)s, %(address)s)
ON CONFLICT (key) DO UPDATE SET
    due_at = CASE WHEN gathered.times < %(most)s THEN EXCLUDED.due_at ELSE gathered.due_at END,
    times = gathered.times + 1, at = EXCLUDED.at,
    request_id = EXCLUDED.request_id, query_hash = EXCLUDED.query_hash,
    result_count = EXCLUDED.result_count, duration_us = EXCLUDED.duration_us,
    hit_ids = ARRAY(SELECT DISTINCT unnest(gathered.hit_ids || EXCLUDED.hit_ids)),
    codes = ARRAY(SELECT DISTINCT unnest(gathered.codes || EXCLUDED.codes) ORDER BY 1)
RETURNING times
"""

# What has an entry of its own already is not counted a second time.
SETTLE_SQL = """
WITH due AS (
    DELETE FROM audit_gathered WHERE key IN (
        SELECT key FROM audit_gathered WHERE due_at <= %(now)s
        ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
    RETURNING *
)
INSERT INTO audit_entry (audit_id, at, location_id, request_id, kind, actor, role, auth, action,
    outcome, hit_ids, codes, query_hash, result_count, duration_us, address)
SELECT audit_id, at, location_id, request_id, kind, actor, role, auth, action,
    outcome, hit_ids, codes, query_hash, coalesce(result_count, times - free), duration_us, address
FROM due WHERE times > free
"""

ABSORB_SQL = "DELETE FROM audit_gathered WHERE key = %(key)s RETURNING hit_ids"


def gather(row: Mapping[str, Any], *, key: str, due_at: datetime, free: int = 0) -> int:
    """Add an act to those of `key`; at `due_at` they become an entry if they are more than `free`.
    Gives how many they are. `key` says who and what, and is kept as a keyed hash."""
    settle(now=row["at"], most=SETTLED_ON_THE_WAY)
    more = {"key": _hashed(key), "due_at": due_at, "free": free, "most": MOST_TOGETHER}
    return int(sql.fetch(GATHER_SQL, {**row, **more})[0][0])


def absorb(*, key: str) -> Sequence[UUID]:
    """What was gathered ends in an entry of the caller's: whom it had shown."""
    return [uid for (uids,) in sql.fetch(ABSORB_SQL, {"key": _hashed(key)}) for uid in uids]


def settle(*, now: datetime, most: int = SETTLED_AT_ONCE) -> int:
    """Make entries of what is due; how many."""
    return sql.execute(SETTLE_SQL, {"now": now, "most": most})


def _hashed(key: str) -> bytes:
    text = key.encode("utf-8", "surrogatepass")
    return salted_hmac(KEY_SALT, text, algorithm="sha256").digest()
