"""One retention policy: how long a customer stays, counted from which fact. Pure.

A policy concerns all customers, or those who hold or held a value of one class of personal data.
Where several concern somebody, the earliest day counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entities.definitions import checked_part, whole_number
from entities.refusals import Invalid
from events.event import InvalidValue

CHANGED, CREATED, DATE = "changed", "created", "date"
BASES = (CHANGED, CREATED, DATE)

MAX_DAYS = 36_525  # a hundred years
MAX_DELAY_DAYS = 365
DEFAULT_DELAY_DAYS = 7
MAX_REASON_LENGTH = 500
DAY_US = 86_400_000_000

Part = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Policy:
    """`days` after the last change, the creation, or the day that the date field `field` holds (the
    end of a contract); then, once approved if that is needed, `delay_days` until the erasure."""

    code: str
    label: str
    basis: str
    days: int
    field: str | None = None
    data_class: str | None = None
    delay_days: int = DEFAULT_DELAY_DAYS
    needs_approval: bool = True
    is_active: bool = True
    is_built_in: bool = False

    @property
    def span_us(self) -> int:
        return self.days * DAY_US

    def parts(self) -> dict[str, Part]:
        """As events say it."""
        return {
            "CODE": self.code,
            "LABEL": self.label,
            "BASIS": self.basis,
            "DAYS": self.days,
            "FIELD": self.field,
            "CLASS": self.data_class,
            "DELAY_DAYS": self.delay_days,
            "APPROVAL": self.needs_approval,
        }


def policy_of(parts: Mapping[str, Any]) -> Policy | None:
    """What the details of a definition come to; None when peers' events left it without the parts
    that it needs: such a policy does nothing, and is shown as incomplete."""
    try:
        checked = checked_parts({name: parts.get(name) for name in PARTS})
    except Invalid:
        return None
    return Policy(
        code=str(checked["CODE"]),
        label=str(checked["LABEL"]),
        basis=str(checked["BASIS"]),
        days=int(checked["DAYS"] or 0),
        field=_text_or_none(checked["FIELD"]),
        data_class=_text_or_none(checked["CLASS"]),
        delay_days=int(checked["DELAY_DAYS"] or 0),
        needs_approval=bool(checked["APPROVAL"]),
        is_active=parts.get("STATUS") == "authorised",
    )


def checked_parts(parts: Mapping[str, Any]) -> dict[str, Part]:
    """The canonical parts of a policy. Raises Invalid with all that is wrong, by the names of the
    API: basis, days, field …"""
    checked: dict[str, Part] = {}
    errors: dict[str, list[str]] = {}
    for name, check in PARTS.items():
        try:
            checked[name] = check(parts.get(name))
        except InvalidValue as error:
            errors[name.lower()] = [str(error)]
    if not errors and (checked["BASIS"] == DATE) != (checked["FIELD"] is not None):
        errors["field"] = ["Name the date field for the basis date, and for no other basis."]
    if errors:
        raise Invalid(errors)
    return checked


def span_in_words(days: int) -> str:
    """ "2 years", "18 months", "45 days"."""
    for size, unit in ((365, "year"), (30, "month")):
        if days >= size and days % size == 0:
            return _counted(days // size, unit)
    return _counted(days, "day")


def reason_in_words(policy: Policy, field_label: str = "") -> str:
    """Why somebody is due: "2 years unchanged"."""
    span = span_in_words(policy.days)
    if policy.basis == CHANGED:
        return f"{span} unchanged"
    if policy.basis == CREATED:
        return f"{span} after the creation"
    return f"{span} after {field_label or policy.field}"


def _counted(count: int, unit: str) -> str:
    return f"{count:,} {unit}" if count == 1 else f"{count:,} {unit}s"


def _text_or_none(value: Part) -> str | None:
    return value if isinstance(value, str) else None


def _of(part: str) -> Callable[[Any], Part]:
    def check(value: Any) -> Part:
        found = checked_part(part, value)
        return found if isinstance(found, str) else str(found)

    return check


def _or_nothing(check: Callable[[Any], Part]) -> Callable[[Any], Part]:
    return lambda value: None if value in (None, "") else check(value)


def _basis(value: Any) -> str:
    return _one_of(value, BASES)


def _whole(at_least: int, at_most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:9])
        return whole_number(value, at_least, at_most)

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("Must be true or false.")
    return value


def _one_of(value: Any, known: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise InvalidValue(f"Must be one of: {', '.join(known)}.")
    return value


PARTS: Mapping[str, Callable[[Any], Part]] = {
    "CODE": _of("CODE"),
    "LABEL": _of("LABEL"),
    "BASIS": _basis,
    "DAYS": _whole(1, MAX_DAYS),
    "FIELD": _or_nothing(_of("CODE")),
    "CLASS": _or_nothing(_of("CLASS")),
    "DELAY_DAYS": _whole(0, MAX_DELAY_DAYS),
    "APPROVAL": _flag,
}
