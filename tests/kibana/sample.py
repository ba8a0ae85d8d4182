"""A made-up week of three locations: audit entries and log lines, the same ones each time."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from audit.actions import KIND_OF_ACTION
from audit.shipping.documents import AuditRow, Document, audit_document, log_document

ZONE = ZoneInfo("Europe/Helsinki")  # not UTC: hours and weekdays are those of the clocks there
# From the end of one month into the next: two indices of each.
SINCE = datetime(2026, 10, 28, tzinfo=UTC)
DAYS = 7
UNTIL = SINCE + timedelta(days=DAYS)
LOCATIONS = ("loc1", "loc2", "loc3")
ACTORS = {
    "anna": "service_agent",
    "boris": "service_agent",
    "petra": "service_provider",
    "customer": "customer",
}
ROUTES = ("search", "customer", "customer-edit", "items", "none")
# Each action of the list at least once, and those that only later parts of the product will write.
ACTIONS = (*KIND_OF_ACTION.items(), ("entity.erased", "write"), ("erasure.scheduled", "write"))


@cache
def entries() -> list[AuditRow]:
    chance = random.Random(6)
    subjects = [_uuid(chance) for _ in range(12)]
    rows = []
    for seq in range(1, 601):
        action, kind = ACTIONS[seq % len(ACTIONS)] if seq <= 150 else chance.choice(ACTIONS)
        actor = chance.choice(list(ACTORS))
        is_search, is_applied = kind == "search", kind == "applied"
        hits = chance.sample(subjects, chance.randrange(4)) if is_search else []
        outcome = "refused" if kind == "refusal" else chance.choice(["ok"] * 9 + ["failed"])
        rows.append(
            AuditRow(
                audit_id=_uuid(chance),
                at=_instant(chance),
                location_id=chance.choice(LOCATIONS),
                request_id=_uuid(chance),
                kind=str(kind),
                actor=actor,
                role=ACTORS[actor],
                auth="session",
                action=action,
                outcome=outcome,
                entity_uid=chance.choice(subjects) if kind in ("read", "write") else None,
                hit_ids=hits,
                event_ids=[_uuid(chance) for _ in range(_event_count(chance, kind))],
                codes=_codes(chance, kind),
                query_hash=bytes([chance.randrange(5)] * 32) if is_search else None,
                result_count=_result_count(chance, kind, hits),
                duration_us=chance.randrange(500, 90_000),
                address="192.0.2.0/24",
                batch_id=_uuid(chance) if is_applied else None,
                seq=seq,
                hash=bytes([seq % 256] * 32),
            )
        )
    return rows


def _event_count(chance: random.Random, kind: str) -> int:
    return {"write": chance.randrange(1, 3), "applied": chance.randrange(1, 40)}.get(kind, 0)


def _codes(chance: random.Random, kind: str) -> list[str]:
    if kind == "refusal":
        return [chance.choice(("role_not_allowed", "invalid_token", "too_many_requests"))]
    if kind == "applied":  # where the changes came from
        return chance.sample(LOCATIONS, chance.randrange(1, 3))
    return ["SURNAME"] if kind == "write" else []


def _result_count(chance: random.Random, kind: str, hits: list[UUID]) -> int | None:
    if kind == "search":
        return len(hits)
    return chance.randrange(1, 500) if kind == "command" else None


@cache
def lines() -> list[dict[str, Any]]:
    chance = random.Random(7)
    made = [*_requests(chance), *_applied(chance), *_measured(chance), *_complaints(chance)]
    return sorted(made, key=lambda line: line["@timestamp"])


def _line(chance: random.Random, message: str, process: str, **more: Any) -> dict[str, Any]:
    return {
        "@timestamp": _instant(chance).isoformat(),
        "message": message,
        "event.action": message,
        "log.level": "info",
        "log.logger": "sins.request",
        "labels.location": chance.choice(LOCATIONS),
        "process.pid": 4711,
        "process.name": process,
        "http.request.id": str(_uuid(chance)),
    } | more


def _requests(chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(700):
        yield _line(
            chance,
            "http.request",
            "web",
            **{
                "http.request.method": chance.choice(("GET", "POST")),
                "http.response.status_code": chance.choice([200] * 12 + [302, 403, 404, 500, 503]),
                "url.path": "/search",
                "event.duration": chance.randrange(1_000_000, 900_000_000),
                "sins.route": chance.choice(ROUTES),
            },
        )


def _applied(chance: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(250):
        here, origin = chance.sample(LOCATIONS, 2)
        latency_ms = round(chance.lognormvariate(6, 1), 1)
        data = {
            "labels.location": here,
            "labels.origin": origin,
            "sins.events": chance.randrange(1, 200),
            "sins.latency_ms": latency_ms,
            "sins.latency_p50_ms": latency_ms / 2,
        }
        yield _line(chance, "events.received", "consume", **data)


def _measured(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Each location about each, hour by hour."""
    for hour in range(24 * DAYS):
        for here in LOCATIONS:
            for peer in LOCATIONS:
                at = SINCE + timedelta(hours=hour, seconds=chance.randrange(3600))
                data = {
                    "@timestamp": at.isoformat(),
                    "labels.location": here,
                    "labels.peer": peer,
                    "sins.lag_events": chance.randrange(50),
                    "sins.lag_s": round(chance.uniform(0, 30), 2),
                    "sins.unsealed": chance.randrange(20),
                    "sins.pending": chance.randrange(5),
                    "sins.dead_letters": chance.randrange(3),
                    "sins.conflicts": chance.randrange(9),
                }
                if here == peer:  # of itself it knows more
                    data |= {
                        "sins.duplicate_pairs": chance.randrange(40),
                        "sins.unshipped": chance.randrange(300),
                    }
                yield _line(chance, "sync.measured", "ship", **data)


def _complaints(chance: random.Random) -> Iterator[dict[str, Any]]:
    known = {
        "kafka.away": ("publish", "warning"),
        "postgres.away": ("consume", "warning"),
        "events.projection_failed": ("consume", "error"),
        "http.failed": ("web", "error"),
        "kafka.back": ("publish", "info"),
    }
    for _ in range(120):
        message, (process, level) = chance.choice(list(known.items()))
        yield _line(chance, message, process, **{"log.level": level})


def documents() -> Iterator[Document]:
    """As they are shipped."""
    for row in entries():
        yield audit_document(row, zone=ZONE)
    for number, line in enumerate(lines()):
        yield log_document(orjson.dumps(line), file="loc1-web-1.log", offset=number)


def _instant(chance: random.Random) -> datetime:
    # Milliseconds, as documents have them: no two readings of a border.
    return SINCE + timedelta(milliseconds=chance.randrange(DAYS * 86_400_000))


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
