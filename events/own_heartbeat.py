"""How this location stands: its own heartbeat from one snapshot, with the digest of its rows."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.conf import settings
from django.db import connection, transaction

from events import clock_floor, in_flight, progress, sql, wire
from events.heartbeat import BUCKETS, DIGEST_BYTES, ChainHead, Heartbeat, shortened
from events.origin import Self, ensure_self
from events.ranges import Ranges

# What the log does not know is registered by the floors above.
_fold_versions: list[int] = []
_conflict_counts: list[Callable[[], int]] = []
_chain_heads: list[Callable[[], ChainHead | None]] = []


def register_fold_version(version: int) -> None:
    """The version of the rules by which rows are derived; digests compare only at equal ones."""
    _fold_versions[:] = [version]


def fold_version() -> int:
    return _fold_versions[0] if _fold_versions else 0


def register_conflict_count(count: Callable[[], int]) -> None:
    """How many conflicts are open here."""
    _conflict_counts[:] = [count]


def conflict_count() -> int:
    return _conflict_counts[0]() if _conflict_counts else 0


def register_chain_head(head: Callable[[], ChainHead | None]) -> None:
    """How far the audit's chain is here; None before its first entry."""
    _chain_heads[:] = [head]


def chain_head() -> ChainHead | None:
    return _chain_heads[0]() if _chain_heads else None


SNAPSHOT_SQL = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"

COUNTS_SQL = """
SELECT (SELECT count(*) FROM events_event
        WHERE sequence IS NULL AND location_id = %(location_id)s),
       (SELECT count(*) FROM events_event WHERE state IN (1, 2, 3, 6)),
       (SELECT count(*) FROM events_deadletter WHERE resolved_at IS NULL)
"""

# By the last byte: the first ones of a UUIDv7 are its time.
BUCKETS_SQL = """
SELECT get_byte(uuid_send(entity_uid), 15),
    bit_xor(('x' || encode(digest, 'hex'))::bit(256))::text
FROM events_head WHERE digest IS NOT NULL GROUP BY 1
"""

# Says cheaply that heads were written, also past the events (a rebuild, a repair by hand).
HEADS_TOUCHED_SQL = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
FROM pg_stat_user_tables WHERE relname = 'events_head'
"""

# The digest reads every head, 1 to 1.5 s for a million, and the publisher seals nothing meanwhile:
# a long one waits until nothing changes, and may take this share of the time at most.
DIGEST_SHARE = 0.02
LONG_DIGEST_S = 0.05


class OwnHeartbeats:
    """Makes heartbeats; keeps the digest until something changed."""

    def __init__(self) -> None:
        self._key: object = None
        self._buckets: bytes | None = None
        self._last_key: object = None
        self._took_s = 0.0
        self._next_digest_at = 0.0

    def heartbeat(self, *, now_us: int) -> Heartbeat:
        """All from one snapshot, so that progress and digest speak of the same rows. What is not
        committed yet and must not be passed over counts as not sealed."""
        on_its_way = in_flight.count()
        with transaction.atomic():
            # Inside another transaction there is no snapshot to choose.
            if len(connection.savepoint_ids) == 0:
                sql.execute(SNAPSHOT_SQL)
            said = _read(ensure_self(now_us=now_us), now_us, self._digested)
            return shortened(replace(said, unsealed=said.unsealed + on_its_way))

    def _digested(self, received: Mapping[str, Ranges]) -> bytes | None:
        key = (received, fold_version(), sql.fetch(HEADS_TOUCHED_SQL)[0][0])
        if key == self._key:
            return self._buckets
        is_quiet, self._last_key = key == self._last_key, key
        started = time.monotonic()
        if started < self._next_digest_at or (self._took_s > LONG_DIGEST_S and not is_quiet):
            return None
        self._buckets, self._key = read_buckets(), key
        self._took_s = time.monotonic() - started
        self._next_digest_at = started + self._took_s / DIGEST_SHARE
        return self._buckets


def now(*, now_us: int, kept: Heartbeat | None) -> Heartbeat:
    """The counts as of now with the digest that the publisher last kept, if nothing came since:
    cheap enough for every page."""

    def kept_buckets(received: Mapping[str, Ranges]) -> bytes | None:
        return kept.buckets if kept is not None and kept.received == received else None

    return _read(ensure_self(now_us=now_us), now_us, kept_buckets)


def _read(
    this: Self, now_us: int, digested: Callable[[Mapping[str, Ranges]], bytes | None]
) -> Heartbeat:
    received, wants = progress.known()
    counts = sql.fetch(COUNTS_SQL, {"location_id": this.location_id})[0]
    unsealed, pending, dead_letters = counts
    buckets = digested(received) if unsealed == pending == 0 else None
    return Heartbeat(
        location_id=this.location_id,
        instance_id=this.instance_id,
        origin=this.origin,
        version=settings.VERSION,
        fold_version=fold_version(),
        at=now_us,
        floor=clock_floor.current(),
        sealed=this.sealed,
        unsealed=unsealed,
        pending=pending,
        received=received,
        wants=wants,
        digest=None if buckets is None else hashlib.sha256(buckets).hexdigest(),
        buckets=buckets,
        conflicts=conflict_count(),
        dead_letters=dead_letters,
        audit=chain_head(),
        keys=wire.key_ids(),
    )


def read_buckets() -> bytes:
    """The digests of all entities, XORed per bucket: 256 × 32 bytes."""
    buckets = bytearray(BUCKETS * DIGEST_BYTES)
    for number, bits in sql.fetch(BUCKETS_SQL):
        start = number * DIGEST_BYTES
        buckets[start : start + DIGEST_BYTES] = int(bits, 2).to_bytes(DIGEST_BYTES, "big")
    return bytes(buckets)
