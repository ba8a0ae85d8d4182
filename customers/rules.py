"""What makes a person of the registry: which values are allowed, and what is the least. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from entities.refusals import NO_DATE, NO_DAY, Invalid

PERSON = "PERSON"
# The four values that every customer has, by their key on the registry's face.
CODE_OF_KEY = {
    "surname": "SURNAME",
    "name": "NAME",
    "dob": "DOB",
    "document_number": "DOCUMENT_NUMBER",
}
CORE_CODES = frozenset(CODE_OF_KEY.values())
IDENTIFYING_CODES = ("SURNAME", "NAME", "DOCUMENT_NUMBER")

MAX_LENGTH = {"SURNAME": 200, "NAME": 200, "DOCUMENT_NUMBER": 64}
MAX_EXTRA_LENGTH = 2_000
MAX_EXTRA_FIELDS = 100
FIRST_DOB = date(1850, 1, 1)

NEEDS_IDENTIFIER = "Give at least a surname, a name or a document number."
NOT_BORN = "A birth date cannot be in the future."
NO_TEXT = "Not a valid string."

Errors = dict[str, list[str]]

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_person(*, details: Mapping[str, Any], display_name: str | None, today: date) -> None:
    """The rules that hold on both faces, about what the person would be after the write.

    Raises Invalid, by detail code; `non_field_errors` for what belongs to none.
    """
    errors: Errors = {}
    if not (display_name or any(details.get(code) for code in IDENTIFYING_CODES)):
        errors["non_field_errors"] = [NEEDS_IDENTIFIER]
    for code in sorted(CORE_CODES):
        if found := check_value(code, details.get(code)):
            errors[code] = found
    birth = date_of(details.get("DOB"))
    if birth is not None and birth > today:
        errors["DOB"] = [NOT_BORN]
    extras = {code: value for code, value in details.items() if code not in CORE_CODES}
    if len(extras) > MAX_EXTRA_FIELDS:
        errors["details"] = [f"At most {MAX_EXTRA_FIELDS} extra fields."]
    for code in sorted(extras):
        if is_too_long(extras[code]):
            errors[code] = [f"At most {MAX_EXTRA_LENGTH} characters."]
    if errors:
        raise Invalid(errors)


def check_value(code: str, value: Any) -> list[str]:
    """What is wrong with one of the four values; nothing for null."""
    if value is None:
        return []
    if not isinstance(value, str):
        return [NO_DATE if code == "DOB" else NO_TEXT]
    if code == "DOB":
        return _check_dob(value)
    if len(value) > MAX_LENGTH[code]:
        return [f"Ensure this field has no more than {MAX_LENGTH[code]} characters."]
    return []


def date_of(value: Any) -> date | None:
    """The day of an ISO date, None for anything else."""
    if not isinstance(value, str) or not _ISO_DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_too_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > MAX_EXTRA_LENGTH


def _check_dob(value: str) -> list[str]:
    day = date_of(value)
    if day is None:
        return [NO_DAY if _ISO_DATE.fullmatch(value) else NO_DATE]
    if day < FIRST_DOB:
        return [f"A birth date cannot be before {FIRST_DOB}."]
    return []
