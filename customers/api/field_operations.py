"""What the OpenAPI document says of fields, row by row of the matrix."""

from collections.abc import Mapping
from typing import Any

from customers.api import examples
from customers.api.field_bodies import PARTS
from entities.built_in import BUILT_IN_DETAIL_TYPES
from entities.definitions import (
    DATA_CLASSES,
    MAX_FORM_LENGTH,
    MAX_HELP_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_OPTIONS,
    MAX_ORDER,
    STATUSES,
)
from entities.http.components import SCALAR
from entities.http.operations import (
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    NO_NUL,
    SAID,
    WRITE,
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
from entities.value_rules import FORM_IN_WORDS
from entities.values import MAX_LENGTH, VALUE_TYPES
from entities.vocabulary import DETAIL_TYPE, vocabulary_uid

KEY = "MIDDLE_NAME"
SAMPLE_FIELD = str(vocabulary_uid(DETAIL_TYPE, KEY))
BUILT_IN = ", ".join(sorted(one.code.lower() for one in BUILT_IN_DETAIL_TYPES))

_BOUND: Schema = {
    "type": ["string", "integer", "null"],
    "maxLength": MAX_FORM_LENGTH,
    "description": "Of an integer or decimal a number, of a date a day; a fraction as text.",
}
_WRITABLE: Mapping[str, Schema] = {
    "label": text("What people call it.", maxLength=MAX_LABEL_LENGTH, pattern=SAID),
    "type": text("Cannot change once it was authorised.", enum=list(VALUE_TYPES)),
    "options": maybe(
        {
            **listed(text(maxLength=MAX_LABEL_LENGTH, pattern=SAID), "Of a choice: its values."),
            "maxItems": MAX_OPTIONS,
        }
    ),
    "class": text("Which personal data it holds.", enum=list(DATA_CLASSES)),
    "help": maybe(
        text("Stands below the field in forms.", maxLength=MAX_HELP_LENGTH, pattern=NO_NUL)
    ),
    "order": {
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": MAX_ORDER,
        "description": "Its place in forms; null = after those that have one.",
    },
    "min": _BOUND,
    "max": _BOUND,
    "max_length": {
        "type": ["integer", "null"],
        "minimum": 1,
        "maximum": MAX_LENGTH,
        "description": "Of a text, e-mail or web address: in characters.",
    },
    "format": maybe(
        text(
            f"Of a text: {FORM_IN_WORDS}, all else stands for itself.",
            maxLength=MAX_FORM_LENGTH,
            pattern=NO_NUL,
        )
    ),
}
_REASON = maybe(text("Why; all locations will read it.", maxLength=MAX_LENGTH, pattern=NO_NUL))
_DECIDING: Mapping[str, Schema] = {
    "status": text("Decides.", enum=list(STATUSES)),
    "active": {"type": "boolean", "description": "Decides, too: true authorises."},
}
_IGNORED: Mapping[str, Schema] = {
    key: {"description": "Ignored: what was read may be sent back."}
    for key in ("id", "created_at", "built_in")
}
_KEY_IN = text(
    "Its name in `extra_fields`, for ever; `-` and `_` are the same.",
    pattern="^[a-z][a-z0-9_-]{0,49}$",
)
_FIELD: Mapping[str, Schema] = {
    "id": uid("The same at every location."),
    "key": text("Its name in `extra_fields`.", pattern="^[a-z][a-z0-9_]{0,63}$"),
    "label": text("What people call it."),
    "active": {"type": "boolean", "description": "May values of it be written?"},
    "status": text(enum=list(STATUSES)),
    "type": _WRITABLE["type"],
    "options": listed(text(), "Of a choice: its values."),
    "class": _WRITABLE["class"],
    "help": maybe(text()),
    "order": {"type": ["integer", "null"]},
    **{
        rule: {"type": ["string", "integer", "boolean", "null"]}
        for rule in ("min", "max", "max_length", "format")
    },
    "reason": maybe(text("Why it was proposed.")),
    "built_in": {"type": "boolean", "description": "Part of the program; nobody decides on it."},
    "created_at": maybe(instant("When it was first proposed; null = built in.")),
}

SCHEMAS: Mapping[str, Schema] = {
    "Field": closed(_FIELD, description="Something that may be recorded of a customer."),
    "FieldProposal": closed(
        {"key": _KEY_IN, **_WRITABLE, "reason": _REASON},
        optional=(*(name for name in PARTS if name != "label"), "reason"),
        description="A new field. A choice needs options.",
    ),
    "FieldReplace": closed(
        {"key": {}, **_WRITABLE, **_DECIDING, "reason": _REASON, **_IGNORED},
        optional=(
            *("key", "reason", *_DECIDING, *_IGNORED),
            *(name for name in PARTS if name != "label"),
        ),
        description="All that is said of a field; what is missing is empty.",
    ),
    "FieldChange": closed(
        {"key": {}, **_WRITABLE, **_DECIDING, "reason": _REASON, **_IGNORED},
        optional=("key", *PARTS, *_DECIDING, "reason", *_IGNORED),
        description="What changes of a field.",
    ),
    "InvalidValue": closed(
        {
            "id": uid("The customer, or another entity."),
            "display_name": maybe(text()),
            "value": SCALAR,
            "problem": text("What the field says of it today."),
        }
    ),
    "InvalidValuePage": closed(
        {
            "next": maybe(text("Where to look on.", format="uri")),
            "previous": maybe(text("Always null: it is looked through forwards.", format="uri")),
            "examined": {
                "type": "integer",
                "minimum": 0,
                "description": "Values that were looked at for this answer.",
            },
            "results": listed(ref("InvalidValue")),
        }
    ),
}

PATH_PARAMETERS: Mapping[str, Schema] = {
    "field_id": {"description": "The field's id.", "schema": uid(), "example": SAMPLE_FIELD},
}

CONFLICT = Reply(
    "It is built in, its status does not lead there, its type cannot change any more, or the "
    "request still runs.",
    ref("Problem"),
    {"wrong_status": examples.FIELD_WRONG_STATUS, "type_is_fixed": examples.FIELD_TYPE_FIXED},
)
TAKEN = Reply(
    "The key is taken, or the request still runs.", ref("Problem"), {"taken": examples.FIELD_TAKEN}
)


def _field(status: str, example: Any = examples.FIELD) -> Reply:
    return Reply(status, ref("Field"), {"field": example}, ("ETag",))


def _write(name: str, summary: str, description: str, schema: str, **bodies: Any) -> Operation:
    return Operation(
        name,
        summary,
        {200: _field("The field as it is now.", examples.FIELD_AUTHORISED), 409: CONFLICT},
        description,
        body=Body(ref(schema), bodies),
        takes=WRITE,
        refuses=(410,),
    )


OPERATIONS: Operations = {
    ("fields", "GET"): Operation(
        "listFields",
        "List fields",
        {
            200: Reply(
                "All of them, by key, at most 1,000.",
                listed(ref("Field")),
                {"all": [examples.FIELD]},
            )
        },
        f"Whatever their status. Built in are {BUILT_IN}.",
        parameters=(Parameter("status", "Only these.", text(enum=list(STATUSES))),),
    ),
    ("fields", "POST"): Operation(
        "proposeField",
        "Propose a field",
        {
            201: _field("The new field."),
            200: _field("It was there already, just so (a retry by its key)."),
            409: TAKEN,
        },
        "An agent's proposal waits for a service provider; a service provider's is authorised at "
        "once. A rejected field may be proposed again.",
        body=Body(ref("FieldProposal"), {"choice": examples.NEW_FIELD}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("field", "GET"): Operation(
        "readField",
        "Read a field",
        {200: _field("The field.")},
        takes=(IF_NONE_MATCH,),
    ),
    ("field", "PUT"): _write(
        "replaceField",
        "Replace what is said of a field",
        "What is missing is empty. `status` or `active` decides.",
        "FieldReplace",
        whole=examples.FIELD_WHOLE,
    ),
    ("field", "PATCH"): _write(
        "changeField",
        "Decide about a field, or amend it",
        "`status` or `active` decides: proposed → authorised or rejected, authorised → retired, "
        "retired or rejected → authorised. Values that a new rule refuses stay; `invalid/` lists "
        "them.",
        "FieldChange",
        authorise=examples.FIELD_DECISION,
        amend=examples.FIELD_AMENDMENT,
    ),
    ("field", "DELETE"): Operation(
        "retireField",
        "Retire a field",
        {204: Reply("It takes no new values; those it has stay."), 409: CONFLICT},
        "It is shown no more; its values keep their history, and it may be authorised again.",
        takes=WRITE,
        refuses=(410,),
    ),
    ("field_invalid", "GET"): Operation(
        "listInvalidValues",
        "List values that a field would refuse today",
        {200: Reply("By id.", ref("InvalidValuePage"), {"page": examples.INVALID_VALUES})},
        "Of rules that came after them, or of other locations. One answer looks at no more than "
        "20,000 values; `next` looks on.",
        parameters=(
            Parameter(
                "limit",
                "At most so many.",
                {"type": "integer", "minimum": 1, "maximum": 200, "default": 25},
            ),
            Parameter("cursor", "Where to look on: from `next`. Opaque.", words(200)),
        ),
    ),
}
