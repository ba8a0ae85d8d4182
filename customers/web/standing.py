"""What the customer's page says of holds and of an erasure: a badge, a banner, a tombstone."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from entities import erasing, erasure_ledger, holding
from entities.assertions import ERASURE, HOLD_PREFIX
from entities.erasure_rules import BASES
from events.clock import instant_of

Row = Mapping[str, Any]


def standing(uid: UUID, events: Sequence[Row], *, is_linked: bool) -> Row:
    """`holds`: those that stand, on this record or on one merged with it; `erasure`: when and why,
    or None. `events`: of the customer, as `history` gives them; `is_linked`: by merges."""
    codes = (code for event in events for code in event["codes"])
    if not is_linked and not any(code == ERASURE or code.startswith(HOLD_PREFIX) for code in codes):
        return {"holds": [], "erasure": None}
    return {"holds": holding.holds_of(uid), "erasure": erasure_of(uid)}


def erasure_of(uid: UUID) -> Row | None:
    awaited = erasing.awaited_erasure(uid)
    if awaited is None:
        return None
    return {"at": instant_of(awaited.execute_after_us), "why": basis_in_words(awaited.basis)}


def erased(uid: UUID) -> Row:
    """What is left to say of somebody who is gone."""
    row = erasure_ledger.row_of(uid)
    if row is None:
        return {}
    return {
        "why": basis_in_words(row.basis),
        "confirmed": sorted(row.confirmed),
        "unconfirmed": row.unconfirmed,
    }


def basis_in_words(basis: str) -> str:
    return BASES.get(basis, basis)
