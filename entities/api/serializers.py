"""Between rows and JSON on `/api/v1`: explicit lists of what goes out and of what may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from entities.entity_rows import DetailRow, EntityRow
from entities.http import parameters
from entities.http.serializers import NO_TEXT, instant, json_object
from entities.masking import masked_entity
from entities.refusals import Invalid, NotFound
from entities.services import DetailChange

Errors = dict[str, list[str]]

REQUIRED = "This field is required."
UNKNOWN = "Unknown field."
NOT_EMPTY = "Must not be empty."
NO_UUID = "Must be a UUID."
NO_LIST = 'Must be a list, like [{"detail_code": "EMAIL", "value": "name@example.org"}].'
NO_INSTANT = "Must be an instant or a date as text, like 2024-01-15T10:30:00Z."

CREATION_KEYS = frozenset({"entity_uid", "entity_type", "display_name", "details", "valid_from"})
CHANGE_KEYS = CREATION_KEYS - {"entity_uid"}
DETAIL_PARTS = frozenset({"detail_code", "value", "valid_from"})
# Other names under which a part may come.
DETAIL_NAMES: Mapping[str, str] = {"detail_type": "detail_code", "detail_value": "value"}


@dataclass(frozen=True, slots=True)
class EntityBody:
    """What a caller says about an entity; None = nothing said."""

    entity_uid: UUID | None
    entity_type: str | None
    display_name: str | None
    details: tuple[DetailChange, ...]
    valid_from: int | None


def entity(row: EntityRow, *, is_masked: bool = False) -> dict[str, Any]:
    shown = {
        "entity_uid": str(row.entity_uid),
        "entity_type": row.entity_type,
        "display_name": row.display_name,
        "valid_from": instant(row.valid_from),
        "valid_to": row.valid_to and instant(row.valid_to),
        "is_current": row.is_current,
        "hashdiff": row.hashdiff,
        "details": [_detail(detail) for detail in row.details],
        "location_id": row.location_id,
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
    }
    return masked_entity(shown) if is_masked else shown


def _detail(row: DetailRow) -> dict[str, Any]:
    return {
        "detail_code": row.detail_code,
        "value": row.value,
        "valid_from": instant(row.valid_from),
        "valid_to": row.valid_to and instant(row.valid_to),
        "is_current": row.is_current,
        "hashdiff": row.hashdiff,
    }


def read_creation(body: Any) -> EntityBody:
    """An empty text is null, and null is nothing said. Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, CREATION_KEYS)
    read = _read({key: None if _is_empty(given[key]) else given[key] for key in given}, errors)
    if read.entity_type is None:
        errors.setdefault("entity_type", [REQUIRED])
    return _checked(read, errors)


def read_change(body: Any) -> EntityBody:
    """What is there is meant: a name or type that is null would say nothing. Raises Invalid,
    ParseError."""
    given = json_object(body)
    errors = _unknown(given, CHANGE_KEYS)
    for key in ("entity_type", "display_name"):
        if key in given and (given[key] is None or _is_empty(given[key])):
            errors[key] = [NOT_EMPTY]
    return _checked(_read(given, errors), errors)


def _is_empty(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def _unknown(given: Mapping[str, Any], known: frozenset[str]) -> Errors:
    return {key: [UNKNOWN] for key in given if key not in known}


def _checked(body: EntityBody, errors: Errors) -> EntityBody:
    if errors:
        raise Invalid(errors)
    return body


def _read(given: Mapping[str, Any], errors: Errors) -> EntityBody:
    return EntityBody(
        entity_uid=_uid(given.get("entity_uid"), errors),
        entity_type=_text(given, "entity_type", errors),
        display_name=_text(given, "display_name", errors),
        details=_details(given.get("details"), errors),
        valid_from=_instant(given.get("valid_from"), "valid_from", errors),
    )


def _uid(value: Any, errors: Errors) -> UUID | None:
    if value is None:
        return None
    try:
        return parameters.uid_of(value if isinstance(value, str) else "")
    except NotFound:
        errors["entity_uid"] = [NO_UUID]
        return None


def _text(given: Mapping[str, Any], key: str, errors: Errors) -> str | None:
    value = given.get(key)
    if value is None or isinstance(value, str):
        return value
    errors[key] = [NO_TEXT]
    return None


def _instant(value: Any, name: str, errors: Errors) -> int | None:
    """µs; None when nothing was said."""
    if value is None:
        return None
    if not isinstance(value, str):
        errors.setdefault(name, []).append(NO_INSTANT)
        return None
    try:
        return parameters.instant_us(value, name=name)
    except Invalid as error:
        errors.setdefault(name, []).extend(error.errors[name])
        return None


def _details(given: Any, errors: Errors) -> tuple[DetailChange, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        errors["details"] = [NO_LIST]
        return ()
    changes = []
    for place, one in enumerate(given, start=1):
        parts = _parts(one, place, errors)
        if parts is not None:
            changes.append(_change(parts, errors))
    return tuple(changes)


def _parts(given: Any, place: int, errors: Errors) -> dict[str, Any] | None:
    """A detail with its code, by the names that we use. What is wrong goes by the detail's code;
    by its place while it has none."""
    if not isinstance(given, dict):
        sentence = f"Item {place}: Must be an object with detail_code and value."
        errors.setdefault("details", []).append(sentence)
        return None
    parts = {DETAIL_NAMES.get(key, key): value for key, value in given.items()}
    code = parts.get("detail_code")
    if not isinstance(code, str) or not code.strip():
        errors.setdefault("details", []).append(f"Item {place}: detail_code: {REQUIRED}")
        return None
    if len(parts) != len(given):
        sentence = "Given under two names; use detail_code and value."
        errors.setdefault(_name(code), []).append(sentence)
    return parts


def _change(parts: Mapping[str, Any], errors: Errors) -> DetailChange:
    code: str = parts["detail_code"]
    name = _name(code)
    unknown = sorted(key[:64] for key in parts if key not in DETAIL_PARTS)
    if unknown:
        errors.setdefault(name, []).append(f"Unknown fields: {', '.join(unknown)}.")
    if "value" not in parts:
        errors.setdefault(name, []).append(f"value: {REQUIRED} null closes the detail.")
    since = _instant(parts.get("valid_from"), name, errors)
    return DetailChange(code, _unwrapped(parts.get("value")), since)


def _name(code: str) -> str:
    return code.strip().upper()[:64]


def _unwrapped(value: Any) -> Any:
    """Some systems send each value in an object of its own."""
    return value["value"] if isinstance(value, dict) and value.keys() == {"value"} else value
