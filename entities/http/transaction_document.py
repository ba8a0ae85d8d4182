"""The report of transactions in the OpenAPI document, for both faces: rows, pages, examples."""

from collections.abc import Mapping
from typing import Any

from audit.actions import KIND_OF_ACTION, Kind, Outcome
from entities.http.operations import Schema, closed, instant, listed, maybe, ref, text, uid
from events.principal import ROLES

_COUNT: Schema = {"type": "integer", "minimum": 0}
_LOCATION = text(pattern="^[a-z0-9-]{1,32}$")

ROW: Mapping[str, Schema] = {
    "audit_id": uid("The entry, from the moment it was made."),
    "seq": maybe({"type": "integer", "minimum": 1, "description": "null for about a second."}),
    "at": instant("When the act began."),
    "location_id": {**_LOCATION, "description": "Where it was done: here."},
    "origins": listed(_LOCATION, "Of what was received: the locations where it was done."),
    "request_id": uid("The same for all that one request did, at every location."),
    "kind": text(enum=[str(kind) for kind in Kind]),
    "actor": text("Who."),
    "role": text("In which role.", enum=list(ROLES)),
    "auth": text("How they proved who they are."),
    "action": text("What, in the past tense.", pattern="^[a-z_]+\\.[a-z_]+$"),
    "outcome": text(enum=[str(outcome) for outcome in Outcome]),
    "entity_uid": maybe(uid("Whom it is about, if one.")),
    "codes": listed(text(), "Names of details, reasons, filters; never a value."),
    "hit_count": {**_COUNT, "description": "How many were shown, found, changed or applied."},
    "duration_ms": maybe({"type": "number", "minimum": 0}),
    "event_count": {**_COUNT, "description": "Of the events that it wrote or took over."},
    "event_ids": listed(uid(), "The first hundred of them."),
    "batch_id": maybe(uid("Of a load.")),
}
SCHEMAS: Mapping[str, Schema] = {
    "Transaction": closed(ROW, description="One entry of the audit. Ids and names, no values."),
    "Complete": closed(
        {
            "from": maybe(
                {"type": "integer", "description": "The first number of the time asked."}
            ),
            "to": maybe({"type": "integer", "description": "The last one."}),
            "verified": {
                "type": "boolean",
                "description": "Known to be without a gap, and as they were when numbered.",
            },
            "detail": text(
                "The same as a sentence, or what is wrong; and which other location contradicted "
                "in that time what it had said of its own chain."
            ),
        },
        description="Whether all entries of the time asked are there, whatever else is asked.",
    ),
    "TransactionPage": closed(
        {
            "next": maybe(text("What is older.", format="uri")),
            "previous": maybe(text("What is newer.", format="uri")),
            "results": listed(ref("Transaction")),
            "complete": ref("Complete"),
        }
    ),
}

_AT = "2026-03-02T09:15:04.120000Z"
UPDATED: dict[str, Any] = {
    "audit_id": "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e40",
    "seq": 48210,
    "at": _AT,
    "location_id": "loc1",
    "origins": [],
    "request_id": "019f7a3e-2f0f-7d02-8e77-0c1d2e3f4a5b",
    "kind": "write",
    "actor": "agent",
    "role": "service_agent",
    "auth": "session",
    "action": "entity.updated",
    "outcome": "ok",
    "entity_uid": "0b6f4a0e-6c53-5f0a-9d57-2f1f8d3c9a11",
    "codes": ["EMAIL"],
    "hit_count": 1,
    "duration_ms": 7.4,
    "event_count": 1,
    "event_ids": ["019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e3f"],
    "batch_id": None,
}
APPLIED: dict[str, Any] = {
    **UPDATED,
    "audit_id": "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e41",
    "seq": None,
    "origins": ["loc2"],
    "kind": "applied",
    "actor": "consume_events",
    "role": "service_provider",
    "auth": "command",
    "action": "events.applied",
    "entity_uid": None,
    "codes": ["loc2"],
}
COMPLETE = {
    "from": 1,
    "to": 48210,
    "verified": True,
    "detail": "Entries 1 to 48210 are complete; verified 2026-03-02 09:15 UTC.",
}
PAGE = {"next": None, "previous": None, "results": [APPLIED, UPDATED], "complete": COMPLETE}
ACTIONS = sorted(KIND_OF_ACTION)
