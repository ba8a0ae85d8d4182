"""What a field asks of its values beyond their type: bounds, a length, a form. Data, never a
program: whatever a peer wrote there, each value is looked at once from end to end. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from events.event import InvalidValue

MIN, MAX, MAX_LENGTH, FORMAT = "MIN", "MAX", "MAX_LENGTH", "FORMAT"
RULE_PARTS = (MIN, MAX, MAX_LENGTH, FORMAT)

# Which of them a type of values knows.
RULES_OF_TYPE: Mapping[str, frozenset[str]] = {
    "text": frozenset({MAX_LENGTH, FORMAT}),
    "integer": frozenset({MIN, MAX}),
    "decimal": frozenset({MIN, MAX}),
    "date": frozenset({MIN, MAX}),
    "email": frozenset({MAX_LENGTH}),
    "url": frozenset({MAX_LENGTH}),
    "phone": frozenset(),
    "boolean": frozenset(),
    "choice": frozenset(),
}

# Inside a form; every other sign stands for itself.
LETTER, DIGIT, EITHER = "A", "9", "X"
FORM_IN_WORDS = "A = a letter, 9 = a digit, X = either"

Bound = int | Decimal | date


def check_rules(value: Any, *, value_type: str, rules: Mapping[str, Any]) -> None:
    """`value`: canonical and of its type. Raises InvalidValue, with what would be right."""
    known = RULES_OF_TYPE.get(value_type, frozenset())
    asked = {part: rules[part] for part in known & rules.keys()}
    least, most = (as_bound(asked.get(part), value_type) for part in (MIN, MAX))
    size = as_bound(value, value_type) if asked else None
    if size is not None:
        _check_bounds(size, least, most)
    if isinstance(value, str):
        _check_text(value, asked)


def as_bound(value: Any, value_type: str) -> Any:
    """What values of this type are compared by; None for what is no such value."""
    try:
        if value_type == "integer":
            return value if type(value) is int else None
        if value_type == "decimal":
            number = Decimal(value) if isinstance(value, str) else None
            return number if number is None or number.is_finite() else None
        if value_type == "date":
            return date.fromisoformat(value) if isinstance(value, str) else None
    except (InvalidOperation, ValueError):
        return None
    return None


def has_form(value: str, form: str) -> bool:
    return len(value) == len(form) and all(map(_fits, value, form))


def rules_in_words(*, value_type: str, rules: Mapping[str, Any]) -> str:
    """For people who fill the field in: "1 to 10"; "" when anything of the type will do."""
    known = RULES_OF_TYPE.get(value_type, frozenset())
    asked = {part: rules[part] for part in RULE_PARTS if part in known and part in rules}
    said = []
    if MIN in asked and MAX in asked:
        said.append(f"{asked[MIN]} to {asked[MAX]}")
    elif MIN in asked:
        said.append(f"{asked[MIN]} or {'later' if value_type == 'date' else 'more'}")
    elif MAX in asked:
        said.append(f"{asked[MAX]} or {'earlier' if value_type == 'date' else 'less'}")
    if MAX_LENGTH in asked:
        said.append(f"at most {asked[MAX_LENGTH]} characters")
    if FORMAT in asked:
        said.append(f"like {asked[FORMAT]} ({FORM_IN_WORDS})")
    return ", ".join(said)


def _check_bounds(size: Any, least: Any, most: Any) -> None:
    if least is not None and size < least:
        raise InvalidValue(f"Must be {least} or {_beyond(least, 'more', 'later')}.")
    if most is not None and size > most:
        raise InvalidValue(f"Must be {most} or {_beyond(most, 'less', 'earlier')}.")


def _beyond(bound: Bound, of_numbers: str, of_days: str) -> str:
    return of_days if isinstance(bound, date) else of_numbers


def _check_text(value: str, asked: Mapping[str, Any]) -> None:
    longest, form = asked.get(MAX_LENGTH), asked.get(FORMAT)
    if type(longest) is int and len(value) > longest:
        raise InvalidValue(f"Has {len(value)} characters; at most {longest} are allowed.")
    if isinstance(form, str) and not has_form(value, form):
        raise InvalidValue(f"Must look like {form} ({FORM_IN_WORDS}).")


def _fits(sign: str, asked: str) -> bool:
    is_digit = "0" <= sign <= "9"
    if asked == DIGIT:
        return is_digit
    if asked == LETTER:
        return sign.isalpha()
    return is_digit or sign.isalpha() if asked == EITHER else sign == asked
