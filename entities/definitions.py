"""What a definition of the vocabulary says, part by part: the canonical value or why not. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from entities import values
from events.event import InvalidValue
from events.payload import DETAIL_CODE_PATTERN

CODE, LABEL, TYPE, STATUS, OPTIONS = "CODE", "LABEL", "TYPE", "STATUS", "OPTIONS"
PROPOSED, AUTHORISED = "proposed", "authorised"
STATUSES = (PROPOSED, AUTHORISED, "rejected", "retired")

MAX_LABEL_LENGTH = 200
MAX_OPTIONS = 200

Part = values.Value | list[str]


def checked_part(part: str, value: Any) -> Part:
    """Raises InvalidValue."""
    return _CHECKS.get(part, _any_text)(value)


def _code(value: Any) -> str:
    code = value.strip().upper() if isinstance(value, str) else ""
    if not DETAIL_CODE_PATTERN.fullmatch(code):
        raise InvalidValue("Use 1 to 64 letters, digits and underscores; begin with a letter.")
    return code


def _label(value: Any) -> str:
    label = values.collapsed(values.canonical_form(value))
    if not isinstance(label, str) or len(label) > MAX_LABEL_LENGTH:
        raise InvalidValue(f"Must be a text of 1 to {MAX_LABEL_LENGTH} characters.")
    return label


def _value_type(value: Any) -> str:
    return _one_of(value, values.VALUE_TYPES)


def _status(value: Any) -> str:
    return _one_of(value, STATUSES)


def _options(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_OPTIONS:
        raise InvalidValue(f"Must be a list of 1 to {MAX_OPTIONS} texts.")
    return list(dict.fromkeys(map(_option, value)))


def _option(value: Any) -> str:
    option = values.canonical_form(value)
    if not isinstance(option, str) or len(option) > MAX_LABEL_LENGTH:
        raise InvalidValue(f"Each option must be a text of 1 to {MAX_LABEL_LENGTH} characters.")
    return option


def _any_text(value: Any) -> values.Value:
    return values.checked(value)


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise InvalidValue(f"Must be one of: {', '.join(known)}.")
    return value


_CHECKS: Mapping[str, Callable[[Any], Part]] = {
    CODE: _code,
    LABEL: _label,
    TYPE: _value_type,
    STATUS: _status,
    OPTIONS: _options,
}
