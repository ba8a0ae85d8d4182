"""Many writers of one entity at once, through the web server as it is run: nobody gets a 5xx, what
was answered is what happened, and the history stays one chain."""

import http.client
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from deploy.local.ports import HOST
from deploy.local.postgres import Cluster
from tests.services import HOME
from tests.sync.locations import Location

WRITERS = 8
# Each eighth of the rounds writes to an entity of its own: what a write costs grows with what the
# entity has been through.
ROUNDS = 200
MILLS = 8
BORN = "2025-01-01T00:00:00.000000Z"
PATIENCE_S = 30

# The bytes of the events, by the request that recorded them.
EVENTS_SQL = "SELECT request_id::text, raw FROM events_event WHERE entity_uid = %s"


@dataclass
class Answer:
    """`request_id` is the one that was sent, `expected` how many events an effective 200 makes."""

    writer: int
    request_id: str
    status: int
    body: dict[str, Any]
    etag: str
    expected: int


@pytest.fixture(scope="module")
def location(postgres: Cluster) -> Iterator[Location]:
    """gunicorn with as many threads as there are writers, in two processes."""
    environment = {"WEB_WORKERS": "2", "WEB_THREADS": str(WRITERS // 2)}
    address = postgres.create_database("parallel_patches")
    location = Location("loc1", address, HOME, environment)
    location.manage("migrate", "-v0")
    location.start("web")
    yield location
    location.stop()


def call(
    location: Location, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, Any], str]:
    """Status, body and ETag."""
    connection = http.client.HTTPConnection(HOST, location.port, timeout=PATIENCE_S)
    try:
        connection.request(
            method,
            f"/api/v1/{path}",
            None if body is None else json.dumps(body),
            {"X-Role": "service_agent", "Content-Type": "application/json", **headers},
        )
        answer = connection.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else {}, answer.headers.get("ETag", "")
    finally:
        connection.close()


def back_dated(round_: int, writer: int) -> str:
    """An instant of its own in the past; the rounds go forth and back through a year."""
    month, day = round_ * 7 % 12 + 1, round_ % 28 + 1
    return f"2025-{month:02}-{day:02}T12:00:00.{round_:03}{writer:03}Z"


def wish_of(writer: int, round_: int) -> tuple[dict[str, Any], int]:
    """What this writer sends in this round, and how many events that makes."""
    value = f"{round_} of {writer}"
    match writer:
        case 0:
            return {"details": [{"detail_code": "NOTES", "value": value}]}, 1
        case 1:
            return {"display_name": f"Mill {value}"}, 1
        case 4:
            details = [{"detail_code": "ADDRESS", "value": value}]
            return {"details": details, "valid_from": back_dated(round_, writer)}, 1
        case 5:
            notes = {"detail_code": "NOTES", "value": value}
            since = {"valid_from": back_dated(round_, writer)}
            address = {"detail_code": "ADDRESS", "value": value}
            return {"details": [notes | since, address]}, 2
        case 6 | 7:  # with one key: both say the same
            return {"details": [{"detail_code": "ADDRESS", "value": f"{round_} by key"}]}, 1
        case _:  # 2 and 3 with If-Match
            return {"details": [{"detail_code": "NOTES", "value": value}]}, 1


def one_round(location: Location, pool: ThreadPoolExecutor, uid: str, round_: int) -> list[Answer]:
    _, _, etag = call(location, "GET", f"entities/{uid}")
    key = str(uuid4())

    def write(writer: int) -> Answer:
        request_id = str(uuid4())
        headers = {"X-Request-Id": request_id}
        if writer in (2, 3):
            headers["If-Match"] = etag
        if writer in (6, 7):
            headers["Idempotency-Key"] = key
        wish, expected = wish_of(writer, round_)
        answer = call(location, "PATCH", f"entities/{uid}", wish, **headers)
        return Answer(writer, request_id, *answer, expected)

    return list(pool.map(write, range(WRITERS)))


def a_mill(location: Location) -> str:
    status, body, _ = call(
        location,
        "POST",
        "entities",
        {
            "entity_type": "INSTITUTION",
            "display_name": "Mill",
            "valid_from": BORN,
            "details": [{"detail_code": "NOTES", "value": "first"}],
        },
    )
    assert status == 201, body
    return str(body["entity_uid"])


def history_of(location: Location, uid: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    path = f"entities/{uid}/history?page_size=200"
    while path:
        status, page, _ = call(location, "GET", path)
        assert status == 200, page
        rows += page["results"]
        path = (page["next"] or "").partition("/api/v1/")[2]
    return rows


def events_by_request(location: Location, uid: str) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    address = location.address
    with psycopg.connect(
        host=address.host, port=address.port, user=address.user, dbname=address.database
    ) as connection:
        for request_id, raw in connection.execute(EVENTS_SQL, (uid,)):
            found[request_id].append(json.loads(raw))
    return found


def test_parallel_patches_leave_one_chain(location):
    statuses: Counter[int] = Counter()

    for mill in range(MILLS):
        uid = a_mill(location)
        with ThreadPoolExecutor(WRITERS) as pool:
            rounds = [
                one_round(location, pool, uid, round_) for round_ in range(mill, ROUNDS, MILLS)
            ]
        statuses.update(answer.status for answers in rounds for answer in answers)
        assert set(statuses) <= {200, 409, 412}, statuses
        check_answers(rounds, events_by_request(location, uid))
        check_chain(history_of(location, uid))

    assert sum(statuses.values()) == ROUNDS * WRITERS
    assert statuses[200] >= ROUNDS * (WRITERS - 3)
    assert statuses[412] > 0


def check_answers(rounds: list[list[Answer]], events: dict[str, list[dict[str, Any]]]) -> None:
    """Every answer made the events that it should have, and nothing else made any."""
    effective = 0
    for answers in rounds:
        with_one_key = answers[6:8]
        for answer in answers[:6]:
            made = len(events[answer.request_id])
            assert made == (answer.expected if answer.status == 200 else 0), answer
            effective += made
        assert sum(len(events[answer.request_id]) for answer in with_one_key) == 1
        effective += 1
        bodies = [answer.body for answer in with_one_key if answer.status == 200]
        assert bodies[0] == bodies[-1]
    assert sum(map(len, events.values())) == 1 + effective


def check_chain(rows: list[dict[str, Any]]) -> None:
    """Versions follow each other without gap or overlap; neighbours differ; the last is current."""
    chains = defaultdict(list)
    for row in rows:
        shown = (row.get("value"), row.get("display_name"), row.get("entity_type"))
        chains[row.get("detail_code")].append((row["valid_from"], row["valid_to"], shown))
    assert set(chains) == {None, "NOTES", "ADDRESS"}
    for chain in chains.values():
        for (start, end, shown), (following, _, other) in itertools.pairwise(chain):
            assert start < end == following
            assert shown != other
        assert chain[-1][1] is None
    assert chains[None][0][0] == chains["NOTES"][0][0] == BORN
