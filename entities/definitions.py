"""What a definition of the vocabulary says, part by part and as a whole: the canonical parts or why
not. Pure."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from entities import values
from entities.value_rules import (
    FORMAT,
    MAX,
    MAX_LENGTH,
    MIN,
    RULE_PARTS,
    RULES_OF_TYPE,
    as_bound,
)
from events.event import InvalidValue
from events.payload import DETAIL_CODE_PATTERN

CODE, LABEL, TYPE, STATUS, OPTIONS = "CODE", "LABEL", "TYPE", "STATUS", "OPTIONS"
CLASS, HELP, ORDER, REASON = "CLASS", "HELP", "ORDER", "REASON"
PROPOSED, AUTHORISED, REJECTED, RETIRED = "proposed", "authorised", "rejected", "retired"
STATUSES = (PROPOSED, AUTHORISED, REJECTED, RETIRED)

# What people say of a field; what is not said is left out, and null takes it away.
FIELD_PARTS = (LABEL, TYPE, OPTIONS, CLASS, HELP, ORDER, *RULE_PARTS)

# Which personal data a field holds: what retention goes by, and what a provider weighs.
ORDINARY = "ordinary"
DATA_CLASSES = (
    ORDINARY,
    "identifier",
    "special_category",
    "of_another_person",
    "may_hold_anything",
    "not_personal",
)
DEFAULTS: Mapping[str, Any] = {TYPE: "text", CLASS: ORDINARY}

# How people and programs call a field: its code in small letters, `-` as good as `_`.
MAX_KEY_LENGTH = 50
MAX_LABEL_LENGTH = 200
MAX_HELP_LENGTH = 300
MAX_FORM_LENGTH = 64
MAX_OPTIONS = 200
MAX_ORDER = 9_999

NEEDS_OPTIONS = "A choice needs options; other types have none."
NOT_OF_THIS_TYPE = "Values of type {} have no such rule."
NO_NUMBER = "Must be a whole number from {:,} to {:,}."

_KEY = re.compile(rf"[a-z][a-z0-9_-]{{0,{MAX_KEY_LENGTH - 1}}}")

Part = values.Value | list[str]
Parts = Mapping[str, Part]
Errors = dict[str, list[str]]


def checked_part(part: str, value: Any) -> Part:
    """Raises InvalidValue."""
    return _CHECKS.get(part, _any_text)(value)


def checked_parts(given: Mapping[str, Any]) -> tuple[dict[str, Part], Errors]:
    """Each part for itself, and what is wrong, by the names of the API."""
    checked: dict[str, Part] = {}
    errors: Errors = {}
    for part, value in given.items():
        try:
            checked[part] = checked_part(part, value)
        except InvalidValue as error:
            errors[part.lower()] = [str(error)]
    return checked, errors


def completed(given: Parts, held: Parts) -> tuple[dict[str, Part], Errors]:
    """The whole definition after a change, absent parts None, and what does not go together. A
    change of type takes along what the other type does not know, unless that is given anew."""
    whole: dict[str, Part] = {part: held.get(part) for part in FIELD_PARTS} | dict(given)
    value_type = str(whole[TYPE])
    misfits = [part for part in RULE_PARTS if part not in RULES_OF_TYPE.get(value_type, ())]
    if value_type != "choice":
        misfits.append(OPTIONS)
    errors: Errors = {}
    for part in misfits:
        if not given.get(part):
            whole[part] = None
        elif part == OPTIONS:
            errors["options"] = [NEEDS_OPTIONS]
        else:
            errors[part.lower()] = [NOT_OF_THIS_TYPE.format(value_type)]
    if value_type == "choice" and not whole[OPTIONS]:
        errors["options"] = [NEEDS_OPTIONS]
    return whole, errors | _wrong_bounds(whole, value_type, errors)


def _wrong_bounds(whole: dict[str, Part], value_type: str, known: Errors) -> Errors:
    """Bounds become values of the type."""
    errors: Errors = {}
    for part in (MIN, MAX):
        if whole[part] is None or part.lower() in known:
            continue
        try:
            whole[part] = values.checked(whole[part], value_type=value_type)
        except InvalidValue as error:
            errors[part.lower()] = [str(error)]
    least, most = (as_bound(whole[part], value_type) for part in (MIN, MAX))
    if not errors and least is not None and most is not None and least > most:
        errors["max"] = ["Must not be less than min."]
    return errors


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def code_of(key: str) -> str:
    return key.strip().upper().replace("-", "_")


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


def _data_class(value: Any) -> str:
    return _one_of(value, DATA_CLASSES)


def _options(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not 0 < len(value) <= MAX_OPTIONS:
        raise InvalidValue(f"Must be a list of 1 to {MAX_OPTIONS} texts.")
    return list(dict.fromkeys(map(_option, value)))


def _option(value: Any) -> str:
    option = values.canonical_form(value)
    if not isinstance(option, str) or len(option) > MAX_LABEL_LENGTH:
        raise InvalidValue(f"Each option must be a text of 1 to {MAX_LABEL_LENGTH} characters.")
    return option


def _help(value: Any) -> values.Value:
    return _text_up_to(MAX_HELP_LENGTH, values.collapsed(values.canonical_form(value)))


def _form(value: Any) -> values.Value:
    return _text_up_to(MAX_FORM_LENGTH, values.canonical_form(value))


def _text_up_to(longest: int, value: values.Value) -> values.Value:
    if value is not None and (not isinstance(value, str) or len(value) > longest):
        raise InvalidValue(f"Must be a text of at most {longest} characters.")
    return value


def _order(value: Any) -> int | None:
    return _number(value, 0, MAX_ORDER)


def _length(value: Any) -> int | None:
    return _number(value, 1, values.MAX_LENGTH)


def _number(value: Any, least: int, most: int) -> int | None:
    return None if value is None else whole_number(value, least, most)


def whole_number(value: Any, least: int, most: int) -> int:
    """30.0 is one, too: JSON knows no difference. Raises InvalidValue."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    if type(value) is not int or not least <= value <= most:
        raise InvalidValue(NO_NUMBER.format(least, most))
    return value


def _bound(value: Any) -> values.Value:
    """Of which type it has to be, the whole definition says."""
    bound = values.canonical_form(value)
    if isinstance(bound, bool) or (isinstance(bound, str) and len(bound) > MAX_FORM_LENGTH):
        raise InvalidValue("Must be a number or a date.")
    return bound


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
    CLASS: _data_class,
    HELP: _help,
    ORDER: _order,
    MIN: _bound,
    MAX: _bound,
    MAX_LENGTH: _length,
    FORMAT: _form,
}
