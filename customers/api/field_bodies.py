"""Between fields and JSON: explicit lists of what goes out and of what may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from entities.definitions import (
    AUTHORISED,
    DEFAULTS,
    FIELD_PARTS,
    LABEL,
    PROPOSED,
    REJECTED,
    RETIRED,
    STATUSES,
    code_of,
    is_key,
)
from entities.fields import Field
from entities.http.serializers import NO_TEXT, instant, json_object
from entities.refusals import Invalid
from entities.value_rules import RULE_PARTS

PARTS = {part.lower(): part for part in FIELD_PARTS}
READ_ONLY_KEYS = ("id", "created_at", "built_in")
REQUIRED = "This field is required."
UNKNOWN = "Unknown field."
NO_KEY = (
    "Use 1 to 50 small letters, digits, hyphens and underscores; begin with a letter, like "
    "middle_name."
)
KEY_IS_FIXED = "The key of a field cannot change."
NO_FLAG = "Must be true or false."
NO_STATUS = f"Must be one of: {', '.join(STATUSES)}."
TWO_DECISIONS = "Says something else than status."

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class FieldBody:
    """What a caller says of a field; `status`, `active` None = nothing said of it."""

    key: str | None
    parts: Mapping[str, Any]
    status: str | None
    active: bool | None
    reason: str | None


def shown(field: Field) -> dict[str, Any]:
    return {
        "id": str(field.id),
        "key": field.key,
        "label": field.label,
        "active": field.status == AUTHORISED,
        "status": field.status,
        "type": field.type,
        "options": list(field.options),
        "class": field.data_class,
        "help": field.help or None,
        "order": field.order,
        **{part.lower(): field.rules.get(part) for part in RULE_PARTS},
        "reason": field.reason or None,
        "built_in": field.is_built_in,
        "created_at": None if field.created_at is None else instant(field.created_at),
    }


def read_proposal(body: Any) -> FieldBody:
    """A new field; its status is not for the caller to say. Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, ("key", "reason", *PARTS))
    key = given.get("key")
    if not isinstance(key, str) or not key.strip():
        errors["key"] = [REQUIRED if key is None or isinstance(key, str) else NO_TEXT]
    elif not is_key(key.strip()):
        errors["key"] = [NO_KEY]
    if given.get("label") is None:
        errors["label"] = [REQUIRED]
    return _body(given, errors)


def read_change(body: Any, *, is_whole: bool) -> FieldBody:
    """Read-only keys of one's own GET answer are ignored. `is_whole`: what is not said is empty.

    Raises Invalid, ParseError.
    """
    given = json_object(body)
    errors = _unknown(given, ("key", "reason", "status", "active", *READ_ONLY_KEYS, *PARTS))
    if is_whole and given.get("label") is None:
        errors["label"] = [REQUIRED]
    read = _body(given, errors)
    if not is_whole:
        return read
    empty = {part: None for part in FIELD_PARTS if part != LABEL}
    return FieldBody(
        read.key, {**empty, **DEFAULTS, **read.parts}, read.status, read.active, read.reason
    )


def decision(body: FieldBody, field: Field) -> str | None:
    """The status that the caller wants; None = nothing is decided. Raises Invalid."""
    if body.key is not None and code_of(body.key) != field.code:
        raise Invalid({"key": [KEY_IS_FIXED]})
    wanted = {body.status} if body.status not in (None, field.status) else set()
    if body.active is not None and body.active != (field.status == AUTHORISED):
        ended = REJECTED if field.status == PROPOSED else RETIRED
        wanted.add(AUTHORISED if body.active else ended)
    if len(wanted) > 1:
        raise Invalid({"active": [TWO_DECISIONS]})
    if wanted:
        return wanted.pop()
    return body.status if body.status != PROPOSED else None


def _unknown(given: Mapping[str, Any], known: tuple[str, ...]) -> Errors:
    return {key: [UNKNOWN] for key in given if key not in known}


def _body(given: Mapping[str, Any], errors: Errors) -> FieldBody:
    """Raises Invalid."""
    status, active, reason, key = (given.get(key) for key in ("status", "active", "reason", "key"))
    if status is not None and status not in STATUSES:
        errors["status"] = [NO_STATUS]
    if active is not None and not isinstance(active, bool):
        errors["active"] = [NO_FLAG]
    if reason is not None and not isinstance(reason, str):
        errors["reason"] = [NO_TEXT]
    if key is not None and not isinstance(key, str):
        errors["key"] = [NO_TEXT]
    if errors:
        raise Invalid(errors)
    parts = {PARTS[name]: value for name, value in given.items() if name in PARTS}
    return FieldBody(key, parts, status, active, reason)
