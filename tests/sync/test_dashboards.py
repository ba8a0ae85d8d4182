"""After people worked at three locations, no panel of the dashboards is empty."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from elasticsearch import Elasticsearch as Client

from deploy.local.elasticsearch import Elasticsearch
from tests.kibana.panels import empty_panels
from tests.kibana.translator import Range
from tests.sync.locations import Location, eventually

# Shippers measure four times a minute, and Elasticsearch shows it some seconds later.
ARRIVAL_S = 180


@pytest.fixture
def client(elasticsearch: Elasticsearch) -> Iterator[Client]:
    with Client(elasticsearch.address, request_timeout=60) as client:
        yield client


@pytest.fixture
def shipping(locations: list[Location], client: Client, tmp_path: Path) -> list[Location]:
    (node,) = client.transport.node_pool.all()
    for place in locations:
        place.environment = {
            **place.environment,
            "ELASTICSEARCH_HOST": node.base_url,
            "LOG_DIR": str(tmp_path / "logs" / place.location_id),
        }
        place.start("web", "publish", "consume", "keep", "ship")
    return locations


def work(place: Location) -> None:
    """Each thing that a panel tells of, once."""
    uid = place.create(surname="Panel", name=place.location_id, dob="1980-01-02")
    place.change(uid, name="Changed")
    place.read(uid)
    place.request("GET", "/api/customers/items/search/?mode=fuzzy&q=Panel")
    place.request("GET", "/api/customers/items/search/?mode=fuzzy&q=Zzyzx")
    place.request("GET", "/api/customers/items/", role="customer")
    place.request("GET", f"/api/customers/items/{uuid4()}/")
    place.request("DELETE", f"/api/customers/items/{uid}/")
    place.manage("rebuild_search")


@pytest.mark.timeout(900)
def test_every_panel_shows_rows_after_a_run(
    shipping: list[Location], client: Client, producer: Producer
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    for place in shipping:
        work(place)
    producer.produce(
        shipping[0].environment["KAFKA_TOPIC"], b"no event"
    )  # something to complain of
    producer.flush()
    when = Range(since=began.isoformat(), until=(began + timedelta(hours=1)).isoformat(), step="1m")
    empty: list[str] = []

    def nothing_is_empty() -> bool:
        client.indices.refresh(index="sins-*")
        empty[:] = empty_panels(client, when)
        return not empty

    try:
        eventually(nothing_is_empty, "every panel shows rows", ARRIVAL_S)
    except AssertionError as error:
        raise AssertionError(f"{error}: {empty}") from error
