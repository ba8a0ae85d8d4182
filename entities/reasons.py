"""What people say beside an act, in canonical form or why it cannot be stored. Pure."""

from typing import Any

from entities.refusals import Invalid
from entities.values import MAX_LENGTH
from events.event import InvalidValue, canonical

NEEDS_REASON = "Say why; whoever comes later has to understand it."


def said(
    *, reason: Any, reference: Any = None, is_reason_needed: bool = True, longest: int = MAX_LENGTH
) -> dict[str, str]:
    """Of `reason` and `reference` what was said at all. Raises Invalid."""
    errors: dict[str, list[str]] = {}
    found = {}
    for field, value in (("reason", reason), ("reference", reference)):
        text = _text(value, field, longest, errors)
        if text is not None:
            found[field] = text
    if is_reason_needed and "reason" not in found and not errors:
        errors["reason"] = [NEEDS_REASON]
    if errors:
        raise Invalid(errors)
    return found


def _text(value: Any, field: str, longest: int, errors: dict[str, list[str]]) -> str | None:
    try:
        text = canonical(value)
    except InvalidValue as error:
        errors[field] = [str(error)]
        return None
    if text is None or (isinstance(text, str) and len(text) <= longest):
        return text
    errors[field] = [f"Must be a text of at most {longest} characters."]
    return None
