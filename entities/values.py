"""Values at the local door: what a client sent → the one canonical value, or a sentence why not."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from entities.refusals import NO_DATE, NO_DAY
from entities.timelines import NAME, SURNAME
from entities.value_rules import check_rules
from events.event import InvalidValue, canonical

Value = str | int | bool | None

NO_RULES: Mapping[str, Any] = {}
MAX_LENGTH = 2_000
MAX_PHONE_LENGTH = 64
MIN_PHONE_DIGITS = 3

_PHONE = re.compile(r"[0-9+()./,;#*x \-–]+", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,16}")


NAME_CODES = frozenset({SURNAME, NAME})


def checked(
    value: Any,
    *,
    value_type: str = "text",
    options: Sequence[str] = (),
    rules: Mapping[str, Any] = NO_RULES,
) -> Value:
    """The canonical value of this type; null stays null. Raises InvalidValue."""
    plain = canonical_form(value)
    if plain is None:
        return None
    if value_type == "choice":
        return _choice(plain, options)
    of_its_type = _CHECKS.get(value_type, _text)(plain)
    if rules:
        check_rules(of_its_type, value_type=value_type, rules=rules)
    return of_its_type


def canonical_form(value: Any) -> Value:
    """As `canonical`; a date as people of Python have it is written as ISO text, too."""
    return canonical(value.isoformat() if isinstance(value, date) else value)


def canonical_detail(code: str, value: Any) -> Value:
    """As `canonical_form`; inside a name white space is one blank."""
    plain = canonical_form(value)
    return collapsed(plain) if code in NAME_CODES else plain


def collapsed(value: Value) -> Value:
    """White space inside a text is one blank."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise InvalidValue("Must be a text.")
    if len(value) > MAX_LENGTH:
        raise InvalidValue(f"Has {len(value)} characters; at most {MAX_LENGTH} are allowed.")
    return value


def _integer(value: Value) -> Value:
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return canonical(int(value))
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValue("Must be a whole number, like 42.")
    return value


def _decimal(value: Value) -> Value:
    if isinstance(value, bool):
        raise InvalidValue("Must be a number, like 12.50.")
    try:
        return canonical(Decimal(str(value)))
    except InvalidOperation:
        raise InvalidValue("Must be a number, like 12.50.") from None


def _boolean(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.casefold() in ("true", "false"):
        return value.casefold() == "true"
    raise InvalidValue("Must be true or false.")


def _date(value: Value) -> str:
    text = _text(value)
    if not _DATE.fullmatch(text):
        raise InvalidValue(NO_DATE)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise InvalidValue(NO_DAY) from error


def _email(value: Value) -> str:
    text = _text(value)
    try:
        validate_email(text)
    except ValidationError:
        raise InvalidValue("Must be an e-mail address, like name@example.org.") from None
    return text


def _phone(value: Value) -> str:
    text = _text(value)
    digits = sum(character.isdigit() for character in text)
    if len(text) > MAX_PHONE_LENGTH or digits < MIN_PHONE_DIGITS or not _PHONE.fullmatch(text):
        raise InvalidValue("Must be a phone number, like +354 555 1234.")
    return text


def _url(value: Value) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", text):
        raise InvalidValue("Must be a web address, like https://www.example.org.")
    return text


def _choice(value: Value, options: Sequence[str]) -> Value:
    if value not in options:
        raise InvalidValue(f"Must be one of: {', '.join(options)}.")
    return value


_CHECKS: Mapping[str, Callable[[Value], Value]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "url": _url,
}

VALUE_TYPES = (*_CHECKS, "choice")
