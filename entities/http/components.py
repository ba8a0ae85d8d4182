"""The parts of the OpenAPI document that both faces share: headers, refusals, versions."""

from collections.abc import Mapping
from typing import Any

from entities.http.operations import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    Schema,
    closed,
    instant,
    maybe,
    ref,
    text,
    uid,
)

# Alice Johnson: whatever else is there, the sample has her, with this id at every location.
SAMPLE_UID = "a5cd0c9e-247b-5661-9c83-d39c9883d288"

SCALAR: Schema = {"type": ["string", "integer", "boolean"]}
VALUE: Schema = {
    "description": "A list of texts only in a definition of the vocabulary: what may be chosen.",
    "type": [*SCALAR["type"], "array"],
    "items": {"type": "string"},
}
LOCATION_ID: Schema = text(
    "The location where the latest of it was said.", pattern="^[a-z0-9-]{1,32}$"
)
DETAIL_CODE: Schema = text("Upper case.", pattern="^[A-Z][A-Z0-9_]{0,63}$")
HASHDIFF: Schema = text("Checksum of what the version says.", pattern="^[0-9a-f]{64}$")
INSTANT_OR_DATE: Schema = {
    "description": "An instant like `2024-01-15T10:30:00Z` (another offset is honoured, none is "
    "UTC) or a date, which is its 00:00 UTC.",
    "anyOf": [text(format="date-time"), text(format="date")],
}

_PROBLEM = {"detail": text("A sentence for people."), "code": text("A word for programs.")}
_VERSION = {
    "valid_from": instant("It holds from this instant on …"),
    "valid_to": maybe(instant("… until just before this one; null = it still does.")),
    "is_current": {"type": "boolean"},
    "hashdiff": HASHDIFF,
    "event_id": uid("The event that said so."),
    "location_id": LOCATION_ID,
    "actor": maybe(text("Who said so.")),
    "recorded_at": instant("When this location learned it."),
}

SCHEMAS: Mapping[str, Schema] = {
    "Problem": closed(
        _PROBLEM, optional=("code",), description="What was refused, and what to do about it."
    ),
    "FieldErrors": {
        "type": "object",
        "description": "What is wrong, by field, parameter or detail code; `non_field_errors` for "
        "what belongs to none.",
        "minProperties": 1,
        "additionalProperties": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string"},
        },
    },
    "Gone": closed(
        {**_PROBLEM, "merged_into": maybe(uid("The id that stands for it now."))},
        optional=("merged_into",),
        description="It was merged into another one, or erased for ever.",
    ),
    "EntityVersion": closed(
        {
            "type": text(enum=["entity"]),
            "display_name": maybe(text()),
            "entity_type": maybe(text("Upper case, e.g. PERSON.")),
            **_VERSION,
        },
        description="What the entity was called, from when to when.",
    ),
    "DetailVersion": closed(
        {
            "type": text(enum=["detail"]),
            "detail_code": DETAIL_CODE,
            "value": maybe(VALUE),
            **_VERSION,
        },
        description="What one detail was, from when to when.",
    ),
    "Version": {"oneOf": [ref("EntityVersion"), ref("DetailVersion")]},
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "X-Request-Id": {
        "description": "Names this request in logs and audit; yours, if you sent a UUID.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "X-Location": {
        "description": "The location that answered.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,32}$"},
    },
    "ETag": {
        "description": "The state you see; send it back as If-Match or If-None-Match.",
        "schema": {"type": "string", "pattern": '^".*"$'},
    },
    "Link": {
        "description": 'Where the list goes on: `<…>; rel="next"`. Missing on the last page.',
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before trying again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "WWW-Authenticate": {"description": "How to log in.", "schema": {"type": "string"}},
}
ALWAYS = ("X-Request-Id", "X-Location")

REQUEST_HEADERS: Mapping[str, Mapping[str, Any]] = {
    IDEMPOTENCY_KEY: {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A new one for each write, 1–255 characters: the same key with the same "
        "request gets the stored answer again (24 h, per actor), with another request it is 422. "
        "Best a UUID: what a create makes then has the same id at every location.",
        # Quotes around it are not of it, and alone they are no key.
        "schema": {"type": "string", "pattern": "^[!-~]*[!#-~][!-~]*$", "maxLength": 255},
    },
    IF_MATCH: {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag you read; the write is refused with 412 when it has changed.",
        "schema": {"type": "string"},
    },
    IF_NONE_MATCH: {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag you have; 304 when nothing has changed.",
        "schema": {"type": "string"},
    },
}


def _refusal(description: str, schema: str, *headers: str, **examples: Any) -> Mapping[str, Any]:
    return {
        "description": description,
        "headers": {name: _header(name) for name in (*ALWAYS, *headers)},
        "content": {
            "application/json": {
                "schema": {"anyOf": [ref("FieldErrors"), ref("Problem")]}
                if not schema
                else ref(schema),
                "examples": {name: {"value": value} for name, value in examples.items()},
            }
        },
    }


def _header(name: str) -> Mapping[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _problem(detail: str, code: str = "") -> dict[str, str]:
    return {"detail": detail, **({"code": code} if code else {})}


_FORBIDDEN = "You do not have permission to perform this action."
_MERGED = "019f7a3e-2f10-7c41-9d0e-5b8a7c1d2e3f"

REFUSALS: Mapping[int, tuple[str, Mapping[str, Any]]] = {
    400: (
        "BadRequest",
        _refusal(
            "Something sent cannot be read or stored.",
            "",
            field={"dob": ["Date has wrong format. Use YYYY-MM-DD."]},
            parameter={"lmit": ["Unknown parameter. Known here: limit, cursor."]},
            json=_problem("The body is not JSON: line 1, column 9.", "parse_error"),
            role=_problem(
                "Unknown role. Use one of: customer, service_agent, service_provider.",
                "unknown_role",
            ),
        ),
    ),
    401: (
        "Unauthorized",
        _refusal(
            "Say who you are.",
            "Problem",
            "WWW-Authenticate",
            nobody=_problem("Authentication credentials were not provided.", "not_authenticated"),
            token=_problem("This token is unknown, malformed or no longer valid.", "invalid_token"),
        ),
    ),
    403: (
        "Forbidden",
        _refusal(
            "Your role may not do this.",
            "Problem",
            role=_problem(_FORBIDDEN),
            not_held=_problem("You do not hold the role service_provider.", "role_not_held"),
        ),
    ),
    404: (
        "NotFound",
        _refusal(
            "There is none with this id; a malformed id is nobody's.",
            "Problem",
            unknown=_problem("Not found.", "not_found"),
        ),
    ),
    409: (
        "Conflict",
        _refusal(
            "It does not go together with what is already there.",
            "Problem",
            deleted=_problem("This entity is deleted; restore it first.", "deleted"),
            in_flight=_problem(
                "A request with this Idempotency-Key is still being worked on; try again shortly.",
                "in_flight",
            ),
        ),
    ),
    410: (
        "Gone",
        _refusal(
            "It was merged into another one, or erased for ever.",
            "Gone",
            merged={
                **_problem("This customer was merged into another one.", "merged"),
                "merged_into": _MERGED,
            },
            erased=_problem("This customer was erased.", "erased"),
        ),
    ),
    411: (
        "LengthRequired",
        _refusal(
            "The body came in chunks.",
            "Problem",
            chunked=_problem(
                "Send the body with a Content-Length, not in chunks.", "length_required"
            ),
        ),
    ),
    412: (
        "Stale",
        _refusal(
            "It has changed since you read it (If-Match).",
            "Problem",
            stale=_problem(f"{_MERGED} has changed since you read it; read it again.", "stale"),
        ),
    ),
    413: (
        "TooLarge",
        _refusal(
            "Too much at once.",
            "Problem",
            body=_problem("The body is larger than 1 MiB. Send less at once.", "too_large"),
        ),
    ),
    415: (
        "UnsupportedMediaType",
        _refusal(
            "The body is not JSON.",
            "Problem",
            form=_problem(
                'Unsupported media type "text/plain" in request.', "unsupported_media_type"
            ),
        ),
    ),
    422: (
        "KeyReused",
        _refusal(
            "The Idempotency-Key was used for another request.",
            "Problem",
            reused=_problem(
                "This Idempotency-Key was used for another request; take a new one for each "
                "request.",
                "key_reused",
            ),
        ),
    ),
    429: (
        "TooManyRequests",
        _refusal(
            "You asked too often.",
            "Problem",
            "Retry-After",
            check=_problem(
                "60 questions an hour are answered. Try again in 12 minutes.", "too_many_requests"
            ),
        ),
    ),
    423: (
        "Restricted",
        _refusal(
            "The processing of this record is restricted; only a provider may see it.",
            "Problem",
            restricted=_problem(
                "The processing of this record is restricted; only a provider may see it.",
                "restricted",
            ),
        ),
    ),
    503: (
        "Busy",
        _refusal(
            "The database is busy.",
            "Problem",
            "Retry-After",
            busy=_problem("The database is busy. Try again in a moment.", "busy"),
        ),
    ),
}
