"""Words in which the shapes are told: JSON Schema, without unknown keys."""

from typing import Any

from tests.kibana.files import Json

TEXT = {"type": "string"}
NAME = {"type": "string", "minLength": 1}
FLAG = {"type": "boolean"}
NUMBER = {"type": "number"}
WHOLE = {"type": "integer", "minimum": 0}


def exactly(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Json:
    """An object of these keys and no others."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def lists(items: Json, **more: Any) -> Json:
    return {"type": "array", "items": items, **more}


def one_of(*values: str) -> Json:
    return {"enum": list(values)}


QUERY = exactly({"query": TEXT, "language": {"const": "kuery"}})
