"""The parameters `as_of`, `from` and `to` → instants in µs; intervals are [from, to)."""

from datetime import date

from rest_framework.request import Request

from entities.http import parameters
from entities.refusals import Invalid
from events.clock import MAX_INSTANT_US

MAX_LENGTH = 64
DAY_US = 24 * 60 * 60 * 1_000_000
REQUIRED = "This field is required."
REVERSED = "Must not be before `from`."


def as_of_us(request: Request) -> int:
    """A date is its 00:00 UTC. Raises Invalid, also when it is missing or empty."""
    return parameters.instant_us(_given(request, "as_of"), name="as_of")


def period_us(request: Request) -> tuple[int, int]:
    """A date as `to` is there as a whole day: it ends at 00:00 UTC of the next one. Raises Invalid
    when a side is missing, or both are reversed."""
    start, end = _given(request, "from"), _given(request, "to")
    from_us = parameters.instant_us(start, name="from")
    to_us = parameters.instant_us(end, name="to")
    end_us = min(to_us + DAY_US, MAX_INSTANT_US) if _is_date(end) else to_us
    # Two dates have their order as dates; an instant may lie inside the last day.
    if (to_us if _is_date(start) else end_us) < from_us:
        raise Invalid({"to": [REVERSED]})
    return from_us, end_us


def _given(request: Request, name: str) -> str:
    value = parameters.text(request, name, longest=MAX_LENGTH)
    if not value:
        raise Invalid({name: [REQUIRED]})
    return value


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
