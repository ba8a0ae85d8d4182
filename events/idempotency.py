"""Answers of writes, kept for 24 h: the same key and request get the same answer, not a second act.

Both API faces use it inside the write's transaction:

    stored = claim(actor=…, key=…, request_sha256=…, now=…)
    if stored is None:
        …write…
        keep(actor=…, key=…, request_sha256=…, entity_uid=…, status=201, answer=…, now=…)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from events import sql
from events.errors import Refused

KEPT = timedelta(hours=24)

# One number per (actor, key); the lock ends with the transaction, whatever happens.
TRY_LOCK_SQL = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(scope)s, 0))"

STORED_SQL = """
SELECT body_sha256, entity_uid, status, answer FROM events_idempotency
WHERE actor = %(actor)s AND key = %(key)s AND expires_at > %(now)s
"""

KEEP_SQL = """
INSERT INTO events_idempotency (actor, key, body_sha256, entity_uid, status, answer, expires_at)
VALUES (%(actor)s, %(key)s, %(request_sha256)s, %(entity_uid)s, %(status)s, %(answer)s,
    %(expires_at)s)
ON CONFLICT (actor, key) DO UPDATE SET body_sha256 = excluded.body_sha256,
    entity_uid = excluded.entity_uid, status = excluded.status, answer = excluded.answer,
    expires_at = excluded.expires_at
"""

PRUNE_SQL = "DELETE FROM events_idempotency WHERE expires_at <= %(now)s"


class StillInFlight(Refused):
    """Another request with this Idempotency-Key is being worked on."""

    code = "in_flight"
    status = 409


class KeyReused(Refused):
    """The Idempotency-Key was used for another request."""

    code = "key_reused"
    status = 422


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    status: int
    answer: bytes
    entity_uid: UUID | None


def claim(*, actor: str, key: str, request_sha256: bytes, now: datetime) -> StoredAnswer | None:
    """The answer given before, or None: then the key is this transaction's until it ends.

    `request_sha256` is of method, path and body. Raises StillInFlight, KeyReused.
    """
    if not sql.fetch(TRY_LOCK_SQL, {"scope": f"{actor}\n{key}"})[0][0]:
        raise StillInFlight(
            "A request with this Idempotency-Key is still being worked on; try again shortly."
        )
    rows = sql.fetch(STORED_SQL, {"actor": actor, "key": key, "now": now})
    if not rows:
        return None
    stored_sha256, entity_uid, status, answer = rows[0]
    if bytes(stored_sha256) != request_sha256:
        raise KeyReused(
            "This Idempotency-Key was used for another request; take a new one for each request."
        )
    return StoredAnswer(status, bytes(answer), entity_uid)


def keep(
    *,
    actor: str,
    key: str,
    request_sha256: bytes,
    entity_uid: UUID | None,
    status: int,
    answer: bytes,
    now: datetime,
) -> None:
    """Store the answer in the transaction of the write: both stand, or neither."""
    sql.execute(
        KEEP_SQL,
        {
            "actor": actor,
            "key": key,
            "request_sha256": request_sha256,
            "entity_uid": entity_uid,
            "status": status,
            "answer": answer,
            "expires_at": now + KEPT,
        },
    )


def prune(*, now: datetime) -> int:
    """Forget expired answers; how many."""
    return sql.execute(PRUNE_SQL, {"now": now})
