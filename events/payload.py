"""What `data` of each event type must look like, so that whatever decodes also folds.

Fields not listed here are ignored (a later version may add some), but in all of `data` there are
no floats, no U+0000 and no deep nesting: those would not survive the tables or the digest.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from events.clock import MAX_INSTANT_US, MIN_INSTANT_US

MAX_DEPTH = 16
EXACT_INT_LIMIT = 2**53

UUID_PATTERN = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Upper case keeps detail codes apart from the other attributes (alive, hold:…), which are lower.
DETAIL_CODE_PATTERN = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
HOLD_ID_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Field(NamedTuple):
    """One field of `data`: the rule, and the rule in words for whoever gets it wrong."""

    is_valid: Callable[[Any], bool]
    expected: str
    is_required: bool = True

    def or_absent(self) -> "Field":
        return self._replace(is_required=False)


def is_uuid(value: Any) -> bool:
    return isinstance(value, str) and UUID_PATTERN.fullmatch(value) is not None


def is_instant(value: Any) -> bool:
    return type(value) is int and MIN_INSTANT_US <= value <= MAX_INSTANT_US


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_scalar(value: Any) -> bool:
    if type(value) is int:
        return -EXACT_INT_LIMIT < value < EXACT_INT_LIMIT
    return value is None or isinstance(value, str | bool)


def _is_detail_code(code: str) -> bool:
    return DETAIL_CODE_PATTERN.fullmatch(code) is not None


def _are_details(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_detail_code(code) and _is_scalar(item) for code, item in value.items()
    )


def _are_options(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_vocabulary_details(value: Any) -> bool:
    return isinstance(value, dict) and all(
        _is_detail_code(code) and (_is_scalar(item) or (code == "OPTIONS" and _are_options(item)))
        for code, item in value.items()
    )


def _is_hold_id(value: Any) -> bool:
    return isinstance(value, str) and HOLD_ID_PATTERN.fullmatch(value) is not None


_UUID = Field(is_uuid, "a UUID")
_INSTANT = Field(is_instant, "an instant in whole microseconds since 1970")
_TEXT = Field(_is_text, "a text")
_NULLABLE = Field(_is_text_or_null, "a text or null", is_required=False)
_TEXTS = Field(_are_options, "a list of texts")
_FLAG = Field(lambda value: isinstance(value, bool), "true or false")
_HOLD_ID = Field(_is_hold_id, "1 to 64 letters, digits, hyphens or underscores")
_DETAILS = Field(
    _are_details, "an object of upper-case codes and text, whole number, true, false or null"
)
_VOCABULARY_DETAILS = Field(
    _are_vocabulary_details,
    "an object of upper-case codes and text, whole number, true, false or null (OPTIONS: texts)",
)

_ANY_TYPE = {"valid_from": _INSTANT.or_absent(), "salt": _TEXT.or_absent(), "reason": _NULLABLE}
_ASSERTIONS = {
    "entity_type": _NULLABLE,
    "display_name": _NULLABLE,
    "details": _DETAILS.or_absent(),
}
_VOCABULARY = {"details": _VOCABULARY_DETAILS}

DATA_FIELDS: Mapping[str, Mapping[str, Field]] = {
    "entity.created.v1": _ASSERTIONS,
    "entity.updated.v1": _ASSERTIONS,
    "conflict.resolved.v1": _ASSERTIONS,
    "entity.deleted.v1": {},
    "entity.restored.v1": {},
    "entity.unmerged.v1": {},
    "entity.merged.v1": {"into": _UUID, "chosen": _UUID.or_absent()},
    "entity.distinguished.v1": {"other": _UUID, "same": _FLAG},
    "hold.placed.v1": {"hold_id": _HOLD_ID, "reference": _NULLABLE},
    "hold.lifted.v1": {"hold_id": _HOLD_ID},
    "erasure.scheduled.v1": {"execute_after": _INSTANT, "basis": _TEXT},
    "erasure.cancelled.v1": {"scheduled": _UUID},
    "entity.restricted.v1": {},
    "entity.unrestricted.v1": {},
    "entity.erased.v1": {
        "basis": _TEXT,
        "scheduled": _UUID.or_absent(),
        "scheduled_at": _INSTANT.or_absent(),
        "execute_after": _INSTANT.or_absent(),
        "unanswered": _TEXTS.or_absent(),
    },
    "event.voided.v1": {"event_id": _UUID},
    "detail_type.proposed.v1": _VOCABULARY,
    "detail_type.authorised.v1": _VOCABULARY,
    "detail_type.rejected.v1": _VOCABULARY,
    "detail_type.retired.v1": _VOCABULARY,
    "detail_type.amended.v1": _VOCABULARY,
    "entity_type.defined.v1": _VOCABULARY,
    "location.joined.v1": _VOCABULARY,
    "location.retired.v1": _VOCABULARY,
    "retention_policy.defined.v1": _VOCABULARY,
    "retention_policy.retired.v1": _VOCABULARY,
}


def problem_of(event_type: str, data: Mapping[str, Any]) -> str | None:
    """What is wrong with this `data`, without any value of it; None when it may be folded.
    Types unknown here are only looked through for what no version may carry."""
    fields = DATA_FIELDS.get(event_type)
    if fields is not None:
        problem = _field_problem({**_ANY_TYPE, **fields}, data)
        if problem:
            return problem
    return _unstorable(data, MAX_DEPTH)


def _field_problem(fields: Mapping[str, Field], data: Mapping[str, Any]) -> str | None:
    for name, field in fields.items():
        if name not in data:
            if field.is_required:
                return f"data.{name} is missing; it must be {field.expected}."
        elif not field.is_valid(data[name]):
            return f"data.{name} must be {field.expected}."
    return None


def _unstorable(value: Any, depth: int) -> str | None:
    if isinstance(value, str):
        return "data contains the character U+0000; remove it." if "\x00" in value else None
    if isinstance(value, float):
        return "data contains a number that is not a whole one; write decimals as text."
    if not isinstance(value, dict | list):
        return None
    if depth == 0:
        return f"data is nested deeper than {MAX_DEPTH} levels."
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
    return next((found for part in parts if (found := _unstorable(part, depth - 1))), None)
