"""Bodies that define a type: explicit lists of what may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entities.http.serializers import NO_TEXT, json_object
from entities.refusals import Invalid

REQUIRED = "This field is required."
UNKNOWN = "Unknown field."
DEFAULT_VALUE_TYPE = "text"

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class EntityTypeBody:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class DetailTypeBody:
    """`options` are the values of a choice."""

    code: str
    label: str
    value_type: str
    options: tuple[str, ...]


def read_entity_type(body: Any) -> EntityTypeBody:
    """Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, ("code", "label"))
    read = EntityTypeBody(
        code=_required(given, "code", errors).upper(), label=_required(given, "label", errors)
    )
    if errors:
        raise Invalid(errors)
    return read


def read_detail_type(body: Any) -> DetailTypeBody:
    """Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, ("code", "label", "type", "options"))
    read = DetailTypeBody(
        code=_required(given, "code", errors).upper(),
        label=_required(given, "label", errors),
        value_type=_required({"type": DEFAULT_VALUE_TYPE, **given}, "type", errors).lower(),
        options=_options(given.get("options"), errors),
    )
    if errors:
        raise Invalid(errors)
    return read


def _unknown(given: Mapping[str, Any], known: tuple[str, ...]) -> Errors:
    return {key: [UNKNOWN] for key in given if key not in known}


def _required(given: Mapping[str, Any], key: str, errors: Errors) -> str:
    value = given.get(key)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        errors[key] = [REQUIRED if value is None or isinstance(value, str) else NO_TEXT]
    return text


def _options(value: Any, errors: Errors) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(option, str) for option in value):
        errors["options"] = ["Must be a list of texts."]
        return ()
    return tuple(value)
