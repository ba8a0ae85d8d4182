"""Dead letters once more: what an upgrade or a repair made readable joins the log after all."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from events import deadletters, pending, sql
from events.arrivals import Arrival, examine
from events.clock import instant_of
from events.deadletters import OpenLetter, SetAside
from events.principal import Act
from events.receiving import take_in

BATCH = 200

SAME_BYTES_SQL = """
SELECT 1 FROM events_event WHERE entity_uid = %(uid)s AND sha256 = %(sha256)s LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Retried:
    """How many were tried, and how many of them need no more."""

    tried: int
    resolved: int


def retry_dead_letters(make_act: Callable[[], Act], *, limit: int) -> Retried:
    """Try up to `limit` letters with bytes and as many failed events, each once."""
    tried = resolved = after = 0
    while tried < limit:
        letters = deadletters.open_bytes(after=after, limit=min(BATCH, limit - tried))
        if not letters:
            break
        after = letters[-1].id
        tried += len(letters)
        resolved += _retry(make_act(), letters)
    retried, folded = pending.retry_failed(make_act, limit=limit)
    return Retried(tried + retried, resolved + folded)


@transaction.atomic
def _retry(act: Act, letters: list[OpenLetter]) -> int:
    """Bytes with a wrong hash are given up: their sequence is wanted again, and healing brings the
    right ones. All others go through the same door as new messages, as one batch does: locks are
    taken in the consumer's order."""
    given_up = [letter.id for letter in letters if letter.reason_code == "bad_hash"]
    items = {letter.id: _examined(letter) for letter in letters if letter.id not in given_up}
    received = take_in(act, items.values())
    taken = {*received.stored, *received.repeated, *received.unsealed_here}
    resolved = [
        letter.id
        for letter in letters
        if letter.id in given_up or items[letter.id] in taken or _is_known(letter)
    ]
    ids = [letter.id for letter in letters]
    deadletters.note_attempt(ids, resolved=resolved, now=instant_of(act.now_us))
    return len(resolved)


def _examined(letter: OpenLetter) -> Arrival | SetAside:
    """The hash is of the bytes held: what was wrong with them was something else."""
    headers = {"sha256": hashlib.sha256(letter.raw).hexdigest().encode()}
    if letter.sequence is not None:
        headers["sequence"] = str(letter.sequence).encode()
    return examine(letter.raw, headers)


def _is_known(letter: OpenLetter) -> bool:
    """Did the same bytes come with a sequence meanwhile?"""
    if letter.reason_code != "no_sequence":
        return False
    known = {"uid": letter.entity_uid, "sha256": hashlib.sha256(letter.raw).digest()}
    return bool(sql.fetch(SAME_BYTES_SQL, known))
