"""How often something may be asked: what was asked is counted by keyed hash for a while, and then
forgotten. All processes of a location share the count."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from events import sql
from events.errors import Refused

WINDOW_S = 3600  # the longest: what is older is forgotten
KEY_SALT = "sins.audit.question"
# Forgotten with each question: more than one leaves behind, so that the table never grows.
FORGOTTEN_AT_ONCE = 100

# Whoever asks the same at the same moment waits here, or both would find the last free place. In
# one order, so that two with several keys never wait for each other.
LOCK_SQL = """
SELECT pg_advisory_xact_lock(hashtextextended(encode(asked.key, 'hex'), 0))
FROM unnest(%(keys)s::bytea[]) AS asked (key)
"""

# For each key: how often it was asked, and when the one was that has to be forgotten before the
# next is answered (null: there is a place).
ASKED_SQL = """
SELECT (SELECT count(*) FROM audit_question
        WHERE key = allowed.key AND at > allowed.since),
    (SELECT at FROM audit_question WHERE key = allowed.key AND at > allowed.since
        ORDER BY at DESC OFFSET allowed.most - 1 LIMIT 1)
FROM unnest(%(keys)s::bytea[], %(mosts)s::int[], %(sinces)s::timestamptz[])
    WITH ORDINALITY AS allowed (key, most, since, place)
ORDER BY allowed.place
"""

NOTE_SQL = """
WITH forgotten AS (
    DELETE FROM audit_question WHERE id IN (
        SELECT id FROM audit_question WHERE at <= %(since)s
        ORDER BY at LIMIT %(forgotten)s FOR UPDATE SKIP LOCKED)
)
INSERT INTO audit_question (key, at)
SELECT key, %(now)s FROM unnest(%(keys)s::bytea[]) AS asked (key)
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `most` questions about or from one `subject` in `window_s`, at most WINDOW_S. `said`
    is the sentence of the refusal."""

    subject: str
    most: int
    said: str
    window_s: int = WINDOW_S

    @property
    def key(self) -> bytes:
        text = self.subject.encode("utf-8", "surrogatepass")
        return salted_hmac(KEY_SALT, text, algorithm="sha256").digest()

    def since(self, now: datetime) -> datetime:
        return now - timedelta(seconds=self.window_s)


class TooManyQuestions(Refused):
    """Asked too often; `retry_after_s` says when there is a place again."""

    code = "too_many_requests"
    status = 429

    def __init__(self, said: str, *, retry_after_s: int) -> None:
        minutes = math.ceil(retry_after_s / 60)
        super().__init__(f"{said} Try again in {minutes} minute{'s' if minutes > 1 else ''}.")
        self.retry_after_s = retry_after_s


def take(allowances: Sequence[Allowance], *, now: datetime) -> None:
    """Count one question against each of them, or against none when one is used up.

    In a transaction of its own if the caller has none, so that a question counts that fails later.
    Raises TooManyQuestions.
    """
    ordered = sorted(allowances, key=lambda allowance: allowance.key)
    with transaction.atomic():
        sql.fetch(LOCK_SQL, {"keys": [allowance.key for allowance in ordered]})
        for allowance, (_, blocking) in zip(ordered, _asked(ordered, now), strict=True):
            if blocking is not None:
                raise TooManyQuestions(
                    allowance.said, retry_after_s=_left_s(allowance, blocking, now)
                )
        note(ordered, now=now)


def note(allowances: Sequence[Allowance], *, now: datetime) -> None:
    """Count what has happened already, however often."""
    since = now - timedelta(seconds=WINDOW_S)
    keys = [allowance.key for allowance in allowances]
    params = {"keys": keys, "now": now, "since": since, "forgotten": FORGOTTEN_AT_ONCE}
    sql.execute(NOTE_SQL, params)


def wait_s(allowance: Allowance, *, now: datetime) -> int:
    """Seconds until there is a place again; 0 = now."""
    ((_, blocking),) = _asked([allowance], now)
    return 0 if blocking is None else _left_s(allowance, blocking, now)


def remaining(allowances: Sequence[Allowance], *, now: datetime) -> int:
    """How many more questions all of them allow."""
    asked = _asked(allowances, now)
    return min(
        max(0, allowance.most - count)
        for allowance, (count, _) in zip(allowances, asked, strict=True)
    )


def _asked(allowances: Sequence[Allowance], now: datetime) -> list[tuple[int, datetime | None]]:
    params = {
        "keys": [allowance.key for allowance in allowances],
        "mosts": [allowance.most for allowance in allowances],
        "sinces": [allowance.since(now) for allowance in allowances],
    }
    return [(int(count), blocking) for count, blocking in sql.fetch(ASKED_SQL, params)]


def _left_s(allowance: Allowance, blocking: datetime, now: datetime) -> int:
    return max(1, math.ceil((blocking - allowance.since(now)).total_seconds()))
