"""Between what people say of a field and what an event says of it: whole, checked, only what is
new."""

from collections.abc import Mapping
from typing import Any

from entities.definitions import (
    CLASS,
    CODE,
    FIELD_PARTS,
    HELP,
    LABEL,
    OPTIONS,
    ORDER,
    TYPE,
    Errors,
    Part,
    Parts,
    checked_parts,
    completed,
)
from entities.models import DetailType
from entities.refusals import Invalid
from entities.values import checked
from events.event import InvalidValue


def checked_given(parts: Mapping[str, Any], *, code: str | None = None) -> dict[str, Part]:
    """Each part for itself, with CODE if there is one. Raises Invalid, with all that is wrong."""
    given = dict(parts) if code is None else {CODE: code, **parts}
    errors: Errors = {
        part.lower(): ["Unknown field."] for part in given if part not in (CODE, *FIELD_PARTS)
    }
    for part in (LABEL, TYPE, CLASS):
        if part in given and given[part] is None:
            errors[part.lower()] = ["This field is required."]
    checked, wrong = checked_parts({part: one for part, one in given.items() if one is not None})
    errors = wrong | errors
    if errors:
        raise Invalid(errors)
    return {part: checked.get(part) for part in given}


def said_reason(reason: str | None) -> str | None:
    """Raises Invalid."""
    try:
        said = checked(reason)
    except InvalidValue as error:
        raise Invalid({"reason": [str(error)]}) from error
    return None if said is None else str(said)


def completed_by(given: Parts, held: Parts) -> dict[str, Part]:
    """Raises Invalid."""
    whole, errors = completed(given, held)
    if errors:
        raise Invalid(errors)
    return whole


def parts_of(field: DetailType) -> dict[str, Part]:
    parts: dict[str, Part] = {
        LABEL: field.label,
        TYPE: field.value_type,
        OPTIONS: field.options or None,
        CLASS: field.data_class,
        HELP: field.help_text or None,
        ORDER: field.position,
    }
    return {part: parts.get(part, field.rules.get(part)) for part in FIELD_PARTS}


def changes_of(whole: Parts, known: DetailType | None) -> dict[str, Part]:
    """What the event has to say of it."""
    held = {} if known is None else parts_of(known)
    return {part: value for part, value in whole.items() if held.get(part) != value}
