"""What the OpenAPI document says of the report of all that is held about one person."""

from collections.abc import Mapping
from typing import Any

from customers.api.schemas import CUSTOMER
from entities.event_record import STANDINGS
from entities.http.components import LOCATION_ID, SAMPLE_UID
from entities.http.operations import (
    IDEMPOTENCY_KEY,
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
from entities.values import MAX_LENGTH

AT = "2026-03-02T09:15:04.120000Z"
EVENT_ID = "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e40"
_ANYTHING: Schema = {"description": "Text, a number, true, false or null."}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_RECORD = uid("Of which of the records.")
_STATES = ["listed", "restricted", "deleted", "merged", "erased"]

_VERSION = closed(
    {
        "entity_uid": _RECORD,
        "type": text(enum=["entity", "detail"]),
        "entity_type": maybe(text()),
        "display_name": maybe(text()),
        "detail_code": text(),
        "value": _ANYTHING,
        "valid_from": instant("Since when it is true."),
        "valid_to": maybe(instant("Until when; null: it still is.")),
        "is_current": {"type": "boolean"},
        "hashdiff": text(),
        "event_id": uid("What said so."),
        "location_id": LOCATION_ID,
        "actor": maybe(text()),
        "recorded_at": instant("When this location learned it."),
    },
    optional=("entity_type", "display_name", "detail_code", "value"),
    description="A value and when it was true: of the record itself, or of one of its fields.",
)
_EVENT = closed(
    {
        "entity_uid": _RECORD,
        "event_id": uid(),
        "type": text("A fact in the past tense, with its version."),
        "origin": text("Whose sequence it has: location and epoch."),
        "sequence": maybe({"type": "integer", "minimum": 1, "description": "Null until sealed."}),
        "location_id": LOCATION_ID,
        "actor": text("Who said it."),
        "role": text(),
        "request_id": uid(),
        "batch_id": maybe(uid("Of the load that it came with.")),
        "recorded_at": instant("When this location learned it."),
        "standing": text(
            "`waiting`: received, and not taken over yet. `taken_back`: it counts no more.",
            enum=list(STANDINGS),
        ),
        "at": instant("When it was said."),
        "valid_from": instant("Since when it is true."),
        "says": {"type": "object", "description": "All that it says."},
        "held_back": listed(text(), "What is not told: a hold's `reason` and `reference`."),
    }
)

SUBJECT_SCHEMAS: Mapping[str, Schema] = {
    "RestrictionReason": closed(
        {"reason": text("Why.", minLength=1, maxLength=MAX_LENGTH, pattern=SAID)}
    ),
    "Restriction": closed({"customer": uid(), "restricted": {"type": "boolean"}}),
    "SubjectReport": closed(
        {
            "next": maybe(text("The values and events that follow.", format="uri")),
            "subject": uid("The record that stands for the person."),
            "records": listed(
                closed({"state": text(enum=_STATES), **CUSTOMER}),
                "It, and all that were merged into it, as they are now.",
            ),
            "holds": listed(
                closed({"entity_uid": _RECORD, "placed_at": instant(), "location_id": LOCATION_ID}),
                "That they stand; why is told at `hold/`.",
            ),
            "erasure": maybe(ref("Erasure")),
            "retention": listed(
                closed(
                    {
                        "entity_uid": _RECORD,
                        "policy": text("Its code."),
                        "reason": text("In words."),
                        "due_at": instant("Until when it stays, unless it changes."),
                    }
                )
            ),
            "conflicts": listed(
                closed(
                    {
                        "conflict_id": uid(),
                        "entity_uid": _RECORD,
                        "attribute": text(),
                        "opened_at": instant(),
                        "holds": maybe(uid("What was said last.")),
                        "heads": listed(
                            closed(
                                {
                                    "event_id": uid(),
                                    "value": _ANYTHING,
                                    "location_id": LOCATION_ID,
                                    "actor": text(),
                                    "at": instant(),
                                }
                            )
                        ),
                    }
                ),
                "What was said differently at the same time.",
            ),
            "duplicates": listed(
                closed(
                    {
                        "entity_uid": _RECORD,
                        "other": uid("The other one's id; their values are theirs."),
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                        "found_at": instant(),
                    }
                ),
                "Who may be the same person.",
            ),
            "unread": listed(
                closed(
                    {
                        "id": _COUNT,
                        "entity_uid": _RECORD,
                        "reason_code": text(),
                        "first_seen": instant(),
                        "size_bytes": _COUNT,
                    }
                ),
                "Messages about them that could not be read.",
            ),
            "locations": listed(
                closed({"location_id": LOCATION_ID, "has_all": {"type": "boolean"}}),
                "Where all of this is sent, and who has said to have all of it.",
            ),
            "looked": listed(
                closed(
                    {
                        "entity_uid": _RECORD,
                        "has_more": {"type": "boolean"},
                        "entries": listed(
                            closed(
                                {
                                    "audit_id": uid(),
                                    "at": instant(),
                                    "location_id": LOCATION_ID,
                                    "actor": text(),
                                    "role": text(),
                                    "action": text(),
                                    "outcome": text(),
                                }
                            )
                        ),
                    }
                ),
                "The newest entries of each record's access log; all are at `access-log/`.",
            ),
            "versions": listed(_VERSION, "By record, the oldest first."),
            "events": listed(_EVENT, "By record, the oldest first."),
        },
        description="All that this location holds about one person.",
    ),
}

_RECORDED: dict[str, Any] = {
    "id": SAMPLE_UID,
    "surname": "Johnson",
    "name": "Alice",
    "dob": "1990-05-17",
    "document_number": None,
    "extra_fields": {},
    "created_at": AT,
    "updated_at": AT,
    "location_id": "loc1",
    "display_name": "Johnson, Alice",
}
REPORT: dict[str, Any] = {
    "next": None,
    "subject": SAMPLE_UID,
    "records": [{"state": "listed", **_RECORDED}],
    "holds": [{"entity_uid": SAMPLE_UID, "placed_at": AT, "location_id": "loc1"}],
    "erasure": None,
    "retention": [
        {
            "entity_uid": SAMPLE_UID,
            "policy": "STANDARD",
            "reason": "2 years unchanged",
            "due_at": "2028-03-01T09:15:04.120000Z",
        }
    ],
    "conflicts": [],
    "duplicates": [],
    "unread": [],
    "locations": [{"location_id": "loc1", "has_all": True}],
    "looked": [{"entity_uid": SAMPLE_UID, "has_more": False, "entries": []}],
    "versions": [
        {
            "entity_uid": SAMPLE_UID,
            "type": "detail",
            "detail_code": "SURNAME",
            "value": "Johnson",
            "valid_from": AT,
            "valid_to": None,
            "is_current": True,
            "hashdiff": "9c" * 32,
            "event_id": EVENT_ID,
            "location_id": "loc1",
            "actor": "agent",
            "recorded_at": AT,
        }
    ],
    "events": [
        {
            "entity_uid": SAMPLE_UID,
            "event_id": EVENT_ID,
            "type": "entity.created.v1",
            "origin": "loc1/0",
            "sequence": 17,
            "location_id": "loc1",
            "actor": "agent",
            "role": "service_agent",
            "request_id": "019f7a3e-2f0f-7d02-8e77-0c1d2e3f4a5b",
            "batch_id": None,
            "recorded_at": AT,
            "standing": "counted",
            "at": AT,
            "valid_from": AT,
            "says": {"entity_type": "PERSON", "details": {"SURNAME": "Johnson"}},
            "held_back": [],
        }
    ],
}

_LIMIT = Parameter(
    "limit",
    "At most so many values and events together.",
    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000},
)
_CURSOR = Parameter("cursor", "Where to go on: from `next`. Opaque.", words(200))

_RESTRICT = Body(ref("RestrictionReason"), {"why": {"reason": "The address is disputed."}})
_LIFT = Body(ref("RestrictionReason"), {"why": {"reason": "The address was corrected."}})
_NOT_RESTRICTED = Reply(
    "It is not restricted, or the request still runs.",
    ref("Problem"),
    {
        "not_restricted": {
            "detail": "The processing of this record is not restricted.",
            "code": "not_restricted",
        }
    },
)


def _restriction(*, is_restricted: bool) -> Reply:
    said = {"customer": SAMPLE_UID, "restricted": is_restricted}
    return Reply("So it is now.", ref("Restriction"), {"said": said})


SUBJECT_OPERATIONS: Operations = {
    ("restrict", "POST"): Operation(
        "restrictCustomer",
        "Restrict the processing of a customer",
        {200: _restriction(is_restricted=True)},
        "While the restriction stands, only providers find and read the customer, at every "
        "location: agents get 423 `restricted` for the id and no hit in lists and searches, for "
        "customers there is nobody with this id. Retention goes on. Of a restricted one: nothing "
        "happens.",
        body=_RESTRICT,
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("unrestrict", "POST"): Operation(
        "unrestrictCustomer",
        "Lift the restriction of a customer",
        {200: _restriction(is_restricted=False), 409: _NOT_RESTRICTED},
        "Everybody finds and reads the customer again, as their roles may.",
        body=_LIFT,
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("subject_report", "GET"): Operation(
        "readSubjectReport",
        "Read all that is held about a person",
        {200: Reply("As known at this location.", ref("SubjectReport"), {"report": REPORT})},
        "For the person to have. Of the record that stands for them and of all merged into it: "
        "values now, every value with its time, all that was said, by whom, where and why, how "
        "long it stays, where it was sent, and who looked. Also of a deleted customer. Values and "
        "events come a page at a time, all else is on every page.",
        parameters=(_LIMIT, _CURSOR),
        refuses=(410,),
    ),
}
