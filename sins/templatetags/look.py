"""Icons, instants, numbers and location marks, as every page shows them (the words of the look)."""

import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MINUS = "\u2212"
LOCATION_COLOURS = (3, 1, 4, 5, 2)  # chart colours, in the order that keeps neighbours apart
NEAR = timedelta(days=7)  # nearer than this a date may also be said as "12 s ago"
LEAST_SHARE = 0.005  # of what is not nothing
MOST_SHARE = 0.995  # from here on it would be rounded to everything
UNITS = ((86_400, "day"), (3_600, "h"), (60, "min"), (1, "s"))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite, always beside a word or inside something that has a name."""
    css = f"icon icon-{size}" if size else "icon"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


def as_instant(value: Any) -> datetime | None:
    """An aware datetime from what queries and the API give: datetime, RFC 3339, µs, nothing."""
    if value in (None, ""):
        return None
    if isinstance(value, int):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day_words(moment: datetime) -> str:
    return f"{moment.day} {moment:%b} {moment.year}"


def instant_words(moment: datetime, now: datetime, *, seconds: str = "") -> str:
    """ "today, 11:41" or "21 Nov 2026, 11:42"; both arguments in the reader's zone."""
    clock = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    if moment.date() == now.date():
        return f"today, {clock}"
    return f"{day_words(moment)}, {clock}"


def ago_words(moment: datetime, now: datetime) -> str:
    """ "12 s ago", "in 3 days"; empty for instants a week or more away."""
    distance = now - moment
    if abs(distance) >= NEAR:
        return ""
    words = duration_words(abs(distance).total_seconds())
    return f"{words} ago" if distance >= timedelta(0) else f"in {words}"


def duration_words(seconds: float) -> str:
    """A duration in its greatest unit: "0.4 s", "12 s", "4 min", "3 days"."""
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    for size, unit in UNITS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if unit == 'day' and count != 1 else ''}"
    return "0 s"


def _time_element(moment: datetime, words: str) -> SafeString:
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        utc.isoformat().replace("+00:00", "Z"),
        f"{day_words(utc)}, {utc:%H:%M:%S}",
        words,
    )


@register.filter
def when(value: Any) -> SafeString | str:
    """ "21 Nov 2026, 11:42" in the reader's zone, with UTC in the markup."""
    moment = as_instant(value)
    if moment is None:
        return ""
    now = timezone.localtime()
    return _time_element(moment, instant_words(timezone.localtime(moment), now))


@register.filter
def when_exactly(value: Any) -> SafeString | str:
    moment = as_instant(value)
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return _time_element(moment, f"{day_words(local)}, {local:%H:%M:%S}")


@register.filter
def on_day(value: Any) -> SafeString | str:
    """The day alone: "10 Mar 2024", "today"."""
    moment = as_instant(value)
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    words = "today" if local.date() == timezone.localdate() else day_words(local)
    return _time_element(moment, words)


@register.filter
def at_clock(value: Any) -> SafeString | str:
    moment = as_instant(value)
    return _time_element(moment, f"{timezone.localtime(moment):%H:%M}") if moment else ""


@register.filter
def at_second(value: Any) -> SafeString | str:
    moment = as_instant(value)
    return _time_element(moment, f"{timezone.localtime(moment):%H:%M:%S}") if moment else ""


@register.filter
def on_weekday(value: Any) -> str:
    """The head of a day's rows: "Today, Saturday 21 November 2026"."""
    moment = as_instant(value)
    if moment is None:
        return ""
    day = timezone.localtime(moment).date()
    words = f"{day:%A} {day.day} {day:%B} {day.year}"
    return f"Today, {words}" if day == timezone.localdate() else words


@register.filter
def stamp(value: Any) -> str:
    """An instant for a link: RFC 3339 in UTC, exact to the microsecond."""
    moment = as_instant(value)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else ""


@register.filter
def ago(value: Any) -> str:
    moment = as_instant(value)
    return ago_words(moment, timezone.now()) if moment else ""


@register.filter
def duration(seconds: Any) -> str:
    return "" if seconds is None else duration_words(float(seconds))


@register.filter
def took(seconds: float | None) -> str:
    """How long something took: "<1 ms", "38 ms", "4.1 s", "3 min"."""
    if seconds is None:
        return ""
    if seconds < 0.001:
        return "<1 ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else duration_words(seconds)


@register.filter
def number(value: Any) -> str:
    """ "48,210", with a true minus."""
    return "" if value is None else f"{value:,}".replace("-", MINUS)


@register.filter
def percent(share: Any) -> str:
    """A share 0…1 as a whole percentage, without the sign; never rounded to certainty."""
    if 0 < share < LEAST_SHARE:
        return "<1"
    if MOST_SHARE <= share < 1:
        return ">99"
    return str(100 if share >= 1 else round(float(share) * 100))


@register.filter
def initials(name: str) -> str:
    """Two letters for a person's mark: "m.rossi" is MR, "jkovács" is JK."""
    parts = [part for part in name.replace("_", ".").replace("-", ".").split(".") if part]
    letters = parts[0][0] + parts[1][0] if len(parts) > 1 else name[:2]
    return letters.upper()


@register.filter
def location_colour(location_id: str) -> str:
    """The class of a location's square: numbered locations in order, others by their name."""
    digits = "".join(char for char in location_id if char.isdigit())
    place = int(digits) - 1 if digits else zlib.crc32(location_id.encode())
    return f"loc-{LOCATION_COLOURS[place % len(LOCATION_COLOURS)]}"


@register.filter
def role_words(role: str) -> str:
    return role.replace("_", " ")


@register.filter
def short_id(value: Any) -> str:
    """Enough of an id to recognise it; the whole one stands in its title."""
    text = str(value)
    return f"{text[:8]}…{text[-4:]}"
