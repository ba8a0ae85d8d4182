"""How many transactions of which sort in which hour: counted as they are numbered, summed up for
the report."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from audit.actions import Outcome
from audit.transactions import Asked, all_transactions

TOP_ACTORS = 20


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all transactions that fit. `refused`: those with any outcome but ok. `per_day` holds a row
    for each kind and one named "refused"; a weekday is 0 for Monday … 6. Days and hours are those
    of settings.TIME_ZONE."""

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


def totals(asked: Asked) -> Totals:
    """Exact, also of what is not numbered yet."""
    zone = ZoneInfo(settings.TIME_ZONE)
    kinds: Counter[str] = Counter()
    days: Counter[tuple[date, str]] = Counter()
    hours: Counter[tuple[int, int]] = Counter()
    actions: Counter[str] = Counter()
    actors: Counter[str] = Counter()
    changes = refused = 0
    for row in all_transactions(asked):
        at = row.at.astimezone(zone)
        kinds[row.kind] += 1
        days[at.date(), row.kind] += 1
        hours[at.weekday(), at.hour] += 1
        actions[row.action] += 1
        actors[row.actor] += 1
        changes += len(row.event_ids)
        if row.outcome != Outcome.OK:
            refused += 1
            days[at.date(), "refused"] += 1
    return Totals(
        entries=kinds.total(),
        changes=changes,
        refused=refused,
        per_kind=dict(kinds),
        per_day=[(*key, count) for key, count in sorted(days.items())],
        per_hour=[(*key, count) for key, count in sorted(hours.items())],
        per_action=_most_first(actions),
        per_actor=_most_first(actors)[:TOP_ACTORS],
    )


def _most_first(counts: Counter[Any]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
