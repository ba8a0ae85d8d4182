"""The Elasticsearch of `make stack` is a real one, and keeps what it was given."""

from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch as Client

from deploy.local import processes
from deploy.local.elasticsearch import Elasticsearch
from tests.services import HOME


@pytest.fixture
def node() -> Iterator[Elasticsearch]:
    server = Elasticsearch(HOME / "elasticsearch")
    server.start()
    yield server
    server.stop()


def names_found(node: Elasticsearch, typed: str) -> list[str]:
    with Client(node.address) as client:
        query = {"match": {"name": {"query": typed, "fuzziness": "AUTO"}}}
        hits = client.search(index="people", query=query)["hits"]["hits"]
    return [hit["_source"]["name"] for hit in hits]


def test_what_was_indexed_is_found_again_after_stop_and_kill(node: Elasticsearch):
    with Client(node.address) as client:
        client.indices.create(index="people", mappings={"properties": {"name": {"type": "text"}}})
        for number, name in enumerate(("Åsa Lindqvist", "Jan de Vries")):
            client.index(index="people", id=str(number), document={"name": name}, refresh=True)
    assert names_found(node, "lindkvist") == ["Åsa Lindqvist"]

    address = node.address
    node.stop()
    node.start()
    assert node.address == address
    assert names_found(node, "lindkvist") == ["Åsa Lindqvist"]

    node.kill()
    node.start()
    assert names_found(node, "vrise") == ["Jan de Vries"]


def test_one_that_outlived_its_starter_is_ended(node: Elasticsearch):
    outlived = int(node.pid_file.read_text())

    Elasticsearch(node.home).clear_leftovers()

    assert not processes.is_alive(outlived)
    assert not node.pid_file.exists()
