"""What the OpenAPI document says of a face, as data: each face keeps its own beside its matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of the query. `endpoint`: with it the request is another row of the matrix.
    `is_suggested`: not required, but a first try needs it. Forms are filled with the `example`, so
    only what is required or suggested may have one; a default is told in words."""

    name: str
    description: str
    schema: Schema
    example: Any = None
    is_required: bool = False
    endpoint: str = ""
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """What a caller sends, with at least one example by name."""

    schema: Schema
    examples: Mapping[str, Any]
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `headers` names shared ones beside those that every answer has; `files` are
    examples of what is not JSON, by media type."""

    description: str
    schema: Schema | None = None
    examples: Mapping[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One (endpoint, method). `takes` names shared request headers, `refuses` shared refusals by
    status beside those that its headers, body and path bring along (entities/http/openapi.py)."""

    name: str
    summary: str
    answers: Mapping[int, Reply]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    takes: tuple[str, ...] = ()
    refuses: tuple[int, ...] = ()


Operations = Mapping[tuple[str, str], Operation]


@dataclass(frozen=True, slots=True)
class FaceDocument:
    """A face in the document: its operations and the schemas they name. Paths outside of `root` are
    aliases."""

    tag: str
    root: str
    operations: Operations
    schemas: Mapping[str, Schema]
    has_slash: bool  # the documented form of its paths; both answer
    path_parameters: Mapping[str, Schema]


NO_NUL = "^[^\\u0000]*$"
# The same, and something is left when it is trimmed.
SAID = "^[^\\u0000]*[^\\s\\u0000\\u001c-\\u001f\\u0085][^\\u0000]*$"
EMPTY: Schema = {"type": "string", "maxLength": 0}
IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH = "IdempotencyKey", "IfMatch", "IfNoneMatch"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items, **_said(description)}


def closed(
    properties: Mapping[str, Schema], *, optional: tuple[str, ...] = (), **more: Any
) -> Schema:
    """An object with these keys and no others."""
    return {
        "type": "object",
        **more,
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **_said(description), **more}


def words(longest: int) -> Schema:
    """Text of a query string."""
    return {"type": "string", "maxLength": longest, "pattern": NO_NUL}


def maybe(schema: Schema, *others: Schema) -> Schema:
    """The schema, one of the others, or null."""
    if others or "type" not in schema:
        return {"anyOf": [schema, *others, {"type": "null"}]}
    kind = schema["type"]
    return {**schema, "type": [*(kind if isinstance(kind, list) else [kind]), "null"]}


def instant(description: str = "") -> Schema:
    return text(description, format="date-time")


def uid(description: str = "") -> Schema:
    return text(description, format="uuid")


def flag() -> Schema:
    """A switch in a query string."""
    words = ["1", "true", "yes", "on", "0", "false", "no", "off", ""]
    return {"type": "string", "enum": words, "default": "0"}


def _said(description: str) -> Schema:
    return {"description": description} if description else {}


# Of every write, and of those that a document number can refuse.
WRITE = (IDEMPOTENCY_KEY, IF_MATCH)
ALLOW_DUPLICATE = Parameter(
    "allow_duplicate",
    "Write it although somebody else here has this document number; that is audited.",
    flag(),
)
