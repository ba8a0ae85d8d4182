"""The search of names as one would build it on Elasticsearch: a bool of many clauses, reranked."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from elasticsearch import Elasticsearch as Client
from elasticsearch import OrjsonSerializer, helpers

from customers.text_forms import plain
from customers.writing.spelling import sound
from deploy.local.elasticsearch import Elasticsearch
from tests.benchmarks.people import Person
from tests.benchmarks.reranking import CANDIDATES, best
from tests.benchmarks.search_targets import ELASTICSEARCH

INDEX = "people"
HEAP = "1g"
CHUNK = 5_000
# Searches after which one takes a quarter of the processor's time that the first ones took. A list
# that is small is not measured.
WARMING, WARMING_SHARE = 2_000, 0.01
SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": -1,
    "translog.durability": "async",
    "store.stats_refresh_interval": "0s",
}
# Nothing but what is searched and what the rerank needs, all of it out of columns: no _source.
MAPPINGS = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {
        "uid": {"type": "keyword", "index": False},
        "name": {"type": "keyword", "index": False},
        "key": {"type": "keyword", "doc_values": False},
        "solid": {"type": "keyword", "doc_values": False},
        "words": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
        "sounds": {"type": "text", "analyzer": "whitespace", "index_options": "freqs"},
    },
}
# Of a clause among the others. A fuzzy one on the key was tried, too: it doubled the time, and the
# solid form finds what it found.
FUZZY, SOLID, KEY, WORDS, SOUNDS, BEGINNING = 3, 6, 4, 1, 1, 1


class ElasticNames:
    """Names as the product compares them, on a node that keeps them between runs."""

    name = ELASTICSEARCH

    def __init__(self, client: Client, *, stamp: str) -> None:
        self._client = client
        shape = hashlib.sha256(repr((SETTINGS, MAPPINGS)).encode()).hexdigest()
        self._stamp = f"{stamp} {shape}"

    def prepare(self, people: Iterable[Person]) -> None:
        if self._kept_stamp() != self._stamp:
            self._fill(people)
        self._warm()

    def search(self, text: str, limit: int = 10) -> list[UUID]:
        asked = plain(text)
        if not asked:
            return []
        answer = self._client.search(
            index=INDEX, body=_query(asked), filter_path="hits.hits.fields"
        )
        fields = [hit["fields"] for hit in answer.get("hits", {}).get("hits", ())]
        found = [(field["uid"][0], field["name"][0]) for field in fields]
        return [UUID(uid) for uid in best(asked, found, limit)]

    def sizes(self) -> Mapping[str, int]:
        stats = self._client.indices.stats(index=INDEX, metric="store")
        return {f"{ELASTICSEARCH}, all of it": stats["_all"]["total"]["store"]["size_in_bytes"]}

    def _fill(self, people: Iterable[Person]) -> None:
        self._client.indices.delete(index=INDEX, ignore_unavailable=True)
        self._client.indices.create(index=INDEX, settings=SETTINGS, mappings=MAPPINGS)
        documents = map(_document, people)
        for _ in helpers.parallel_bulk(self._client, documents, thread_count=2, chunk_size=CHUNK):
            """Raises what the node refused."""
        self._client.indices.refresh(index=INDEX)
        self._client.options(request_timeout=1_800).indices.forcemerge(
            index=INDEX, max_num_segments=1
        )
        self._client.indices.flush(index=INDEX)
        self._client.indices.put_mapping(index=INDEX, meta={"stamp": self._stamp})

    def _warm(self) -> None:
        """Until Java has compiled what it does all the time: first times are not its speed."""
        people = self._client.count(index=INDEX)["count"]
        count = min(WARMING, int(people * WARMING_SHARE))
        answer = self._client.search(
            index=INDEX, size=count, docvalue_fields=["name"], source=False
        )
        for hit in answer["hits"]["hits"]:
            self.search(hit["fields"]["name"][0][:-1])

    def _kept_stamp(self) -> str | None:
        if not self._client.indices.exists(index=INDEX):
            return None
        mappings = self._client.indices.get_mapping(index=INDEX)[INDEX]["mappings"]
        return mappings.get("_meta", {}).get("stamp")


@contextmanager
def running(home: Path, *, stamp: str) -> Iterator[ElasticNames]:
    """A real node, its data in `home`."""
    with (
        Elasticsearch(home, heap=HEAP).running() as address,
        Client(address, serializer=OrjsonSerializer(), request_timeout=300) as client,
    ):
        yield ElasticNames(client, stamp=stamp)


def _document(person: Person) -> dict[str, Any]:
    name = plain(f"{person.name} {person.surname}")
    words = name.split()
    return {
        "_index": INDEX,
        "_op_type": "create",
        "_id": str(person.number),
        "uid": str(person.uid),
        "name": name,
        "key": " ".join(sorted(words)),
        "solid": "".join(words),
        "words": name,
        "sounds": " ".join(map(sound, words)),
    }


def _query(asked: str) -> dict[str, Any]:
    words = asked.split()
    sounds = " ".join(map(sound, words))
    clauses = [
        {"match": {"words": {"query": asked, "fuzziness": "AUTO", "boost": FUZZY}}},
        {"term": {"solid": {"value": "".join(words), "boost": SOLID}}},
        {"term": {"key": {"value": " ".join(sorted(words)), "boost": KEY}}},
        {"match": {"words": {"query": asked, "boost": WORDS}}},
        {"match": {"sounds": {"query": sounds, "boost": SOUNDS}}},
        *({"prefix": {"words": {"value": word, "boost": BEGINNING}}} for word in words),
    ]
    return {
        "size": CANDIDATES,
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["uid", "name"],
        "query": {"bool": {"should": clauses}},
    }
