"""The JSON of `/api/v1` in the OpenAPI document: what goes out and what may come in."""

from collections.abc import Mapping

from entities.http.components import (
    DETAIL_CODE,
    HASHDIFF,
    INSTANT_OR_DATE,
    LOCATION_ID,
    SAMPLE_UID,
    SCALAR,
    VALUE,
)
from entities.http.operations import (
    EMPTY,
    NO_NUL,
    SAID,
    Schema,
    closed,
    instant,
    listed,
    maybe,
    ref,
    text,
    uid,
)
from entities.values import VALUE_TYPES

_COUNT: Schema = {"type": "integer", "minimum": 0}
_WHOLE: Schema = {"type": "integer"}
_CODE_IN: Schema = text("In any case.", maxLength=64, pattern="^[A-Za-z][A-Za-z0-9_]*$")
_VALUE_IN: Schema = {
    "description": 'null closes the detail; `{"value": x}` is read as x.',
    "type": ["string", "number", "boolean", "null", "object"],
}
_LABEL: Schema = text(minLength=1, maxLength=200, pattern=NO_NUL)

_LIFE: Mapping[str, Schema] = {
    "valid_from": instant("It holds from this instant on …"),
    "valid_to": maybe(instant("… until just before this one; null = it still does.")),
    "is_current": {"type": "boolean"},
    "hashdiff": maybe(HASHDIFF),
}
ENTITY: Mapping[str, Schema] = {
    "entity_uid": uid("The same at every location."),
    "entity_type": text("Upper case, e.g. PERSON."),
    "display_name": maybe(text()),
    **_LIFE,
    "details": listed(ref("Detail"), "Ordered by code."),
    "location_id": LOCATION_ID,
    "created_at": instant("When it was first said."),
    "updated_at": instant("When the latest of it was said."),
}

_PAGE: Mapping[str, Schema] = {
    "next": maybe(text("Where the list goes on.", format="uri")),
    "previous": maybe(text("The page before.", format="uri")),
}
_COUNTED: Mapping[str, Schema] = {
    "count": {**_COUNT, "description": "Exact to 10,000, an estimate beyond."},
    "count_estimated": {"type": "boolean", "enum": [True]},
    **_PAGE,
}


def _page(schema: str, *, is_counted: bool = True) -> Schema:
    envelope = _COUNTED if is_counted else _PAGE
    return closed({**envelope, "results": listed(ref(schema))}, optional=("count_estimated",))


_DETAIL_IN: Schema = {
    "type": "object",
    "description": "One detail. `detail_type` and `detail_value` are understood, too.",
    "properties": {
        "detail_code": _CODE_IN,
        "value": _VALUE_IN,
        "valid_from": maybe(INSTANT_OR_DATE),
    },
    "required": ["detail_code", "value"],
}
_SINCE: Schema = {
    **INSTANT_OR_DATE,
    "description": "Since when it holds; default now, never later.",
}
_CHANGEABLE: Mapping[str, Schema] = {
    "entity_type": _CODE_IN,
    "display_name": text(minLength=1, maxLength=400, pattern=NO_NUL),
    "details": maybe(
        {**listed(_DETAIL_IN, "Each code once."), "maxItems": 104},
    ),
    "valid_from": maybe(_SINCE),
}

_BEFORE_AFTER: Mapping[str, Schema] = {
    "before": maybe(SCALAR),
    "after": maybe(SCALAR),
}
_LIFE_ACTION = text(enum=["created", "deleted"])
_FIELD = text(enum=["display_name", "entity_type"])
_STEP: Mapping[str, Schema] = {
    "at": instant("From when on it is true."),
    "entity_uid": uid(),
    "display_name": maybe(text()),
    "type": text(
        "`entity`: it came or went; `field`: its display_name or entity_type; `detail`: a detail.",
        enum=["entity", "field", "detail"],
    ),
    "action": _LIFE_ACTION,
    "field": _FIELD,
    "detail_code": DETAIL_CODE,
    **_BEFORE_AFTER,
    "event_id": uid(),
    "location_id": LOCATION_ID,
    "actor": maybe(text()),
    "recorded_at": instant("When this location learned it."),
}

_ENTITIES: Mapping[str, Schema] = {
    "Detail": closed(
        {"detail_code": DETAIL_CODE, "value": maybe(VALUE), **_LIFE},
        description="One typed detail, true over [valid_from, valid_to).",
    ),
    "Entity": closed(ENTITY, description="An entity with its details."),
    "ChangedEntity": closed(
        {**ENTITY, "superseded": listed(text())},
        optional=("superseded",),
        description="An entity after a change; `superseded`: codes whose value today stays.",
    ),
    "EntityPage": _page("Entity"),
    "EntityCreate": closed(
        {
            "entity_uid": maybe(uid("Yours; one is made if it is missing."), EMPTY),
            **_CHANGEABLE,
            "display_name": maybe(text(maxLength=400, pattern=NO_NUL)),
            "valid_from": maybe(_SINCE, EMPTY),
        },
        optional=("entity_uid", "display_name", "details", "valid_from"),
    ),
    "EntityChange": closed(_CHANGEABLE, optional=tuple(_CHANGEABLE)),
    "RestoreReason": closed(
        {"reason": maybe(text("Why; kept with the event.", maxLength=2000, pattern=NO_NUL))},
        optional=("reason",),
    ),
    "DuplicateEntity": closed(
        {"detail": text(), "code": text(enum=["duplicate_document"]), "entity_uid": uid()},
        description="Who holds the document number.",
    ),
    "VersionPage": _page("Version"),
}

_DIFFS: Mapping[str, Schema] = {
    "EntityDiff": closed(
        {
            "entity_uid": uid(),
            "display_name": maybe(text("As at the end; of a deleted one, as it was last.")),
            "changes": listed(ref("NetChange")),
        }
    ),
    "NetChange": {
        "oneOf": [
            closed({"type": text(enum=["entity"]), "action": _LIFE_ACTION, "at": instant()}),
            closed(
                {"type": text(enum=["field"]), "field": _FIELD, **_BEFORE_AFTER, "at": instant()}
            ),
            closed(
                {
                    "type": text(enum=["detail"]),
                    "detail_code": DETAIL_CODE,
                    **_BEFORE_AFTER,
                    "at": instant(),
                }
            ),
        ]
    },
    "Change": closed(
        _STEP,
        optional=("action", "field", "detail_code", "before", "after"),
        description="One change, and who said so.",
    ),
}

_TYPE: Mapping[str, Schema] = {
    "code": text(pattern="^[A-Z][A-Z0-9_]{0,63}$"),
    "label": text(),
    "status": text(enum=["proposed", "authorised", "rejected", "retired"]),
    "active": {"type": "boolean", "description": "Authorised: writes may use it."},
    "created_at": maybe(instant("null = built in.")),
}
_VOCABULARY: Mapping[str, Schema] = {
    "EntityType": closed(_TYPE),
    "DetailType": closed({**_TYPE, "type": text(enum=list(VALUE_TYPES))}),
    "EntityTypeWrite": closed({"code": _CODE_IN, "label": _LABEL}),
    "DetailTypeWrite": closed(
        {
            "code": _CODE_IN,
            "label": _LABEL,
            "type": text(enum=list(VALUE_TYPES), default="text"),
            "options": maybe(
                {**listed(_LABEL, "Of a choice: its values, at least one."), "maxItems": 200}
            ),
        },
        optional=("type", "options"),
    ),
}

_PLANNED_ERASURE = closed(
    {"execute_after": _WHOLE, "basis": text()},
    description="An erasure that was scheduled, in microseconds since 1970, and why.",
)

_LOCATIONS: Mapping[str, Schema] = {
    "Conflict": closed(
        {
            "conflict_id": uid(),
            "entity_uid": uid(),
            "display_name": maybe(text()),
            "attribute": text(
                "A detail code, or what else of it is in conflict. `survivor`: it is merged into "
                "one that was deleted or erased. Values: who stands for it, null = nobody."
            ),
            "opened_at": instant(),
            "holds": maybe(uid("The event whose value holds meanwhile.")),
            "heads": listed(ref("ConflictHead")),
        }
    ),
    "ConflictHead": closed(
        {
            "event_id": uid(),
            "value": maybe(VALUE, _PLANNED_ERASURE),
            "location_id": LOCATION_ID,
            "actor": text(),
            "at": instant(),
        }
    ),
    "ConflictPage": _page("Conflict", is_counted=False),
    "Resolution": {
        "type": "object",
        "description": "Either the event whose value is kept, or another value.",
        "properties": {
            "keep": uid(),
            "value": {
                "type": ["string", "number", "boolean", "array", "null"],
                "items": {"type": "string"},
            },
        },
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    },
    "SyncLocation": closed(
        {
            "location_id": LOCATION_ID,
            "origin": text(),
            "seen_at": instant(),
            "lag_events": _COUNT,
            "lag_s": {"type": "number", "minimum": 0},
            "sealed": _COUNT,
            "unsealed": _COUNT,
            "pending": _COUNT,
            "wants": _COUNT,
            "digest": maybe(
                text("Of all it has folded; null while it is not known.", pattern="^[0-9a-f]{64}$")
            ),
            "conflicts": _COUNT,
            "dead_letters": _COUNT,
            "clock_offset_ms": _WHOLE,
        }
    ),
    "SyncState": closed(
        {
            "location_id": LOCATION_ID,
            "origin": text(),
            "identical": {
                "type": ["boolean", "null"],
                "description": "true: all locations have folded the same events into the same "
                "rows; false: two of them into different rows, a defect; null: it cannot be "
                "said, since something is on its way or there is no other location.",
            },
            "locations": listed(ref("SyncLocation")),
        }
    ),
    "DeadLetter": closed(
        {
            "id": _WHOLE,
            "reason_code": text(),
            "topic": maybe(text()),
            "partition": maybe(_WHOLE),
            "offset": maybe(_WHOLE),
            "origin": maybe(text()),
            "sequence": maybe(_WHOLE),
            "entity_uid": maybe(uid()),
            "first_seen": instant(),
            "attempts": _COUNT,
        }
    ),
    "DeadLetterPage": _page("DeadLetter", is_counted=False),
    "Ping": closed(
        {
            "status": text(enum=["ok"]),
            "location_id": LOCATION_ID,
            "version": text(),
            "at": instant(),
        }
    ),
    "Credentials": closed(
        {
            "username": text(maxLength=150, pattern=SAID),
            "password": text(minLength=1, maxLength=4096, pattern=NO_NUL),
        }
    ),
    "Token": closed({"token": text()}),
}

SCHEMAS: Mapping[str, Schema] = {**_ENTITIES, **_DIFFS, **_VOCABULARY, **_LOCATIONS}

PATH_PARAMETERS: Mapping[str, Schema] = {
    "uid": {
        "description": "The entity's uid.",
        "schema": uid(),
        "example": SAMPLE_UID,
    },
    "conflict_id": {
        "description": "The conflict's id, from the list of open conflicts.",
        "schema": uid(),
    },
}
