"""Three locations on real services: a PostgreSQL cluster each, one Apache Kafka, own processes."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from deploy.local.kafka import Kafka
from deploy.local.postgres import Cluster
from tests.services import FORGETFUL, HOME
from tests.sync.locations import Location

LOCATION_IDS = ("loc1", "loc2", "loc3")
TEMPLATE = "migrated"
# The product waits 30 s before it asks for a hole again, so as not to shout at every lag.
QUICK = {
    "HEAL_AFTER_S": "1",
    "RESEND_AFTER_S": "1",
    "ORIGIN_SILENT_S": "3",
    "HEARTBEAT_S": "0.3",
    "HEARTBEAT_IDLE_S": "0.5",
    "LOG_LEVEL": "info",  # so that what a worker said can be counted
}

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/sync/" in item.path.as_posix():
            item.add_marker(pytest.mark.sync)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    broker = Kafka(HOME / "kafka")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def clusters() -> Iterator[dict[str, Cluster]]:
    """One cluster per location, each with a migrated database to copy."""
    made = {name: Cluster(HOME / name, settings=FORGETFUL) for name in LOCATION_IDS}
    for cluster in made.values():
        cluster.start()
    migrations = [
        Location(name, cluster.create_database(TEMPLATE), HOME, QUICK).begin("migrate", "-v0")
        for name, cluster in made.items()
    ]
    assert [migration.wait() for migration in migrations] == [0, 0, 0]
    yield made
    for cluster in made.values():
        cluster.stop()


@pytest.fixture
def locations(
    kafka: Kafka, clusters: dict[str, Cluster], tmp_path: Path
) -> Iterator[list[Location]]:
    """Three empty locations with topics of their own; nothing runs yet."""
    number = next(_numbers)
    shared = {
        **QUICK,
        "KAFKA_BOOTSTRAP": kafka.bootstrap,
        "KAFKA_TOPIC": f"customer.events-{number}",
        "STATUS_TOPIC": f"location.status-{number}",
    }
    made = []
    for name, cluster in clusters.items():
        address = cluster.create_database(f"test{number}", template=TEMPLATE)
        made.append(Location(name, address, tmp_path, shared))
    made[0].manage("create_topics")
    yield made
    for location in made:
        location.end()
    for cluster in clusters.values():
        cluster.query(f"DROP DATABASE test{number} WITH (FORCE)")


@pytest.fixture
def running(locations: list[Location]) -> list[Location]:
    """The three locations with web, publish and consume."""
    for location in locations:
        location.start("web", "publish", "consume")
    return locations


@pytest.fixture
def producer(kafka: Kafka) -> Producer:
    return Producer({"bootstrap.servers": kafka.bootstrap})


@pytest.fixture
def admin(kafka: Kafka) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka.bootstrap})
