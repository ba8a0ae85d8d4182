"""Between rows and JSON: what both faces write and read alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework.exceptions import ParseError

from entities.refusals import Invalid

NO_TEXT = "Not a valid string."


def instant(value: datetime) -> str:
    """RFC 3339, UTC, always with microseconds."""
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")


def row(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is, with ids and instants as text."""
    return {key: _plain(value) for key, value in values.items()}


def json_object(body: Any) -> dict[str, Any]:
    """Raises ParseError for a body that is anything else."""
    if not isinstance(body, dict):
        raise ParseError("Send a JSON object.")
    return body


def read_reason(body: Any) -> str | None:
    """The body of an act that takes nothing but a reason. Raises Invalid, ParseError."""
    given = json_object(body)
    errors = {key: ["Unknown field."] for key in given if key != "reason"}
    reason = given.get("reason")
    if reason is not None and not isinstance(reason, str):
        errors["reason"] = [NO_TEXT]
    if errors:
        raise Invalid(errors)
    return reason


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return str(value) if isinstance(value, UUID) else value
