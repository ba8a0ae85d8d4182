"""A cluster of our own: made once, at its own port, and nothing committed is lost."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.console import NotPossibleError
from deploy.local.postgres import Cluster


@pytest.fixture
def home() -> Iterator[Path]:
    """Where PostgreSQL's user can walk to as well, should root run the tests."""
    folder = Path(tempfile.mkdtemp(prefix="sins-tests-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_what_was_committed_survives_a_kill(home: Path):
    cluster = Cluster(home)
    cluster.start()
    before = cluster.address
    cluster.query("CREATE TABLE written AS SELECT 42 AS answer", database="sins")

    cluster.kill()
    with Cluster(home).running() as after:
        assert after == before
        assert cluster.query("SELECT answer FROM written", database="sins") == "42"


def test_a_cluster_moves_when_somebody_took_its_port(home: Path):
    cluster = Cluster(home, settings={"fsync": "off"})
    with cluster.running() as address:
        first = address.port

    with socket.create_server((ports.HOST, first)), cluster.running() as address:
        assert address.port != first
        assert ports.is_answering(address.port)


def test_an_error_is_told_in_postgresqls_words(home: Path):
    cluster = Cluster(home, settings={"fsync": "off"})

    with cluster.running(), pytest.raises(NotPossibleError, match='relation "nothing"'):
        cluster.query("SELECT * FROM nothing")


def test_data_of_another_major_version_are_not_touched(home: Path):
    cluster = Cluster(home)
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(NotPossibleError, match="made by PostgreSQL 9"):
        cluster.prepare()
