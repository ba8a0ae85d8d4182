"""What a client asks to be written: into canonical form before anything is locked, then beside
what holds: equal values are left out, the rest has to be recorded. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from entities import values
from entities.assertions import is_same_value
from entities.refusals import Invalid
from entities.timelines import NAME, PERSON, SURNAME, person_name
from entities.version_rows import Stored
from entities.what_holds import Holding
from events.clock import MAX_AHEAD_US, MIN_INSTANT_US, instant_of
from events.event import InvalidValue, canonical
from events.payload import DETAIL_CODE_PATTERN

# The registry's four values and its 100 extra fields.
MAX_DETAILS = 104
MAX_NAME_LENGTH = 400
LATER_THAN_NOW = "Must not be later than now."
TOO_EARLY = "Must not be before the year 1."
NO_INSTANT = "Must be an instant in whole microseconds since 1970."
NAME_IS_COMPUTED = (
    "A person's display name is made of surname and name; change those. One given by you counts "
    "only while both are missing."
)
NAME_IS_REQUIRED = "This field is required."

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
        display_name=_text(values.collapsed(display_name), MAX_NAME_LENGTH, "display_name", errors),
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
        return DetailChange(code, values.canonical_detail(code, change.value), since)
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


def _text(value: values.Value, greatest: int, field: str, errors: Errors) -> str | None:
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


class FieldType(Protocol):
    """What has to be known of an authorised detail type."""

    value_type: str
    options: Sequence[str]
    rules: Mapping[str, Any]


FieldTypes = Mapping[str, FieldType]


@dataclass(slots=True)
class Assertion:
    """What one event will say; `valid_from` None = the instant of the event."""

    valid_from: int | None
    entity_type: str | None = None
    display_name: str | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def data(self, reason: str | None) -> dict[str, Any]:
        parts = {
            "valid_from": self.valid_from,
            "entity_type": self.entity_type,
            "display_name": self.display_name,
            "details": self.details or None,
            "reason": reason,
        }
        return {key: part for key, part in parts.items() if part is not None}

    @property
    def codes(self) -> list[str]:
        given = [("entity_type", self.entity_type), ("display_name", self.display_name)]
        return sorted(self.details) + [name for name, value in given if value is not None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The entity as it would be now. `asserted_name`: the name that clients gave, if it counts."""

    entity_type: str
    asserted_name: str | None
    details: Mapping[str, Any]


def creation(wish: Wish, types: FieldTypes) -> list[Assertion]:
    """The first event and those of details that hold from later on. Raises Invalid."""
    checked = checked_details(wish, Holding(Stored()), types)
    begins = wish.valid_from
    errors: Errors = {
        change.detail_code: ["Must not begin before its entity does."]
        for change in checked
        if change.valid_from is not None and (begins is None or change.valid_from < begins)
    }
    given = {change.detail_code: change.value for change in checked if change.value is not None}
    is_named = wish.entity_type == PERSON and any(given.get(code) for code in (SURNAME, NAME))
    if wish.entity_type != PERSON and wish.display_name is None:
        errors["display_name"] = [NAME_IS_REQUIRED]
    if errors:
        raise Invalid(errors)
    first = Assertion(begins, wish.entity_type, None if is_named else wish.display_name)
    return _by_instant(first, [change for change in checked if change.value is not None])


def content(assertions: Sequence[Assertion]) -> tuple[str | None, str | None, dict[str, Any]]:
    """Type, name and details that a creation comes to."""
    details = {code: value for one in assertions for code, value in one.details.items()}
    first = assertions[0]
    name = first.display_name
    if first.entity_type == PERSON:
        name = person_name(details.get(SURNAME), details.get(NAME)) or name
    return first.entity_type, name, details


def change(wish: Wish, holding: Holding, types: FieldTypes) -> list[Assertion]:
    """What is new in the wish, an assertion per instant; nothing: []. Raises Invalid."""
    _check_life(wish, holding)
    details = [
        one
        for one in checked_details(wish, holding, types)
        if not is_same_value(one.value, holding.value_at(one.detail_code, one.valid_from))
    ]
    held = holding.entity_at(wish.valid_from)
    first = Assertion(wish.valid_from)
    if held and wish.entity_type != held.entity_type:
        first.entity_type = wish.entity_type
    # With a new type the shown name is given anew: a computed one was never asserted.
    if held and (first.entity_type or wish.display_name != held.display_name):
        first.display_name = wish.display_name
    _check_name(first, details, holding)
    assertions = _by_instant(first, details)
    return [one for one in assertions if one.codes]


def outcome(assertions: Sequence[Assertion], holding: Holding) -> Outcome:
    """What the entity would be now. Raises Invalid when it would have too many details."""
    now = holding.entity_at(None)
    details = holding.details_now()
    name = asserted_name(holding)
    entity_type = now.entity_type if now else None
    for one in assertions:
        name = one.display_name or name
        entity_type = one.entity_type or entity_type
        for code, value in one.details.items():
            if holding.would_stand(code, one.valid_from):
                details[code] = value
    left = {code: value for code, value in details.items() if value is not None}
    if len(left) > MAX_DETAILS:
        raise Invalid({"details": [f"An entity has at most {MAX_DETAILS} details."]})
    return Outcome(entity_type or "", name, left)


def asserted_name(holding: Holding) -> str | None:
    """The display name that clients gave, if it is what shows now."""
    now = holding.entity_at(None)
    if now is None:
        return None
    details = holding.details_now()
    is_computed = now.entity_type == PERSON and any(code in details for code in (SURNAME, NAME))
    return None if is_computed else now.display_name


def checked_details(wish: Wish, holding: Holding, types: FieldTypes) -> list[DetailChange]:
    """With values of their types. Raises Invalid."""
    errors: Errors = {}
    checked = []
    for one in wish.details:
        try:
            value = _checked(one, holding.value_at(one.detail_code, one.valid_from), types)
            checked.append(DetailChange(one.detail_code, value, one.valid_from))
        except InvalidValue as error:
            errors[one.detail_code] = [str(error)]
    if errors:
        raise Invalid(errors)
    return checked


def _checked(one: DetailChange, held: Any, types: FieldTypes) -> values.Value:
    """A held value may stay or go whatever the vocabulary says by now."""
    if held is not None and (one.value is None or is_same_value(one.value, held)):
        return values.canonical_form(one.value)
    field_type = types.get(one.detail_code)
    if field_type is None:
        raise InvalidValue(f"Unknown field. Known fields: {', '.join(sorted(types))}.")
    return values.checked(
        one.value,
        value_type=field_type.value_type,
        options=field_type.options,
        rules=field_type.rules,
    )


def _check_life(wish: Wish, holding: Holding) -> None:
    birth = holding.birth
    instants = {wish.valid_from, *(one.valid_from for one in wish.details)}
    for at in instants - {None}:
        if holding.entity_at(at) is None:
            sentence = "The entity was deleted at that time."
            if at is not None and birth is not None and at < birth:
                sentence = f"Must not be before the entity's life, which begins {_shown(birth)}."
            raise Invalid({"valid_from": [sentence]})


def _check_name(first: Assertion, details: Sequence[DetailChange], holding: Holding) -> None:
    held = holding.entity_at(first.valid_from)
    entity_type = first.entity_type or (held and held.entity_type)
    if entity_type != PERSON:
        if first.entity_type is not None and first.display_name is None:
            raise Invalid({"display_name": [NAME_IS_REQUIRED]})
        return
    given = {one.detail_code: one.value for one in details if one.valid_from == first.valid_from}
    names = [given.get(code, holding.value_at(code, first.valid_from)) for code in (SURNAME, NAME)]
    if first.display_name is not None and any(names):
        raise Invalid({"display_name": [NAME_IS_COMPUTED]})


def _by_instant(first: Assertion, details: Sequence[DetailChange]) -> list[Assertion]:
    """Oldest first, now last."""
    by_instant = {first.valid_from: first}
    for one in details:
        at = one.valid_from
        by_instant.setdefault(at, Assertion(at)).details[one.detail_code] = one.value
    back_dated = sorted(at for at in by_instant if at is not None)
    return [by_instant[at] for at in (*back_dated, None) if at in by_instant]


def _shown(at: int) -> str:
    return instant_of(at).isoformat()
