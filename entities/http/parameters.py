"""What stands in a path, a query string or a header → values, or a sentence and a 400."""

import re
from datetime import UTC, datetime
from uuid import UUID

from rest_framework.request import Request

from entities.refusals import Invalid, NotFound
from events.clock import MAX_INSTANT_US, MIN_INSTANT_US, us_of

_UID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WHOLE = re.compile(r"[0-9]{1,9}")
NO_INSTANT = (
    "This is no instant. Use YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, with another offset if you like."
)


def uid_of(text: str) -> UUID:
    """Raises NotFound: what is no id is nobody's id."""
    if not _UID.fullmatch(text):
        raise NotFound
    return UUID(text)


def check_names(request: Request, *, known: tuple[str, ...]) -> None:
    """A parameter that nobody reads would silently not be applied: one that is unknown, or the
    first of two. Raises Invalid."""
    sentence = f"Unknown parameter. Known here: {', '.join(known) or 'none'}."
    errors = {
        name[:64].replace("\x00", "?"): [sentence if name not in known else "Given twice."]
        for name, values in request.query_params.lists()
        if name not in known or len(values) > 1
    }
    if errors:
        raise Invalid(errors)


def text(request: Request, name: str, *, longest: int) -> str | None:
    """The parameter, trimmed; None if it is not there. Raises Invalid."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if "\x00" in value:
        raise Invalid({name: ["U+0000 is no text."]})
    if len(value) > longest:
        raise Invalid({name: [f"At most {longest} characters."]})
    return value.strip()


def limit(request: Request, *, default: int, most: int) -> int:
    """Raises Invalid for anything but a whole number from 1 to `most`."""
    return whole(request, "limit", default=default, most=most)


def whole(request: Request, name: str, *, default: int, most: int | None = None) -> int:
    """Raises Invalid for anything but a whole number from 1 to `most`."""
    value = request.query_params.get(name)
    if value is None:
        return default
    if not _WHOLE.fullmatch(value) or not 1 <= int(value) <= (most or int(value)):
        end = f"from 1 to {most}" if most else "from 1 on"
        raise Invalid({name: [f"Must be a whole number {end}."]})
    return int(value)


def flag(request: Request, name: str) -> bool:
    """Raises Invalid for anything but 1/true/yes/on and 0/false/no/off."""
    value = request.query_params.get(name, "0").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off", ""):
        return False
    raise Invalid({name: ["Must be 1 or 0."]})


def instant_us(value: str, *, name: str) -> int:
    """An RFC 3339 instant (no offset = UTC) or a date (its 00:00 UTC), in µs.

    Raises Invalid.
    """
    try:
        # A "+" that was not escaped arrives as a blank.
        instant = datetime.fromisoformat(value.strip().upper().replace(" ", "+"))
        instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
        us = us_of(instant)
    except (ValueError, OverflowError) as error:
        raise Invalid({name: [NO_INSTANT]}) from error
    if not MIN_INSTANT_US <= us <= MAX_INSTANT_US:
        raise Invalid({name: ["This instant is too far away."]})
    return us


def elsewhere(request: Request, cursor: str) -> str:
    """The address of the same request from another place of its list on."""
    query = request.query_params.copy()
    query.pop("page", None)
    query["cursor"] = cursor
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The header of a bare list that goes on; without a cursor it does not."""
    return {} if cursor is None else {"Link": f'<{elsewhere(request, cursor)}>; rel="next"'}
