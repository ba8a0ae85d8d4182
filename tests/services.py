"""Pytest plugin: the environment of the tests, before Django reads its settings.

The suite brings its own services and never skips: without PostgreSQL, Kafka or a browser the
tests that need them fail with the sentence of `deploy.local`.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from elasticsearch import Elasticsearch as Client

from deploy.local import ports
from deploy.local.elasticsearch import Elasticsearch
from deploy.local.postgres import Cluster

# Tests may lose their data: no fsync makes a cluster several times faster.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Servers that live for minutes: what the second compiler and parallel collectors take is not
# earned back.
SHORT_LIVED_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def own_ports(process: str, *, most: int = 8) -> range:
    """Those that one of the processes of `pytest -n` chooses from: none takes what another has
    chosen and not used yet."""
    number = int(process.removeprefix("gw") or 0) % most
    size = len(ports.PORT_RANGE) // most
    return ports.PORT_RANGE[number * size : (number + 1) * size]


if "PYTEST_XDIST_WORKER" in os.environ:
    ports.PORT_RANGE = own_ports(os.environ["PYTEST_XDIST_WORKER"])

# /var/tmp, because as root the databases run as another user, who must be able to walk there.
HOME = Path(tempfile.mkdtemp(prefix="sins-tests-", dir="/var/tmp"))
HOME.chmod(0o755)
CLUSTER = Cluster(HOME / "postgres", settings={**FORGETFUL, "max_connections": "200"})

os.environ.update(
    LOCATION_ID="loc1",
    LOCATION_NAME="Test",
    DEBUG="1",
    AUTH_MODE="header",
    SECRET_KEY=secrets.token_hex(32),
    ALLOWED_HOSTS="127.0.0.1,localhost,testserver",
    KAFKA_BOOTSTRAP="127.0.0.1:1",  # nobody: a unit or integration test must not need Kafka
    LOG_LEVEL="error",
    JAVA_TOOL_OPTIONS=os.environ.get("JAVA_TOOL_OPTIONS", SHORT_LIVED_JAVA),
    **CLUSTER.address.environment(),
)

if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    # The tests start hundreds of processes: not each of them should compile the product again.
    os.environ["PYTHONPYCACHEPREFIX"] = str(HOME / "bytecode")

hypothesis.settings.register_profile("default", deadline=None, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The PostgreSQL cluster of the integration tests, started when the first one needs it."""
    CLUSTER.start()
    yield CLUSTER
    CLUSTER.stop()


@pytest.fixture(scope="session")
def elasticsearch_node() -> Iterator[Elasticsearch]:
    """A real Elasticsearch for the whole run. Tests take `elasticsearch`, which is empty."""
    node = Elasticsearch(HOME / "elasticsearch-of-tests")
    node.start()
    yield node
    node.stop()


@pytest.fixture
def elasticsearch(elasticsearch_node: Elasticsearch) -> Elasticsearch:
    """It runs and holds no index and no template."""
    empty(elasticsearch_node)
    return elasticsearch_node


def empty(node: Elasticsearch) -> None:
    if not node.is_ready():  # a test that stopped it has failed
        node.start()
    with Client(node.address) as client:
        for name in client.indices.get(index="*", expand_wildcards=["open", "closed"]):
            client.indices.delete(index=name)
        for template in client.indices.get_index_template()["index_templates"]:
            client.indices.delete_index_template(name=template["name"])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: Cluster) -> None:
    """Pytest-django's hook before it makes its test database: by then the cluster runs."""


def pytest_unconfigure() -> None:
    CLUSTER.stop()
    shutil.rmtree(HOME, ignore_errors=True)
