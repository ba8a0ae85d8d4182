"""Dead letters once more: what an upgrade or a repair made readable joins the log after all."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from events import deadletters, pending, sql, wire
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


# Given up, their sequences are wanted again, and healing brings the right bytes.
DAMAGED = frozenset({"bad_hash"})
UNOPENED = frozenset({"bad_hash", "no_key"})


def retry_dead_letters(
    make_act: Callable[[], Act], *, limit: int, given_up: frozenset[str] = DAMAGED
) -> Retried:
    """Try up to `limit` letters with bytes and as many failed events, each once; those of the
    reasons `given_up` that cannot join the log even now are asked for again."""
    tried = resolved = after = 0
    while tried < limit:
        letters = deadletters.open_bytes(after=after, limit=min(BATCH, limit - tried))
        if not letters:
            break
        after = letters[-1].id
        tried += len(letters)
        resolved += _retry(make_act(), letters, given_up)
    retried, folded = pending.retry_failed(make_act, limit=limit)
    return Retried(tried + retried, resolved + folded)


class HeldForKeys:
    """What came before its key: goes through the door by itself once the key is in the ring."""

    def __init__(self) -> None:
        self._keys: tuple[str, ...] | None = None
        self._after: int | None = 0

    def step(self, make_act: Callable[[], Act]) -> int:
        """Try a part of what is held, if the ring has changed since it was tried; how many joined
        the log."""
        keys = wire.key_ids()
        if keys != self._keys:
            self._keys, self._after = keys, 0
        if self._after is None:
            return 0
        letters = deadletters.open_bytes(after=self._after, limit=BATCH, reason_code="no_key")
        self._after = letters[-1].id if letters else None
        opened = [letter for letter in letters if wire.key_id_of(letter.raw) in keys]
        return _retry(make_act(), opened, frozenset()) if opened else 0


@transaction.atomic
def _retry(act: Act, letters: list[OpenLetter], given_up_reasons: frozenset[str]) -> int:
    """All go through the same door as new messages, as one batch does: locks are taken in the
    consumer's order. What cannot be opened with any key here stays, or is given up."""
    items = {letter.id: _examined(letter) for letter in letters if letter.reason_code != "bad_hash"}
    given_up = [
        letter.id
        for letter in letters
        if letter.reason_code in given_up_reasons and not isinstance(items.get(letter.id), Arrival)
    ]
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
    try:
        raw = wire.from_wire(letter.raw)
    except (wire.CannotOpen, wire.Damaged):
        return SetAside(letter.reason_code, letter.raw)
    headers = {"sha256": hashlib.sha256(raw).hexdigest().encode()}
    if letter.sequence is not None:
        headers["sequence"] = str(letter.sequence).encode()
    return examine(raw, headers)


def _is_known(letter: OpenLetter) -> bool:
    """Did the same bytes come with a sequence meanwhile?"""
    if letter.reason_code != "no_sequence":
        return False
    known = {"uid": letter.entity_uid, "sha256": hashlib.sha256(letter.raw).digest()}
    return bool(sql.fetch(SAME_BYTES_SQL, known))
