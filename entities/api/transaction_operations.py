"""What the OpenAPI document says of the report of transactions."""

from collections.abc import Mapping
from typing import Any

from audit.actions import Kind, Outcome
from entities.http.components import INSTANT_OR_DATE, VALUE
from entities.http.operations import (
    EMPTY,
    Operation,
    Operations,
    Parameter,
    Reply,
    Schema,
    closed,
    instant,
    listed,
    maybe,
    ref,
    text,
    uid,
    words,
)
from entities.http.transaction_document import (
    ACTIONS,
    APPLIED,
    COMPLETE,
    PAGE,
    ROW,
    UPDATED,
)
from entities.http.transaction_document import SCHEMAS as SHARED
from events.principal import ROLES

_COUNT: Schema = {"type": "integer", "minimum": 0}


def _choice(names: list[str]) -> Schema:
    return text(enum=[*names, ""])


def _or_empty(schema: Schema) -> Schema:
    return {"anyOf": [schema, EMPTY]}


FILTERS = (
    Parameter("from", "From this instant on. A date is its 00:00 UTC.", _or_empty(INSTANT_OR_DATE)),
    Parameter("to", "Until just before. A date is the whole day.", _or_empty(INSTANT_OR_DATE)),
    Parameter(
        "location",
        "Done there: here, or received from there.",
        text(pattern="^[a-z0-9-]{0,32}$"),
    ),
    Parameter("actor", "Who; a user's name, or a command's.", words(150)),
    Parameter("role", "In which role.", _choice(list(ROLES))),
    Parameter("action", "What was done.", _choice(ACTIONS)),
    Parameter("kind", "Which sort of action.", _choice([str(kind) for kind in Kind])),
    Parameter(
        "subject",
        "An entity's uid: acts about it, that showed it, and received changes of it.",
        _or_empty(uid()),
    ),
    Parameter("outcome", "How it ended.", _choice([str(outcome) for outcome in Outcome])),
    Parameter("request_id", "All that one request did.", _or_empty(uid())),
)
_PAGE = Parameter("page", "By number.", {"type": "integer", "minimum": 1, "default": 1})
_PAGE_SIZE = Parameter(
    "page_size", "Rows on a page.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 25}
)

_CHANGED: Mapping[str, Schema] = {
    "event_id": uid(),
    "state": text(
        "`told`; `pending`: received, not folded yet; `erased`: its values are gone everywhere; "
        "`unknown`: not in the log of this location.",
        enum=["told", "pending", "erased", "unknown"],
    ),
    "entity_uid": maybe(uid()),
    "type": maybe(text()),
    "at": maybe(instant("When it was said.")),
    "valid_from": maybe(instant("Since when it holds.")),
    "recorded_at": maybe(instant("When this location learned it.")),
    "location_id": maybe(text("Where it was said.")),
    "actor": maybe(text()),
    "role": maybe(text()),
    "reason_code": maybe(text()),
    "reason": maybe(text()),
    "codes": listed(text()),
    "changes": listed(ref("ValueChange")),
}
_ANY: Schema = maybe(VALUE, {"type": ["number", "object"]})
SCHEMAS: Mapping[str, Schema] = {
    **SHARED,
    "ValueChange": closed(
        {"attribute": text("A detail code, or a name like `alive`."), "before": _ANY, "after": _ANY}
    ),
    "EventChange": closed(
        _CHANGED, description="What one event changed, beside what was known before it."
    ),
    "TransactionDetails": closed(
        {
            **ROW,
            "event_ids": listed(uid(), "All of them."),
            "hit_ids": listed(uid(), "Whom it showed."),
            "changes": closed(
                {
                    "count": _COUNT,
                    "next": maybe(text(format="uri")),
                    "previous": maybe(text(format="uri")),
                    "results": listed(ref("EventChange")),
                }
            ),
        }
    ),
    "TransactionTotals": closed(
        {
            "entries": _COUNT,
            "changes": {**_COUNT, "description": "Events that were written or taken over."},
            "refused": {**_COUNT, "description": "With any outcome but `ok`."},
            "per_kind": {"type": "object", "additionalProperties": _COUNT},
            "per_day": listed(
                closed(
                    {
                        "date": text(format="date"),
                        "kind": text("A kind; or `refused`, which are among those of the kinds."),
                        "entries": _COUNT,
                    }
                )
            ),
            "per_hour": listed(
                closed(
                    {
                        "weekday": {
                            "type": "integer",
                            "minimum": 0,
                            "maximum": 6,
                            "description": "0 = Monday.",
                        },
                        "hour": {"type": "integer", "minimum": 0, "maximum": 23},
                        "entries": _COUNT,
                    }
                )
            ),
            "per_action": listed(
                closed({"action": text(), "entries": _COUNT}), "Most frequent first."
            ),
            "per_actor": listed(closed({"actor": text(), "entries": _COUNT}), "The first twenty."),
            "time_zone": text("Of the days and hours."),
            "complete": ref("Complete"),
        }
    ),
}

_CHANGE: dict[str, Any] = {
    "event_id": UPDATED["event_ids"][0],
    "state": "told",
    "entity_uid": UPDATED["entity_uid"],
    "type": "entity.updated.v1",
    "at": UPDATED["at"],
    "valid_from": UPDATED["at"],
    "recorded_at": UPDATED["at"],
    "location_id": "loc1",
    "actor": "agent",
    "role": "service_agent",
    "reason_code": None,
    "reason": None,
    "codes": ["EMAIL"],
    "changes": [
        {"attribute": "EMAIL", "before": "asa@example.org", "after": "asa.maria@example.org"}
    ],
}
_NOTHING_LEFT = {**_CHANGE, "state": "erased", "valid_from": None, "changes": []}


def _details(row: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    changes = {"count": 1, "next": None, "previous": None, "results": [change]}
    return {**row, "hit_ids": [], "changes": changes}


_TOTALS = {
    "entries": 5,
    "changes": 2,
    "refused": 1,
    "per_kind": {"read": 2, "refusal": 1, "write": 2},
    "per_day": [
        {"date": "2026-03-02", "kind": "read", "entries": 2},
        {"date": "2026-03-02", "kind": "refusal", "entries": 1},
        {"date": "2026-03-02", "kind": "refused", "entries": 1},
        {"date": "2026-03-02", "kind": "write", "entries": 2},
    ],
    "per_hour": [{"weekday": 0, "hour": 9, "entries": 5}],
    "per_action": [
        {"action": "customer.read", "entries": 3},
        {"action": "entity.updated", "entries": 2},
    ],
    "per_actor": [{"actor": "agent", "entries": 5}],
    "time_zone": "UTC",
    "complete": COMPLETE,
}
_CSV = "audit_id,seq,at,location_id,…\r\n019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e40,48210,…\r\n"
_NDJSON = '{"audit_id":"019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e40","seq":48210,…}\n'

OPERATIONS: Operations = {
    ("transactions", "GET"): Operation(
        "listTransactions",
        "Report all transactions",
        {
            200: Reply("Newest first.", ref("TransactionPage"), {"page": PAGE}),
            404: Reply(
                "A page beyond the end.",
                ref("Problem"),
                {"beyond": {"detail": "There is no such page.", "code": "not_found"}},
            ),
        },
        "Who read, searched, changed, was refused; and each change that was received, with its "
        "origins. Without filters all of it. An entry is in its place by time before it has a "
        "number, and keeps it.",
        parameters=(
            *FILTERS,
            Parameter(
                "page",
                "By number; page × page_size reaches to 10,000. Not together with `cursor`.",
                {"type": "integer", "minimum": 1, "default": 1},
            ),
            _PAGE_SIZE,
            Parameter("cursor", "From `next` or `previous`. Opaque.", words(200)),
        ),
    ),
    ("transactions_totals", "GET"): Operation(
        "sumUpTransactions",
        "Sum up transactions",
        {200: Reply("How many.", ref("TransactionTotals"), {"totals": _TOTALS})},
        "By kind, day, hour of the week, action and actor; exact, also of what has no number yet. "
        "An entry that is refused counts in its kind and under `refused`.",
        parameters=FILTERS,
    ),
    ("transactions_export", "GET"): Operation(
        "exportTransactions",
        "Export transactions",
        {
            200: Reply(
                "The file; it is sent while it is read.",
                files={"text/csv": _CSV, "application/x-ndjson": _NDJSON},
            )
        },
        "All that fit and were made before you asked, newest first. Texts that a spreadsheet would "
        "take for a formula begin with an apostrophe in CSV. `hash` is the SHA-256 of `line`: with "
        "them you can verify the chain yourself, as docs/audit.md says.",
        parameters=(
            *FILTERS,
            Parameter(
                "format",
                "`csv` or `ndjson`.",
                {
                    "type": "string",
                    "pattern": "^([cC][sS][vV]|[nN][dD][jJ][sS][oO][nN]|)$",
                    "default": "csv",
                },
            ),
        ),
    ),
    ("transaction", "GET"): Operation(
        "readTransaction",
        "Read one transaction and what it changed",
        {
            200: Reply(
                "The entry, and a page of its changes.",
                ref("TransactionDetails"),
                {
                    "updated": _details(UPDATED, _CHANGE),
                    "received_and_erased": _details(APPLIED, _NOTHING_LEFT),
                },
            )
        },
        "Before and after are read from the log of events now; what was erased since is gone here, "
        "too. `page` and `page_size` go through the changes.",
        parameters=(_PAGE, _PAGE_SIZE),
    ),
}
PATH_PARAMETERS: Mapping[str, Schema] = {
    "audit_id": {"description": "The entry's id, from the report.", "schema": uid()},
}
