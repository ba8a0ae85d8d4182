"""What a client asks to be written, read into canonical form before anything is locked. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from entities import values
from entities.refusals import Invalid
from events.clock import MAX_AHEAD_US, MIN_INSTANT_US
from events.event import InvalidValue, canonical
from events.payload import DETAIL_CODE_PATTERN

# The registry's four values and its 100 extra fields.
MAX_DETAILS = 104
MAX_NAME_LENGTH = 400
LATER_THAN_NOW = "Must not be later than now."
TOO_EARLY = "Must not be before the year 1."
NO_INSTANT = "Must be an instant in whole microseconds since 1970."

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DetailChange:
    """One detail as a client gives it: `value` None closes it; `valid_from` in µs, None = the
    write's own."""

    detail_code: str
    value: Any
    valid_from: int | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A write in canonical form. `valid_from` None = now, in its details, too; a name or type that
    is None was not given."""

    entity_type: str | None
    display_name: str | None
    valid_from: int | None
    details: tuple[DetailChange, ...]
    reason: str | None


def read_wish(
    *,
    now_us: int,
    entity_type: str | None,
    display_name: str | None,
    details: Iterable[DetailChange],
    valid_from: int | None,
    reason: str | None,
) -> Wish:
    """Raises Invalid, with all that is wrong at once."""
    errors: Errors = {}
    since = _instant(valid_from, now_us, "valid_from", errors)
    wish = Wish(
        entity_type=entity_type.strip().upper() if entity_type else None,
        display_name=_text(display_name, MAX_NAME_LENGTH, "display_name", errors),
        valid_from=since,
        details=tuple(_detail(change, since, now_us, errors) for change in details),
        reason=_text(reason, values.MAX_LENGTH, "reason", errors),
    )
    _check_codes(wish, errors)
    if display_name is not None and wish.display_name is None:
        errors.setdefault("display_name", ["Must not be empty."])
    if errors:
        raise Invalid(errors)
    return wish


def _detail(change: DetailChange, since: int | None, now_us: int, errors: Errors) -> DetailChange:
    code = change.detail_code.strip().upper()
    if change.valid_from is not None:
        since = _instant(change.valid_from, now_us, code, errors)
    try:
        return DetailChange(code, values.canonical_form(change.value), since)
    except InvalidValue as error:
        errors.setdefault(code, []).append(str(error))
        return DetailChange(code, None, since)


def _check_codes(wish: Wish, errors: Errors) -> None:
    seen: set[str] = set()
    for change in wish.details:
        code = change.detail_code
        if code in seen:
            errors.setdefault(code, []).append("Given twice; send each detail once.")
        elif not DETAIL_CODE_PATTERN.fullmatch(code):
            sentence = f"{code[:64]!r} is no detail code: use letters, digits and underscores."
            errors.setdefault("details", []).append(sentence)
        seen.add(code)
    if len(seen) > MAX_DETAILS:
        errors.setdefault("details", []).append(f"At most {MAX_DETAILS} details in one write.")


def _instant(value: int | None, now_us: int, field: str, errors: Errors) -> int | None:
    """None for now. A clock may be a little ahead of ours: its now is read as ours."""
    if value is None:
        return None
    sentence = None
    if isinstance(value, bool) or not isinstance(value, int):
        sentence = NO_INSTANT
    elif value < MIN_INSTANT_US:
        sentence = TOO_EARLY
    elif value > now_us + MAX_AHEAD_US:
        sentence = LATER_THAN_NOW
    if sentence:
        errors.setdefault(field, []).append(sentence)
        return None
    return None if value >= now_us else value


def _text(value: str | None, greatest: int, field: str, errors: Errors) -> str | None:
    if value is None:
        return None
    try:
        text = canonical(value)
    except InvalidValue as error:
        errors.setdefault(field, []).append(str(error))
        return None
    if text is not None and (not isinstance(text, str) or len(text) > greatest):
        sentence = f"Must be a text of at most {greatest} characters."
        errors.setdefault(field, []).append(sentence)
        return None
    return text
