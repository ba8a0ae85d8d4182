"""Three locations ship to one Elasticsearch: it goes away, shippers are killed, nothing is lost.

The run of the specification by hand: MIXED_RUN_S=300 ELASTICSEARCH_AWAY_S=120.
"""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch as Client
from elasticsearch.helpers import scan

from audit.shipping import log_files
from audit.shipping.documents import Unfit, log_document
from deploy.local.elasticsearch import Elasticsearch
from events.failpoints import EXIT_CODE
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

MIXED_RUN_S = float(os.environ.get("MIXED_RUN_S", "20"))
AWAY_S = float(os.environ.get("ELASTICSEARCH_AWAY_S", str(MIXED_RUN_S / 3)))
KILLS = int(os.environ.get("SHIPPER_KILLS", "10"))  # eight of them pass each of STEPS
STEPS = ("ship.sent", "ship.before_commit", "ship.kept")
WORKERS = ("publish", "consume", "keep")
# Seconds for everything to arrive: a shipper that found nobody for long looks again after 30.
ARRIVAL_S = 180

pytestmark = pytest.mark.timeout(900 + 3 * MIXED_RUN_S)

WAITING_SQL = """
SELECT (SELECT count(*) FROM audit_seen WHERE seq IS NULL)
    + (SELECT count(*) FROM audit_gathered)
    + (SELECT seq FROM audit_chain)
    - coalesce((SELECT seq FROM audit_cursor WHERE stream = 'audit'), 0)
"""
SHIPPED_SQL = "SELECT coalesce(sum(documents), 0) FROM audit_cursor"
PLACES_SQL = "SELECT name, next_offset FROM audit_shippedfile"
REFUSED_SQL = "SELECT stream, reason_code FROM audit_refused"


@pytest.fixture
def shipping(
    locations: list[Location], elasticsearch: Elasticsearch, tmp_path: Path
) -> list[Location]:
    for place in locations:
        place.environment = {
            **place.environment,
            "ELASTICSEARCH_HOST": elasticsearch.address,
            "LOG_DIR": str(logs_of(tmp_path, place)),
        }
        place.start("web", *WORKERS, "ship")
    return locations


def logs_of(home: Path, place: Location) -> Path:
    return home / "logs" / place.location_id


@pytest.fixture
def client(elasticsearch: Elasticsearch) -> Iterator[Client]:
    with Client(elasticsearch.address) as client:
        yield client


def use(place: Location, number: int) -> None:
    """What people do, a round of it: write, change, read, search, be refused."""
    uid = place.create(surname=f"Mixed{number}", name=place.location_id, dob="1980-01-02")
    place.change(uid, name=f"Changed{number}")
    place.read(uid)
    place.request("GET", f"/api/customers/items/search/?mode=fuzzy&q=Mixd{number}")
    place.request("GET", "/api/customers/items/?limit=5", role="customer")
    place.request("GET", f"/api/customers/items/{uid}/history/", role="customer")
    place.request("GET", f"/api/customers/items/{uuid4()}/")
    place.request("GET", "/api/v1/entities?limit=5", role="service_provider")


def busy(places: list[Location], is_over: Callable[[], bool]) -> list[threading.Thread]:
    """Uses all of them at the same time, until it is over."""

    def work(place: Location) -> None:
        for number in itertools.count():
            if is_over():
                return
            use(place, number)

    threads = [threading.Thread(target=work, args=[place]) for place in places]
    for thread in threads:
        thread.start()
    return threads


def settle(places: list[Location]) -> None:
    """Everybody stops but the shippers, and those send what there is."""
    agree(places, deadline_s=ARRIVAL_S)
    for place in places:
        place.stop("web", "publish", "consume")
    for place in places:
        eventually(
            lambda place=place: rows(place, WAITING_SQL)[0][0] == 0,
            f"all entries of {place.location_id} are shipped",
            ARRIVAL_S,
        )
        place.stop("keep")


def check(places: list[Location], client: Client, home: Path) -> None:
    """Every entry and every line is there once, and nothing else is."""
    for place in places:
        wait_for_lines(place, home)
        place.stop("ship")
        assert rows(place, REFUSED_SQL) == []
        told = place.manage("audit_reconcile").stdout
        count = rows(place, "SELECT seq FROM audit_chain")[0][0]
        verdict = "0 missing, 0 extra, 0 altered, 0 repeated, 0 altered here"
        assert f"{count:,} entries compared: {verdict};" in told
        check_lines(place, client, home)


def wait_for_lines(place: Location, home: Path) -> None:
    """The shipper writes lines itself: of its own file only what it has written so far counts."""

    def is_done() -> bool:
        shipped = dict(rows(place, PLACES_SQL))
        return all(
            shipped.get(file.name, 0) == file.stat().st_size
            for file in log_files.files_of(logs_of(home, place), location_id=place.location_id)
            if "-ship-" not in file.name
        )

    eventually(is_done, f"all lines of {place.location_id} are shipped", ARRIVAL_S)


def check_lines(place: Location, client: Client, home: Path) -> None:
    client.indices.refresh(index="sins-logs-*")
    shipped = dict(rows(place, PLACES_SQL))
    expected = set()
    for file in log_files.files_of(logs_of(home, place), location_id=place.location_id):
        most = shipped.get(file.name, 0)
        expected |= {name for offset, name in names_of(file) if offset < most}
    found = [name for name in ids(client, place) if name.split(":")[0] in shipped]
    assert sorted(found) == sorted(expected)


def names_of(file: Path) -> Iterator[tuple[int, str]]:
    offset = 0
    for raw in file.read_bytes().splitlines(keepends=True):
        try:
            document = log_document(raw.rstrip(b"\n"), file=file.name, offset=offset)
        except Unfit as unfit:
            raise AssertionError(f"{unfit}: {raw!r}") from unfit
        yield offset, document.document_id
        offset += len(raw)


def ids(client: Client, place: Location) -> Iterator[str]:
    """Of all its lines there."""
    query = {"query": {"term": {"labels.location": place.location_id}}, "_source": False}
    yield from (hit["_id"] for hit in scan(client, index="sins-logs-*", query=query, size=5000))


def traces(client: Client, request_id: str) -> set[tuple[str, str]]:
    """Which locations tell what of a request."""
    client.indices.refresh(index="sins-*")
    hits = client.search(
        index="sins-logs-*", query={"term": {"http.request.id": request_id}}, size=100
    )["hits"]["hits"]
    found = [hit["_source"] for hit in hits]
    return {(line["labels.location"], line["message"]) for line in found}


def test_after_a_mixed_run_with_elasticsearch_away_everything_is_there_once(
    shipping: list[Location], elasticsearch: Elasticsearch, client: Client, tmp_path: Path
) -> None:
    started = time.monotonic()
    threads = busy(shipping, lambda: time.monotonic() > started + MIXED_RUN_S)
    eventually(
        lambda: time.monotonic() > started + (MIXED_RUN_S - AWAY_S) / 2, "first part", MIXED_RUN_S
    )
    elasticsearch.stop()
    stopped = time.monotonic()
    eventually(lambda: time.monotonic() > stopped + AWAY_S, "it was away", AWAY_S + 10)
    elasticsearch.start()
    for thread in threads:
        thread.join()
    request_id = str(uuid4())
    body = {"surname": "Traced", "name": "Once"}
    answer = shipping[0].request("POST", "/api/customers/items/", body, X_Request_Id=request_id)
    assert answer.headers["X-Request-Id"] == request_id

    settle(shipping)
    check(shipping, client, tmp_path)

    assert traces(client, request_id) == {
        ("loc1", "http.request"),
        ("loc1", "events.sent"),
        ("loc2", "events.received"),
        ("loc3", "events.received"),
    }


def test_shippers_that_are_killed_at_any_moment_lose_and_repeat_nothing(
    shipping: list[Location], client: Client, tmp_path: Path
) -> None:
    is_over = threading.Event()
    threads = busy(shipping[:2], is_over.is_set)
    for place in shipping[:2]:
        place.kill("ship")
    try:
        for number in range(KILLS - 2):
            die(shipping[number % 2], number)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    for place in shipping[:2]:
        place.start("ship")

    settle(shipping)
    check(shipping, client, tmp_path)


def die(place: Location, number: int) -> None:
    """Every second one by kill -9 in the middle of its work, the others between two steps."""
    if number % 4 < 2:
        place.start("ship")
        before = rows(place, SHIPPED_SQL)[0][0]
        eventually(lambda: rows(place, SHIPPED_SQL)[0][0] > before, "it works", ARRIVAL_S)
        place.kill("ship")
        return
    step = STEPS[number % 3]
    place.start("ship", SINS_FAIL_POINT=f"{step}:{1 + number % 5}")
    eventually(lambda: not place.is_running("ship"), f"it dies at {step}", ARRIVAL_S)
    assert place.children["ship"].returncode == EXIT_CODE
