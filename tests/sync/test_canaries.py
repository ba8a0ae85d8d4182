"""No personal value in what leaves the locations: Elasticsearch, logs, metrics, Kafka's headers."""

import json
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition
from elasticsearch import Elasticsearch as Client
from elasticsearch.helpers import scan

from deploy.local import ports
from deploy.local.kafka import Kafka
from events.tracing import REQUEST_HEADER
from tests.integration.audit.canaries import Person, found_in
from tests.sync.locations import Location, eventually
from tests.sync.standing import rows
from tests.sync.test_shipping import client, settle, shipping

__all__ = ("client", "shipping")  # fixtures: the same run as for what must not be lost

pytestmark = pytest.mark.timeout(900)

ITEMS = "/api/customers/items/"
POLL_S = 10
KEPT_SQL = "SELECT name FROM customers_customer"


def live_through(place: Location, person: Person, typed: Person) -> str:
    """A customer's life in which every value is sent in every way; `typed` is nobody's."""
    uid = place.create(**person.values, extra_fields=person.extra)
    for one in (person, typed):
        for value in one.canaries:
            for query in (f"mode=exact&q={quote(value)}", f"mode=fuzzy&q={quote(value)}"):
                place.request("GET", f"{ITEMS}search/?{query}")
            named = {"X_Request_Id": one.values["document_number"]}
            place.request("GET", f"{ITEMS}{quote(value)}/", **named)
        place.request("POST", f"{ITEMS}match/", one.values)
        check = {key: one.values[key] for key in ("document_number", "dob")}
        place.request("POST", f"{ITEMS}check/", check, role="customer")
    place.change(uid, dob=typed.values["surname"])
    place.change(uid, surname=typed.values["surname"], nobody=typed.values["name"])
    place.change(uid, name=typed.values["name"])
    for path in ("", "history/", "events/", "access-log/"):
        place.request("GET", f"{ITEMS}{uid}/{path}", role="service_provider")
    place.request("DELETE", f"{ITEMS}{uid}/", role="customer")
    place.request("DELETE", f"{ITEMS}{uid}/")
    place.request("POST", f"{ITEMS}{uid}/restore/", {"reason": typed.values["surname"]})
    return uid


def has(place: Location, uid: str) -> bool:
    return place.read(uid).status == 200


def documents(client: Client) -> list[str]:
    """Everything in every index, with the names under which it lies there."""
    client.indices.refresh(index="*")
    return [json.dumps(hit, ensure_ascii=False) for hit in scan(client, index="*", size=5000)]


def messages(bootstrap: str, topic: str) -> Iterator[Message]:
    """All of a topic, from its beginning to its present end."""
    settings = {"bootstrap.servers": bootstrap, "group.id": str(uuid4())}
    consumer = Consumer({**settings, "enable.partition.eof": True})
    left = set(consumer.list_topics(topic).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in left])
    while left:
        message = consumer.poll(POLL_S)
        assert message is not None, f"{topic} did not come to its end"
        error = message.error()
        if error is None:
            yield message
        elif error.code() == KafkaError._PARTITION_EOF:
            left.discard(message.partition())
    consumer.close()


def as_text(*parts: str | bytes | None) -> list[str]:
    """As people would read them: what is not ASCII is written out in `str` of bytes."""
    return [
        part.decode(errors="replace") if isinstance(part, bytes) else str(part) for part in parts
    ]


def text_of(message: Message, *more: str) -> str:
    """Key and headers, which nothing encrypts."""
    headers = [part for header in message.headers() or () for part in header]
    return " ".join([*as_text(message.key(), *headers), *more])


def metrics_of(place: Location) -> str:
    with urllib.request.urlopen(f"http://{ports.HOST}:{place.port}/metrics") as response:
        return str(response.read(), "utf-8")


def logs_in(home: Path) -> str:
    """What processes wrote to standard error and into files that are shipped."""
    return "\n".join(file.read_text(errors="replace") for file in home.rglob("*.log"))


def test_no_personal_value_leaves_the_locations_but_in_events(
    shipping: list[Location],
    client: Client,
    kafka: Kafka,
    tmp_path: Path,
) -> None:
    person, typed = Person(), Person()
    first, *others = shipping
    uid = live_through(first, person, typed)
    for place in others:
        eventually(partial(has, place, uid), f"it has arrived at {place.location_id}")
    metrics = "".join(map(metrics_of, shipping))
    settle(shipping)

    found = documents(client)
    sent = list(messages(kafka.bootstrap, first.environment["KAFKA_TOPIC"]))
    heartbeats = list(messages(kafka.bootstrap, first.environment["STATUS_TOPIC"]))
    places = {
        "documents": "\n".join(found),
        "logs": logs_in(tmp_path),
        "metrics": metrics,
        "headers": "\n".join(map(text_of, sent)),
        "heartbeats": "\n".join(text_of(one, *as_text(one.value())) for one in heartbeats),
    }

    assert found_in(places, [*person.canaries, *typed.canaries]) == []
    assert all(places.values())
    told = {place: sum(f'"{place}"' in one for one in found) for place in ("loc1", "loc2", "loc3")}
    assert min(told.values()) > 0
    assert str(uid) in places["documents"]
    assert all(REQUEST_HEADER in dict(one.headers() or ()) for one in sent)
    kept = {place.location_id: str(rows(place, KEPT_SQL)) for place in shipping}
    assert len(found_in(kept, [typed.values["name"]])) == len(shipping)
