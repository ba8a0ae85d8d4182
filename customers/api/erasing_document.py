"""What the OpenAPI document says of holds and erasures, row by row of the matrix."""

from collections.abc import Mapping

from customers.api import examples
from entities.erasure_rules import BASES, RETENTION
from entities.holding import MAX_HOLD_ID
from entities.http.operations import (
    IDEMPOTENCY_KEY,
    NO_NUL,
    Body,
    Operation,
    Operations,
    Reply,
    Schema,
    closed,
    instant,
    listed,
    maybe,
    ref,
    text,
    uid,
)
from entities.values import MAX_LENGTH

# Some text that is left when it is trimmed.
_SAID = "[^\\s\\u001c-\\u001f\\u0085\\u0000]"
_WHY = text(
    "Why; gone with the customer.",
    minLength=1,
    maxLength=MAX_LENGTH,
    pattern=f"^[^\\u0000]*{_SAID}[^\\u0000]*$",
)
_MAYBE_TEXT = maybe(text(maxLength=MAX_LENGTH, pattern=NO_NUL))
_ON_REQUEST = [basis for basis in BASES if basis != RETENTION]
_HOLD_ID = text(
    "The hold's id.", minLength=1, maxLength=MAX_HOLD_ID, pattern="^[A-Za-z0-9_-]{1,64}$"
)

ERASING_SCHEMAS: Mapping[str, Schema] = {
    "Hold": closed(
        {
            "hold_id": _HOLD_ID,
            "customer": uid("Whom it keeps; another one when they were merged."),
            "reason": text("Why it was placed."),
            "reference": maybe(text("A file number or the like.")),
            "placed_at": instant("Since when it stands."),
            "actor": text(),
            "location_id": text(),
        },
        description="Nothing is erased while it stands.",
    ),
    "HoldPlace": closed({"reason": _WHY, "reference": _MAYBE_TEXT}, optional=("reference",)),
    "HoldLift": closed({"hold_id": _HOLD_ID, "reason": _WHY}),
    "HoldLifted": closed({"hold_id": _HOLD_ID, "lifted": {"type": "boolean"}}),
    "Erasure": closed(
        {
            "basis": text("Why the customer is to be erased."),
            "execute_after": instant("Nothing happens before; then as soon as it may."),
        },
        description="That a customer is to be erased for ever.",
    ),
    "ErasureRequest": closed(
        {"basis": text("Why.", enum=_ON_REQUEST), "reason": _MAYBE_TEXT}, optional=("reason",)
    ),
    "ErasureCancel": closed({"reason": _WHY}),
    "ErasureCancelled": closed({"customer": uid(), "cancelled": {"type": "boolean"}}),
    "HoldsAndErasure": closed(
        {"holds": listed(ref("Hold"), "The oldest first."), "erasure": maybe(ref("Erasure"))}
    ),
}

_DUE = Reply(
    "It is due to be erased already, or the request still runs.",
    ref("Problem"),
    {"due": examples.ERASURE_DUE},
)
_NOT_HELD = Reply(
    "No hold with this id stands, or the request still runs.",
    ref("Problem"),
    {"not_held": examples.NOT_HELD},
)
_HELD = Reply("A hold stands, or the request still runs.", ref("Problem"), {"held": examples.HELD})
_NOT_SCHEDULED = Reply(
    "Nothing is scheduled, or the request still runs.",
    ref("Problem"),
    {"not_scheduled": examples.NOT_SCHEDULED},
)

ERASING_OPERATIONS: Operations = {
    ("hold", "GET"): Operation(
        "readHolds",
        "Read what keeps a customer, and whether an erasure is scheduled",
        {200: Reply("As it stands now.", ref("HoldsAndErasure"), {"both": examples.STANDING})},
        "Also of a deleted or merged customer; a hold on a merged one keeps all of them.",
        refuses=(410,),
    ),
    ("hold", "POST"): Operation(
        "placeHold",
        "Place a legal hold",
        {200: Reply("It stands.", ref("Hold"), {"hold": examples.HOLD}), 409: _DUE},
        "While it stands nobody erases the customer, at no location. From the hour on at which an "
        "erasure may happen, no hold can be placed.",
        body=Body(ref("HoldPlace"), {"hold": examples.HOLD_PLACE}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("lift", "POST"): Operation(
        "liftHold",
        "Lift a legal hold",
        {
            200: Reply("It stands no more.", ref("HoldLifted"), {"lifted": examples.HOLD_LIFTED}),
            409: _NOT_HELD,
        },
        "An erasure that waits for it goes on.",
        body=Body(ref("HoldLift"), {"lift": examples.HOLD_LIFT}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("erase", "POST"): Operation(
        "eraseCustomer",
        "Erase a customer for ever",
        {
            202: Reply(
                "It will happen as soon as it may.", ref("Erasure"), {"erasure": examples.ERASURE}
            ),
            409: _HELD,
        },
        "Off the list at once, with all records merged into it. Erased as soon as every location "
        "has answered that it has placed no hold, at the latest after ERASURE_DEADLINE_DAYS; then "
        "nothing brings a value back. `manage.py verify_erasure` tells who has confirmed it.",
        body=Body(ref("ErasureRequest"), {"request": examples.ERASURE_REQUEST}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("cancel_erasure", "POST"): Operation(
        "cancelErasure",
        "Cancel an erasure that has not happened yet",
        {
            200: Reply(
                "It will not happen.",
                ref("ErasureCancelled"),
                {"cancelled": examples.ERASURE_CANCELLED},
            ),
            409: _NOT_SCHEDULED,
        },
        "A customer who was taken off the list stays deleted; `restore` brings them back.",
        body=Body(ref("ErasureCancel"), {"cancel": examples.ERASURE_CANCEL}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
}
