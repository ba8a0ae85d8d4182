"""The registry's JSON in the OpenAPI document: what goes out and what may come in."""

from collections.abc import Mapping

from customers.search.search import MODES
from entities.http.components import LOCATION_ID, SAMPLE_UID, SCALAR
from entities.http.operations import (
    EMPTY,
    NO_NUL,
    Schema,
    closed,
    instant,
    listed,
    maybe,
    ref,
    text,
    uid,
)

# Some text that is left when it is trimmed.
_GIVEN: Schema = {"not": {"type": "null"}, "pattern": "[^\\s\\u001c-\\u001f\\u0085]"}
_IDENTIFYING = ("surname", "name", "document_number")

CUSTOMER: Mapping[str, Schema] = {
    "id": uid("The same at every location; also the entity_uid on /api/v1."),
    "surname": maybe(text(maxLength=200)),
    "name": maybe(text(maxLength=200)),
    "dob": maybe(
        text("Birth date; masked: only its year.", pattern="^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$")
    ),
    "document_number": maybe(text(maxLength=64)),
    "extra_fields": {
        "type": "object",
        "description": "All other details, by their keys in lower case.",
        "additionalProperties": SCALAR,
    },
    "created_at": instant("When it was first said."),
    "updated_at": instant("When the latest of it was said."),
    "location_id": LOCATION_ID,
    "display_name": text('"Surname, Name", or what there is of it.'),
}

WRITABLE: Mapping[str, Schema] = {
    "surname": maybe(text("Trimmed; empty is null.", maxLength=200, pattern=NO_NUL)),
    "name": maybe(text("Trimmed; empty is null.", maxLength=200, pattern=NO_NUL)),
    "dob": maybe(text("Birth date from 1850-01-01 to today; empty is null.", format="date"), EMPTY),
    "document_number": maybe(text(maxLength=64, pattern=NO_NUL)),
    "extra_fields": maybe(
        {
            "type": "object",
            "description": "Keys as defined for the registry, in lower case; null removes one. An "
            "unknown key is refused with the list of known ones.",
            "maxProperties": 100,
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        }
    ),
}
# Keys of one's own GET answer may come back; they are ignored.
_IGNORED: Mapping[str, Schema] = {
    key: {"description": "Ignored: what was read may be sent back."}
    for key in ("id", "created_at", "updated_at", "location_id", "display_name")
}

WHY: Mapping[str, Schema] = {
    "field": text(enum=["surname", "name", "dob", "document_number"]),
    "verdict": text(enum=["same", "similar", "differs", "missing"]),
    "query": text("What was asked."),
    "value": maybe(text("What is held.")),
}

EVENT: Mapping[str, Schema] = {
    "event_id": uid(),
    "type": text(
        "A fact in the past tense, with its version.", pattern="^[a-z_]+\\.[a-z_.]+\\.v[0-9]+$"
    ),
    "at": instant("When it was said."),
    "valid_from": instant("Since when it holds."),
    "origin": text(
        "Whose sequence it has: location and epoch.", pattern="^[a-z0-9-]{1,32}/[0-9a-z]+$"
    ),
    "sequence": maybe({"type": "integer", "minimum": 1, "description": "Null until sealed."}),
    "location_id": LOCATION_ID,
    "actor": text(),
    "role": text(),
    "request_id": uid(),
    "reason_code": maybe(text()),
    "reason": maybe(text()),
    "codes": listed(text(), "What it speaks of."),
    "display_name": maybe(text()),
    "details": {
        "type": "object",
        "description": "By detail code: what it said.",
        "additionalProperties": maybe(SCALAR),
    },
}

# A birth date that is no date counts as far as it goes.
EVIDENCE: Mapping[str, Schema] = {
    **{key: WRITABLE[key] for key in _IDENTIFYING},
    "dob": maybe(text("However it is written.", maxLength=500, pattern=NO_NUL)),
}
_SCORE: Schema = {
    "type": "number",
    "minimum": 0,
    "maximum": 1,
    "description": "How likely this is the person: of ten answers with 0.9, nine are.",
}

SCHEMAS: Mapping[str, Schema] = {
    "Customer": closed(CUSTOMER, description="A customer: an entity of type PERSON, as it is now."),
    "CustomerWrite": closed(
        {**WRITABLE, **_IGNORED},
        optional=(*WRITABLE, *_IGNORED),
        description="What is said about a customer.",
    ),
    "CustomerCreate": closed(
        {**WRITABLE, **_IGNORED},
        optional=(*WRITABLE, *_IGNORED),
        description="A new customer: at least one of surname, name, document_number.",
        anyOf=[{"required": [key], "properties": {key: _GIVEN}} for key in _IDENTIFYING],
    ),
    "Why": closed(
        WHY, optional=("query", "value"), description="What one field had to do with it."
    ),
    "Hit": closed(
        {
            **CUSTOMER,
            "score": _SCORE,
            "why": listed(ref("Why")),
            "also_named": {
                "type": "integer",
                "minimum": 0,
                "description": "How many further listed customers have this very name and are not "
                "among the results: add a birth date or a document number.",
            },
        },
        description="A customer that was found, and why.",
    ),
    "SearchResult": closed({"mode": text(enum=list(MODES)), "results": listed(ref("Hit"))}),
    "Match": closed(
        {**EVIDENCE, "extra_fields": WRITABLE["extra_fields"], **_IGNORED},
        optional=(*WRITABLE, *_IGNORED),
        description="A customer who may not exist yet: at least one of surname, name, dob, "
        "document_number.",
        anyOf=[{"required": [key], "properties": {key: _GIVEN}} for key in EVIDENCE],
    ),
    "MatchResult": closed({"results": listed(ref("Hit"))}),
    "Check": closed(
        {
            "surname": WRITABLE["surname"],
            "name": WRITABLE["name"],
            "dob": text(format="date"),
            "document_number": WRITABLE["document_number"],
        },
        optional=_IDENTIFYING,
        anyOf=[
            {"required": ["document_number"], "properties": {"document_number": _GIVEN}},
            {"required": ["surname", "name"], "properties": {"surname": _GIVEN, "name": _GIVEN}},
        ],
    ),
    "CheckResult": closed({"listed": text(enum=["yes", "similar", "no"]), "checked_at": instant()}),
    "Reason": closed(
        {"reason": maybe(text("Why; kept with the event.", pattern=NO_NUL))}, optional=("reason",)
    ),
    "Event": closed(EVENT, optional=("display_name",), description="What was said, by whom."),
    "Merge": closed(
        {
            "into": uid("The customer who stands for both from now on."),
            "take": maybe(
                listed(
                    text(),
                    "Keys whose values come from the one that is merged; the others stay "
                    "as the survivor has them.",
                )
            ),
            "reason": maybe(text("Why; kept with the event.", pattern=NO_NUL)),
        },
        optional=("take", "reason"),
    ),
    "AlreadyMerged": closed(
        {
            "detail": text(),
            "code": text(enum=["already_merged"]),
            "entity_uid": uid("Which of the two."),
            "merged_into": uid("Who stands for it."),
        },
        description="Choose the one who stands for it.",
    ),
    "MergeField": closed(
        {
            "key": text("As in a customer, extra fields by their own key."),
            "survivor": maybe(SCALAR),
            "loser": maybe(SCALAR),
            "result": maybe(SCALAR),
            "is_same": {"type": "boolean"},
            "taken_from": maybe(text(enum=["survivor", "loser"])),
        },
        description="One value before and after.",
    ),
    "MergePreview": closed(
        {
            "survivor": ref("Customer"),
            "loser": ref("Customer"),
            "fields": listed(ref("MergeField")),
            "taken": listed(text(), "Keys whose values come from the one that is merged."),
            "also": listed(text(), "What else happens, in sentences."),
        },
        description="What a merge would do; nothing was written.",
    ),
    "Pair": closed(
        {
            "a": ref("Customer"),
            "b": ref("Customer"),
            "score": _SCORE,
            "why": listed(ref("Why"), "`query` = what a has, `value` = what b has."),
            "found_at": instant("When they were found to be alike."),
        },
        description="Two customers who may be one person.",
    ),
    "PairPage": closed(
        {
            "next": maybe(text("Where the list goes on.", format="uri")),
            "previous": maybe(text("Always null: the list is read forwards.", format="uri")),
            "results": listed(ref("Pair")),
        }
    ),
    "Distinct": closed({"a": uid(), "b": uid(), "distinct": {"type": "boolean"}}),
    "DuplicateDocument": closed(
        {"detail": text(), "code": text(enum=["duplicate_document"]), "customer": ref("Customer")},
        description="Who holds the document number.",
    ),
}

PATH_PARAMETERS: Mapping[str, Schema] = {
    "uid": {"description": "The customer's id.", "schema": uid(), "example": SAMPLE_UID},
    "a": {"description": "The id of one customer.", "schema": uid(), "example": SAMPLE_UID},
    "b": {"description": "The id of the other.", "schema": uid()},
}
