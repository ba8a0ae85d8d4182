"""How many transactions of which sort in which hour: counted as they are numbered, summed up for
the report."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from audit.transactions import CONDITIONS, RECEIVED_THENCE, Asked, parts_of, values_of
from events import sql

TOP_ACTORS = 20
REFUSED = "refused"
HOUR = timedelta(hours=1)
BOUNDS = (("first", ">="), ("last", "<"))

# The hour of the zone in which people read times: some zones are half an hour off the others.
_HOUR = "date_trunc('hour', at, %(zone)s)"
_SORT = "location_id, kind, action, outcome, actor, role"
ADD_SQL = f"""
INSERT INTO audit_total AS known (hour, {_SORT}, entries, changes)
SELECT {_HOUR} AS hour, {_SORT}, count(*), sum(cardinality(event_ids))
FROM audit_entry WHERE seq BETWEEN %(first)s AND %(last)s
GROUP BY hour, {_SORT}
ON CONFLICT (hour, {_SORT}) DO UPDATE SET
    entries = known.entries + excluded.entries, changes = known.changes + excluded.changes
"""  # noqa: S608 - our own columns

FORGET_SQL = "DELETE FROM audit_total WHERE hour < %(before)s"

# Whole hours from the totals; what lies at the edges, or has no number yet, from the entries.
HOURS_SQL = """
SELECT hour, kind, action, outcome, actor, entries, changes FROM audit_total WHERE CONDITIONS
"""
ENTRIES_SQL = f"""
SELECT {_HOUR}, kind, action, outcome, actor, 1, cardinality(event_ids)
FROM audit_seen WHERE CONDITIONS
"""  # noqa: S608 - our own columns
NUMBERED, UNNUMBERED = "seq IS NOT NULL", "seq IS NULL"
OF_HOURS = {
    "first": "hour >= %(first)s",
    "last": "hour < %(last)s",
    "location": "location_id = %(location)s",
    "actor": "actor = %(actor)s",
    "role": "role = %(role)s",
    "action": "action = %(action)s",
    "kind": "kind = %(kind)s",
    "outcome": "outcome = %(outcome)s",
    "without": CONDITIONS["without"],
}

# By hour first: what days and hours of the week are made of is few rows then.
TOTALS_SQL = """
WITH summed AS MATERIALIZED (
    SELECT hour AT TIME ZONE %(zone)s AS local, kind, outcome <> 'ok' AS is_refused, action, actor,
        sum(entries)::bigint AS entries, sum(changes)::bigint AS changes
    FROM (COUNTED) AS counted (hour, kind, action, outcome, actor, entries, changes)
    GROUP BY GROUPING SETS ((hour, kind, outcome <> 'ok'), (action), (actor))
)
SELECT 'day', local::date, NULL::int, NULL::int, kind, is_refused, sum(entries), sum(changes)
FROM summed WHERE local IS NOT NULL GROUP BY local::date, kind, is_refused
UNION ALL
SELECT 'hour', NULL, extract(isodow FROM local)::int - 1, extract(hour FROM local)::int,
    NULL, NULL, sum(entries), NULL
FROM summed WHERE local IS NOT NULL GROUP BY 3, 4
UNION ALL
SELECT 'action', NULL, NULL, NULL, action, NULL, entries, NULL FROM summed WHERE action IS NOT NULL
UNION ALL
SELECT 'actor', NULL, NULL, NULL, actor, NULL, entries, NULL FROM summed WHERE actor IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all transactions that fit. `refused`: those with any outcome but ok; `changes`: events
    written or taken over. `per_day` holds a row for each kind and one named "refused"; a weekday is
    0 for Monday … 6. Days and hours are those of settings.TIME_ZONE."""

    entries: int
    changes: int
    refused: int
    per_kind: Mapping[str, int]
    per_day: Sequence[tuple[date, str, int]]
    per_hour: Sequence[tuple[int, int, int]]
    per_action: Sequence[tuple[str, int]]
    per_actor: Sequence[tuple[str, int]]


def add(*, first_seq: int, last_seq: int) -> None:
    """Count the entries that were numbered, in the transaction that numbers them."""
    sql.execute(ADD_SQL, {"first": first_seq, "last": last_seq, "zone": settings.TIME_ZONE})


def forget(*, before: datetime) -> int:
    """Of entries that were pruned, how many there were is forgotten, too. Returns the rows."""
    return sql.execute(FORGET_SQL, {"before": before})


def totals(asked: Asked) -> Totals:
    """Exact, also of what is not numbered yet. One statement, whatever the size."""
    hours = _whole_hours(asked)
    counted = _entries(asked) if asked.subject or asked.request_id else _hours(asked, hours)
    statement = TOTALS_SQL.replace("COUNTED", " UNION ALL ".join(counted))
    values = {**values_of(asked), "first": hours.first, "last": hours.last}
    return _summed_up(sql.fetch(statement, {**values, "zone": settings.TIME_ZONE}))


@dataclass(frozen=True, slots=True)
class _Hours:
    """The whole hours inside what is asked: [first, last). None = without an end."""

    first: datetime | None
    last: datetime | None

    @property
    def are_none(self) -> bool:
        return self.first is not None and self.last is not None and self.first >= self.last


def _whole_hours(asked: Asked) -> _Hours:
    first = asked.since and _begin(asked.since + HOUR - timedelta(microseconds=1))
    return _Hours(first, asked.until and _begin(asked.until))


def _begin(at: datetime) -> datetime:
    """Of the hour in which it is, as ADD_SQL has it."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return at - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def _entries(asked: Asked, *more: str) -> list[str]:
    return parts_of(asked, ENTRIES_SQL, more)


def _hours(asked: Asked, hours: _Hours) -> list[str]:
    """Whole hours from the totals, which do not know whence things were received; the rest from the
    entries."""
    if hours.are_none:
        return _entries(asked)
    given = {**asdict(asked), "first": hours.first, "last": hours.last}
    conditions = [condition for name, condition in OF_HOURS.items() if given[name]]
    parts = [HOURS_SQL.replace("CONDITIONS", " AND ".join(conditions) or "true")]
    parts += _entries(asked, UNNUMBERED)
    if hours.first and hours.first != asked.since:
        parts += _entries(asked, NUMBERED, "at < %(first)s")
    if hours.last and hours.last != asked.until:
        parts += _entries(asked, NUMBERED, "at >= %(last)s")
    if asked.location and asked.location != settings.LOCATION_ID:
        inside = [f"at {sign} %({name})s" for name, sign in BOUNDS if given[name]]
        parts += parts_of(
            replace(asked, location=""), ENTRIES_SQL, [RECEIVED_THENCE, NUMBERED, *inside]
        )
    return parts


def _summed_up(rows: Iterable[Sequence[Any]]) -> Totals:
    days: Counter[tuple[date, str]] = Counter()
    kinds: Counter[str] = Counter()
    refused = changes = 0
    hours, names = [], {"action": Counter[str](), "actor": Counter[str]()}
    for about, day, weekday, hour, name, is_refused, entries, changed in rows:
        if about == "hour":
            hours.append((weekday, hour, int(entries)))
        elif about in names:
            names[about][name] = int(entries)
        else:
            days[day, name] += int(entries)
            kinds[name] += int(entries)
            changes += int(changed)
            if is_refused:
                days[day, REFUSED] += int(entries)
                refused += int(entries)
    return Totals(
        entries=kinds.total(),
        changes=changes,
        refused=refused,
        per_kind=dict(sorted(kinds.items())),
        per_day=[(day, name, count) for (day, name), count in sorted(days.items())],
        per_hour=sorted(hours),
        per_action=_most_first(names["action"]),
        per_actor=_most_first(names["actor"])[:TOP_ACTORS],
    )


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
