"""What the OpenAPI document says of retention: operations, schemas, examples."""

from collections.abc import Mapping

from customers.retention.policy import (
    BASES,
    CHANGED,
    CREATED,
    DATE,
    MAX_DAYS,
    MAX_DELAY_DAYS,
)
from entities.definitions import DATA_CLASSES
from entities.http.components import DETAIL_CODE, LOCATION_ID, SAMPLE_UID
from entities.http.operations import (
    IDEMPOTENCY_KEY,
    NO_NUL,
    SAID,
    Body,
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

AT = "2026-11-21T11:42:00.000000Z"
LATER = "2026-11-28T11:42:00.000000Z"
POLICY = {
    "code": "STANDARD",
    "label": "Standard",
    "basis": "changed",
    "days": 730,
    "field": None,
    "class": None,
    "delay_days": 7,
    "approval": True,
    "active": True,
    "built_in": False,
}
POLICY_WRITE = {
    "code": "TEN_YEARS",
    "label": "Ten years after the creation",
    "basis": "created",
    "days": 3650,
    "reason": "Commercial law asks for no more.",
}
DUE = {
    "id": SAMPLE_UID,
    "display_name": "Johnson, Alice",
    "deleted": False,
    "due_at": AT,
    "policy": "STANDARD",
    "reason": "2 years unchanged",
    "held": False,
    "updated_at": AT,
    "location_id": "loc3",
    "erased_by": "loc1",
    "execute_after": None,
}
PREVIEW = {"id": 41, "due": 28, "held": 3, "elsewhere": 49, "dry_run": False}
RUN = {
    "id": 41,
    "state": "waiting",
    "policy": None,
    "previewed_by": "jkovács",
    "previewed_at": AT,
    "approved_by": "s.weiß",
    "approved_at": AT,
    "withdrawn_by": None,
    "withdrawn_at": None,
    "execute_after": LATER,
    "due": 0,
    "held": 3,
    "scheduled": 28,
    "no_longer_due": 0,
    "erased": 0,
    "elsewhere": 49,
    "confirmed": [{"location_id": "loc1", "count": 0, "last_at": None}],
}
PROVEN = {**RUN, "proof": "71d0" + "0" * 58 + "e2"}
NO_DATE_FIELD = {
    "detail": "CONTRACT_END is no field with dates. Define it first, or choose another.",
    "code": "no_date_field",
}
NOBODY = {"detail": "Nobody is due here now, so there is nothing to run.", "code": "nobody_due"}
NOT_OPEN = {"detail": "This run was approved or withdrawn already.", "code": "not_open"}

_COUNT: Schema = {"type": "integer", "minimum": 0}
_STATES = ("previewed", "approved", "waiting", "erasing", "erased", "proven", "withdrawn")
_BASIS = text(
    "What the days are counted from: the last change, the creation, or the date in `field`.",
    enum=list(BASES),
)
_DAYS: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_DAYS}
_DELAY: Schema = {
    "type": "integer",
    "minimum": 0,
    "maximum": MAX_DELAY_DAYS,
    "description": "Days between the approval and the erasure, for holds and second thoughts.",
}
_RUN: Mapping[str, Schema] = {
    "id": {"type": "integer"},
    "state": text("How far it is.", enum=list(_STATES)),
    "policy": maybe(text("Null: all policies.")),
    "previewed_by": text(),
    "previewed_at": instant(),
    "approved_by": maybe(text()),
    "approved_at": maybe(instant()),
    "withdrawn_by": maybe(text()),
    "withdrawn_at": maybe(instant()),
    "execute_after": maybe(instant("When the first of them may be erased.")),
    "due": {**_COUNT, "description": "Not scheduled yet."},
    "held": {**_COUNT, "description": "Left out: a hold stands."},
    "scheduled": {**_COUNT, "description": "Those who are erased are among them."},
    "no_longer_due": {**_COUNT, "description": "Changed since the preview, or withdrawn."},
    "erased": _COUNT,
    "elsewhere": {**_COUNT, "description": "Due as well; other locations erase them."},
    "confirmed": listed(
        closed(
            {"location_id": LOCATION_ID, "count": _COUNT, "last_at": maybe(instant())},
            description="How many of these erasures a location has done.",
        )
    ),
}


def _page(schema: str) -> Schema:
    return closed(
        {
            "next": maybe(text("Where the list goes on.", format="uri")),
            "previous": maybe(text("Always null: the list is read forwards.", format="uri")),
            "results": listed(ref(schema)),
        }
    )


RETENTION_SCHEMAS: Mapping[str, Schema] = {
    "RetentionPolicy": closed(
        {
            "code": DETAIL_CODE,
            "label": text(),
            "basis": _BASIS,
            "days": _DAYS,
            "field": maybe(text("The code of a date field.")),
            "class": maybe(text("Only whoever has a value in a field of this class.")),
            "delay_days": _DELAY,
            "approval": {"type": "boolean", "description": "Does a provider look at each run?"},
            "active": {"type": "boolean", "description": "False: retired."},
            "built_in": {"type": "boolean", "description": "Nobody has defined it yet."},
        },
        description="How long customers stay.",
    ),
    "RetentionPolicyWrite": closed(
        {
            "code": text("In any case.", pattern="^[A-Za-z][A-Za-z0-9_]{0,63}$"),
            "label": maybe(text("By default the code.", maxLength=200, pattern=SAID)),
            "basis": _BASIS,
            "days": _DAYS,
            "field": maybe(text(pattern="^[A-Za-z][A-Za-z0-9_]{0,63}$")),
            "class": maybe(text(enum=[*DATA_CLASSES, None])),
            "delay_days": _DELAY,
            "approval": {"type": "boolean", "default": True},
            "reason": maybe(text("Why; kept with the event.", maxLength=500, pattern=NO_NUL)),
        },
        optional=("label", "field", "class", "delay_days", "approval", "reason"),
        anyOf=[
            {
                "properties": {"basis": {"enum": [DATE]}, "field": {"not": {"type": "null"}}},
                "required": ["field"],
            },
            {
                "properties": {"basis": {"enum": [CHANGED, CREATED]}, "field": {"enum": [None]}},
            },
        ],
    ),
    "RetentionDue": closed(
        {
            "id": uid("The customer's id."),
            "display_name": text(),
            "deleted": {"type": "boolean", "description": "Off the list; its history is there."},
            "due_at": instant("The same at every location."),
            "policy": maybe(text("Null: the erasure was asked for.")),
            "reason": text("In words."),
            "held": {"type": "boolean", "description": "A hold stands: nothing happens."},
            "updated_at": instant("The last change."),
            "location_id": LOCATION_ID,
            "erased_by": text("The location that erases this customer: where it was created."),
            "execute_after": maybe(instant("When the erasure is scheduled for.")),
        }
    ),
    "RetentionDuePage": _page("RetentionDue"),
    "RetentionUnjudged": closed({"id": uid(), "display_name": text()}),
    "RetentionUnjudgedPage": _page("RetentionUnjudged"),
    "RetentionRunAsk": closed(
        {
            "dry_run": {"type": "boolean", "default": False},
            "policy": maybe(text("Only who is due by this one.", maxLength=64, pattern=NO_NUL)),
        },
        optional=("dry_run", "policy"),
    ),
    "RetentionPreview": closed(
        {
            "id": maybe({"type": "integer", "description": "To approve; null: a dry run."}),
            "due": {**_COUNT, "description": "Would be erased by this location."},
            "held": {**_COUNT, "description": "Are left out: a hold stands."},
            "elsewhere": {**_COUNT, "description": "Are erased by the locations of their birth."},
            "dry_run": {"type": "boolean"},
        }
    ),
    "RetentionRun": closed(_RUN, description="A run of erasures by this location."),
    "RetentionProvenRun": closed(
        {
            **_RUN,
            "proof": text(
                "SHA-256 over the ids of its erasure events: each location's ledger gives it.",
                pattern="^[0-9a-f]{64}$",
            ),
        }
    ),
    "RetentionRunPage": _page("RetentionRun"),
    "WithReason": closed(
        {"reason": text("Why; kept with the event.", maxLength=500, pattern=SAID)},
    ),
}

_LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
)
_RUN_LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
)
_CURSOR = Parameter("cursor", "Where to go on: from `next` of the page before.", words(200))
_IS_OPEN = Reply("It was approved or withdrawn.", ref("Problem"), {"not_open": NOT_OPEN})
_OF_RUN = Reply("The run as it is now.", ref("RetentionRun"), {"run": RUN})

RETENTION_OPERATIONS: Operations = {
    ("retention_policies", "GET"): Operation(
        "listRetentionPolicies",
        "List retention policies",
        {
            200: Reply(
                "All of them by code, retired ones too.",
                listed(ref("RetentionPolicy")),
                {"policies": [POLICY]},
            )
        },
        "The same at every location. Where several concern somebody, the earliest day counts.",
    ),
    ("retention_policies", "POST"): Operation(
        "defineRetentionPolicy",
        "Define or change a retention policy",
        {
            201: Reply("The new policy.", ref("RetentionPolicy"), {"policy": POLICY}),
            200: Reply("The policy as it is now.", ref("RetentionPolicy"), {"policy": POLICY}),
            409: Reply(
                "The field holds no dates, or there are as many policies as there may be; or the "
                "request still runs.",
                ref("Problem"),
                {"no_date_field": NO_DATE_FIELD},
            ),
        },
        "With the code of one that exists: all of its parts are replaced, and a retired one holds "
        "again. It counts for all locations.",
        body=Body(ref("RetentionPolicyWrite"), {"policy": POLICY_WRITE}),
        takes=(IDEMPOTENCY_KEY,),
    ),
    ("retention_policy", "GET"): Operation(
        "readRetentionPolicy",
        "Read a retention policy",
        {200: Reply("The policy.", ref("RetentionPolicy"), {"policy": POLICY})},
    ),
    ("retention_policy", "DELETE"): Operation(
        "retireRetentionPolicy",
        "Retire a retention policy",
        {204: Reply("Nobody is due by it any more.")},
        takes=(IDEMPOTENCY_KEY,),
    ),
    ("retention_unjudged", "GET"): Operation(
        "listUnjudged",
        "List whom a policy cannot judge",
        {
            200: Reply(
                "By id.",
                ref("RetentionUnjudgedPage"),
                {
                    "page": {
                        "next": None,
                        "previous": None,
                        "results": [{"id": SAMPLE_UID, "display_name": "Johnson, Alice"}],
                    }
                },
            )
        },
        "Who has no date in the field that it counts from is never due by it.",
        parameters=(_LIMIT, _CURSOR),
    ),
    ("retention_due", "GET"): Operation(
        "listDue",
        "List who is due to leave",
        {
            200: Reply(
                "The first first.",
                ref("RetentionDuePage"),
                {"page": {"next": None, "previous": None, "results": [DUE]}},
            )
        },
        "Counted from facts that all locations have, so the list is the same at each.",
        parameters=(
            Parameter(
                "days",
                "Also who becomes due within so many days.",
                {"type": "integer", "minimum": 1, "maximum": 366},
            ),
            Parameter("policy", "Only who is due by this one.", words(64)),
            _LIMIT,
            _CURSOR,
        ),
    ),
    ("retention_runs", "GET"): Operation(
        "listRetentionRuns",
        "List runs of this location",
        {
            200: Reply(
                "The newest first.",
                ref("RetentionRunPage"),
                {"page": {"next": None, "previous": None, "results": [RUN]}},
            )
        },
        parameters=(_RUN_LIMIT, _CURSOR),
    ),
    ("retention_runs", "POST"): Operation(
        "previewRetentionRun",
        "Preview a run",
        {
            201: Reply("Kept for an approval.", ref("RetentionPreview"), {"preview": PREVIEW}),
            200: Reply(
                "A dry run: nothing is kept.",
                ref("RetentionPreview"),
                {"dry_run": {**PREVIEW, "id": None, "dry_run": True}},
            ),
            404: Reply(
                "There is no such policy.",
                ref("Problem"),
                {"unknown": {"detail": "Not found.", "code": "not_found"}},
            ),
            409: Reply("Nobody is due here.", ref("Problem"), {"nobody": NOBODY}),
        },
        "Of the customers that were created at this location; the others are run where they were "
        "created. Nothing is scheduled before somebody approves it.",
        body=Body(ref("RetentionRunAsk"), {"dry_run": {"dry_run": True}, "all": {}}),
        takes=(IDEMPOTENCY_KEY,),
    ),
    ("retention_run", "GET"): Operation(
        "readRetentionRun",
        "Read a run and its proof",
        {200: Reply("The run.", ref("RetentionProvenRun"), {"run": PROVEN})},
    ),
    ("retention_approve", "POST"): Operation(
        "approveRetentionRun",
        "Approve a run",
        {200: _OF_RUN, 409: _IS_OPEN},
        "The worker schedules each erasure; after the delay of the policy they are carried out, "
        "but for whoever is held or not due any more by then.",
        body=Body(closed({}), {"approve": {}}, is_required=False),
        takes=(IDEMPOTENCY_KEY,),
    ),
    ("retention_withdraw", "POST"): Operation(
        "withdrawRetentionRun",
        "Withdraw a run",
        {200: _OF_RUN, 409: _IS_OPEN},
        "Whoever is not erased yet stays. What is erased cannot be brought back.",
        body=Body(ref("WithReason"), {"reason": {"reason": "The policy is being changed."}}),
        takes=(IDEMPOTENCY_KEY,),
    ),
}
RETENTION_PATH_PARAMETERS: Mapping[str, Schema] = {
    "code": {"description": "The policy's code.", "schema": text(), "example": "STANDARD"},
    "run": {"description": "The run's number.", "schema": text(pattern="^[0-9]{1,18}$")},
}
