"""What each panel should show of the sample: counted by hand, without Elasticsearch.

Written from the panels' questions, over the entries and lines themselves, not over documents.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from audit.shipping.documents import AuditRow
from tests.kibana.sample import ZONE, entries, lines

Doc = Any
Row = tuple[Any, ...]
Measure = Callable[[list[Doc]], Any]
WEEKDAYS = ("1 Mon", "2 Tue", "3 Wed", "4 Thu", "5 Fri", "6 Sat", "7 Sun")

REMOVING = {
    "entity.deleted",
    "entity.restored",
    "entity.erased",
    "erasure.scheduled",
    "erasure.cancelled",
}


@dataclass(frozen=True, slots=True)
class By:
    """What a document is counted under: one value, several, or None. With `most`, that many values
    with most documents; otherwise all of them in their own order."""

    value: Callable[[Doc], Any]
    most: int | None = None


def rows(docs: Iterable[Doc], bys: Sequence[By], *measures: Measure) -> list[Row]:
    found = list(docs)
    if not bys:
        return [tuple(measure(found) for measure in measures)]
    by, *inner = bys
    parts: dict[Any, list[Doc]] = defaultdict(list)
    for doc in found:
        value = by.value(doc)
        for each in set(value) if isinstance(value, (list, tuple)) else {value} - {None}:
            parts[each].append(doc)
    keys = sorted(parts)
    if by.most is not None:
        keys = sorted(keys, key=lambda key: -len(parts[key]))[: by.most]
    return [(key, *row) for key in keys for row in rows(parts[key], inner, *measures)]


def are_near(shown: Sequence[Row], expected: Sequence[Row]) -> bool:
    """The same rows in the same order; numbers to a thousandth, for percentiles are estimates."""
    shapes = [len(row) for row in shown] == [len(row) for row in expected]
    pairs = zip(sum(shown, ()), sum(expected, ()), strict=shapes)
    return shapes and all(_is_near(one, other) for one, other in pairs)


def _is_near(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=0.001)
    return bool(one == other)


# Of audit entries


def hour_of(entry: AuditRow) -> int:
    return _hour(entry.at)


def changes(found: list[AuditRow]) -> int:
    return sum(len(entry.event_ids) for entry in found)


def refused(found: list[AuditRow]) -> int:
    return sum(entry.outcome == "refused" for entry in found)


def failed(found: list[AuditRow]) -> int:
    return sum(entry.outcome == "failed" for entry in found)


def is_empty(entry: AuditRow) -> bool:
    return entry.kind == "search" and entry.result_count == 0


def actors(found: list[AuditRow]) -> int:
    return len({entry.actor for entry in found})


def subjects(found: list[AuditRow]) -> int:
    return len({entry.entity_uid for entry in found if entry.entity_uid})


def results(found: list[AuditRow]) -> int:
    return sum(entry.result_count or 0 for entry in found)


def subject_of(entry: AuditRow) -> str | None:
    return str(entry.entity_uid) if entry.entity_uid else None


@cache
def transactions() -> dict[str, list[Row]]:
    every = entries()
    empty = [entry for entry in every if is_empty(entry)]
    searches = [entry for entry in every if entry.kind == "search"]
    turned_away = [entry for entry in every if entry.outcome == "refused"]
    applied = [entry for entry in every if entry.kind == "applied"]
    kind, location, hour = By(lambda e: e.kind), By(lambda e: e.location_id), By(hour_of)
    return {
        "entries-count": rows(every, [], len),
        "people": rows(every, [], actors),
        "refused-count": rows(every, [], refused),
        "empty-count": rows(every, [], lambda found: sum(map(is_empty, found))),
        "kinds": rows(every, [kind, hour], len),
        "hours": rows(
            every,
            [
                By(lambda e: WEEKDAYS[e.at.astimezone(ZONE).weekday()]),
                By(lambda e: e.at.astimezone(ZONE).hour),
            ],
            len,
        ),
        "who": rows(
            every, [By(lambda e: e.actor, 25), By(lambda e: e.role)], len, changes, refused
        ),
        "what": rows(every, [By(lambda e: e.action, 100)], len, changes, refused, failed),
        "where": rows(every, [kind, By(lambda e: e.location_id, 20)], len),
        "refused": rows(turned_away, [By(lambda e: e.codes, 8), hour], len),
        "empty": rows(
            searches,
            [hour],
            lambda found: sum(entry.result_count > 0 for entry in found),
            lambda found: sum(entry.result_count == 0 for entry in found),
        ),
        "empty-again": rows(empty, [By(lambda e: e.query_hash.hex(), 15)], len, actors),
        "received": rows(applied, [location, By(lambda e: e.codes)], len, changes),
    }


@cache
def protection() -> dict[str, list[Row]]:
    every = entries()
    reads = [entry for entry in every if entry.kind == "read" and entry.entity_uid]
    searches = [entry for entry in every if entry.kind == "search"]
    removals = [entry for entry in every if entry.action in REMOVING]
    runs = [entry for entry in every if entry.kind == "command"]
    location, subject = By(lambda e: e.location_id), By(subject_of, 25)
    return {
        "reads-count": [(len(reads),)],
        "subjects": rows(reads, [], subjects),
        "removals-count": [(len(removals),)],
        "runs-count": [(len(runs),)],
        "subject-reads": rows(reads, [subject], len, actors),
        "readers": rows(reads, [By(lambda e: e.actor, 25), location], len, subjects),
        "reads": rows(reads, [By(lambda e: e.role), By(hour_of)], len),
        "found": rows(searches, [By(lambda e: list(map(str, e.hit_ids)), 25)], len, actors),
        "removals": rows(removals, [By(lambda e: e.action), By(hour_of)], len),
        "runs": rows(runs, [By(lambda e: e.action, 25), location], len, results, failed),
    }


# Of log lines


def key(name: str, most: int | None = None) -> By:
    return By(lambda line: line.get(name), most)


def line_hour(line: Doc) -> int:
    return _hour(datetime.fromisoformat(line["@timestamp"]))


def numbers(found: list[Doc], name: str) -> list[float]:
    return [line[name] for line in found if name in line]


def percentile(name: str, percent: int) -> Measure:
    def of(found: list[Doc]) -> float:
        """Between the two nearest, by distance."""
        values = sorted(numbers(found, name))
        place = (len(values) - 1) * percent / 100
        low, high = values[math.floor(place)], values[math.ceil(place)]
        return low + (high - low) * (place - math.floor(place))

    return of


def greatest(name: str) -> Measure:
    return lambda found: max(numbers(found, name), default=None)


def total(name: str) -> Measure:
    return lambda found: sum(numbers(found, name))


def last(name: str) -> Measure:
    return lambda found: max(
        (line for line in found if name in line), key=lambda line: line["@timestamp"]
    )[name]


def with_status(low: int, high: int) -> Measure:
    return lambda found: sum(low <= line["http.response.status_code"] < high for line in found)


def is_complaint(line: Doc) -> bool:
    return line["log.level"] in ("warning", "error", "critical")


@cache
def operations() -> dict[str, list[Row]]:
    every = lines()
    requests = [line for line in every if line["message"] == "http.request"]
    measured = [line for line in every if line["message"] == "sync.measured"]
    complaints = [line for line in every if is_complaint(line)]
    hour, location = By(line_hour), key("labels.location")
    speed = [percentile("event.duration", percent) for percent in (50, 95, 99)]
    refused_requests = [r for r in requests if 400 <= r["http.response.status_code"] < 500]
    failed_requests = [r for r in requests if r["http.response.status_code"] >= 500]
    return {
        "requests": [(len(requests),)],
        "slowest": rows(requests, [], speed[1]),
        "failures": [(len(failed_requests),)],
        "dead-letters": rows(measured, [key("labels.peer")], last("sins.dead_letters")),
        "request-rate": rows(requests, [location, hour], lambda found: len(found) / 60),
        "latency": rows(requests, [hour], *speed),
        "errors": [
            *(("refused, 4xx", *row) for row in rows(refused_requests, [hour], len)),
            *(("failed, 5xx", *row) for row in rows(failed_requests, [hour], len)),
        ],
        "log-levels": rows(complaints, [key("process.name"), hour], len),
        "routes": rows(
            requests,
            [key("sins.route", 25)],
            len,
            *speed[:2],
            with_status(400, 500),
            with_status(500, 600),
        ),
        "complaints": rows(complaints, [key("message", 15), location], len),
        "lag": rows(measured, [key("labels.peer"), hour], greatest("sins.lag_s")),
        "unshipped": rows(measured, [location, hour], greatest("sins.unshipped")),
    }


@cache
def sync() -> dict[str, list[Row]]:
    every = lines()
    applied = [line for line in every if "sins.latency_ms" in line]
    measured = [line for line in every if line["message"] == "sync.measured"]
    complaints = [
        line
        for line in every
        if is_complaint(line) and line["process.name"] in ("publish", "consume")
    ]
    hour, here = By(line_hour), key("labels.location")
    origin, peer = key("labels.origin"), key("labels.peer")
    ways = [percentile("sins.latency_ms", percent) for percent in (50, 95, 99)]
    events = total("sins.events")
    return {
        "applied": rows(applied, [], events),
        "latency-now": rows(applied, [], ways[1]),
        "conflicts-now": rows(measured, [peer], last("sins.conflicts")),
        "dead-letters": rows(measured, [peer], last("sins.dead_letters")),
        "latency": rows(applied, [hour], *ways),
        "links": rows(applied, [origin, here], events, *ways[:2], greatest("sins.latency_ms")),
        "arrivals": rows(applied, [origin, hour], events),
        "unsealed": rows(measured, [peer, hour], greatest("sins.unsealed")),
        "behind": rows(measured, [peer, hour], greatest("sins.lag_events")),
        "pending": rows(measured, [peer, hour], greatest("sins.pending")),
        "conflicts": rows(measured, [peer, hour], greatest("sins.conflicts")),
        "pairs": rows(measured, [here, hour], greatest("sins.duplicate_pairs")),
        "silence": rows(measured, [peer, hour], greatest("sins.lag_s")),
        "complaints": rows(complaints, [key("message", 15), here], len),
    }


ANSWERS = {
    "sins-operations": operations,
    "sins-transactions": transactions,
    "sins-sync": sync,
    "sins-protection": protection,
}


def _hour(at: datetime) -> int:
    """Its beginning, in milliseconds."""
    return int(at.timestamp()) // 3600 * 3_600_000
