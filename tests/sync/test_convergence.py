"""Writes at three locations end in the same rows everywhere, whatever happens on the way."""

import os
import random
import uuid
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from deploy.local.kafka import Kafka
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, progress, rows

NAMES = ("Ana", "Bo", "Chloé", "Дарья", "Ελένη", "فاطمة", "Øyvind", "李娜")


def test_a_customer_written_here_is_found_there_by_a_misspelled_name(
    running: list[Location],
) -> None:
    first, second, third = running

    uid = first.create(surname="Lindqvist", name="Åsa", dob="1984-02-11")
    search = "/api/customers/items/search/?q=asa+lindkvist&mode=fuzzy"
    eventually(
        lambda: uid in [hit["id"] for hit in third.request("GET", search).body["results"]],
        "found at loc3",
    )
    assert second.change(uid, surname="Lindkvist").status == 200

    history = f"/api/customers/items/{uid}/history/"
    eventually(
        lambda: (
            {"Lindqvist", "Lindkvist"}
            <= {row.get("value") for row in first.request("GET", history).body}
        ),
        "both versions in the history at loc1",
    )


def test_concurrent_writes_to_the_same_people_converge(running: list[Location]) -> None:
    # The 2,000 writes of the specification are run by hand: SYNC_WRITES=2000.
    writes = int(os.environ.get("SYNC_WRITES", "240"))
    chance = random.Random(3)
    shared = [running[0].create(surname=f"Shared{n}", name="X") for n in range(10 + writes // 50)]
    agree(running)

    def write(number: int) -> int:
        place = running[number % 3]
        if chance.random() < 0.3:
            return place.change(chance.choice(shared), name=chance.choice(NAMES)).status
        body = {"surname": f"Own{number}", "name": chance.choice(NAMES)}
        return place.request("POST", "/api/customers/items/", body).status

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(write, range(writes)))

    assert set(answers) <= {200, 201}
    agree(running, deadline_s=120)
    for place in running:
        assert "nothing differed" in place.manage("rebuild_entities").stdout.lower()


def test_open_conflicts_are_equal_everywhere_and_equal_a_fold_from_scratch(
    running: list[Location],
) -> None:
    first, second, third = running
    uid = first.create(surname="Both", name="Start")
    agree(running)
    for place in running:
        place.stop("publish", "consume")

    first.change(uid, name="Left")
    second.change(uid, name="Right")
    third.request("DELETE", f"/api/customers/items/{uid}/")
    for place in running:
        place.start("publish", "consume")

    agree(running)
    found = rows(first, "SELECT attribute FROM entities_conflict WHERE closed_event IS NULL")
    assert {attribute for (attribute,) in found} == {"NAME", "alive"}
    for place in running:
        assert "nothing differed" in place.manage("rebuild_entities").stdout.lower()


def test_two_locations_that_were_cut_off_load_the_same_sample_without_a_conflict(
    locations: list[Location],
) -> None:
    for place in locations[:2]:
        place.manage("load_sample_data")

    for place in locations:
        place.start("publish", "consume")

    agree(locations, deadline_s=120)
    for place in locations:
        assert rows(place, "SELECT * FROM entities_conflict WHERE closed_event IS NULL") == []
    before = progress(locations[2])
    locations[2].manage("load_sample_data")
    assert progress(locations[2]) == before


def test_repeated_and_reordered_messages_change_nothing(
    running: list[Location], kafka: Kafka, producer: Producer
) -> None:
    uid = running[0].create(surname="Again", name="One")
    for name in NAMES:
        running[0].change(uid, name=name)
    count = agree(running)
    topic = running[0].environment["KAFKA_TOPIC"]
    messages = read_all(kafka, topic)
    assert len(messages) == count

    for message in random.Random(5).sample(messages * 3, len(messages) * 3):
        producer.produce(topic, message.value(), message.key(), headers=message.headers())
    producer.flush()
    running[1].change(uid, name="Last")

    eventually(lambda: progress(running[2])[3] == count + 1, "the last change arrives")
    assert agree(running) == count + 1


def test_poison_messages_are_set_aside_and_the_rest_goes_on(
    running: list[Location], kafka: Kafka, producer: Producer
) -> None:
    uid = running[0].create(surname="Before", name="Poison")
    agree(running)
    topic = running[0].environment["KAFKA_TOPIC"]
    good = read_all(kafka, topic)[0]
    sealed = dict(good.headers())
    poison = {
        "not JSON": (b"\xff\xfe{", good.headers()),
        "no event": (b'{"specversion": "1.0"}', good.headers()),
        "a wrong hash": (good.value(), [*{**sealed, "sha256": b"00" * 32}.items()]),
        "no sequence": (good.value(), [("sha256", sealed["sha256"])]),
        "too large": (b'"' + b"x" * 300_000 + b'"', good.headers()),
        "nothing": (b"", []),
    }
    for value, headers in poison.values():
        producer.produce(topic, value, uuid.uuid4().bytes, headers=headers)
    producer.flush()

    running[1].change(uid, name="After")

    agree(running)
    for place in running:
        set_aside = "SELECT count(*) FROM events_deadletter WHERE resolved_at IS NULL"
        eventually(lambda: rows(place, set_aside)[0][0] == len(poison), "all set aside")  # noqa: B023


def test_a_lost_range_is_healed(
    locations: list[Location], kafka: Kafka, admin: AdminClient
) -> None:
    first, second, third = locations
    first.start("web", "publish", "consume")
    second.start("publish", "consume")
    for number in range(120):
        first.create(surname=f"Lost{number}")
    agree([first, second])
    topic = first.environment["KAFKA_TOPIC"]

    delete_first_messages(admin, kafka, topic, at_least=100)
    third.start("publish", "consume")

    agree(locations, deadline_s=120)


def read_all(kafka: Kafka, topic: str) -> list:
    """Every message of the topic, by partition."""
    consumer = Consumer(
        {"bootstrap.servers": kafka.bootstrap, "group.id": "tests", "enable.partition.eof": False}
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    messages = []
    for partition in partitions:
        place = TopicPartition(topic, partition)
        low, high = consumer.get_watermark_offsets(place, timeout=10)
        consumer.assign([TopicPartition(topic, partition, low)])
        while low < high:
            message = consumer.poll(10)
            assert message is not None
            assert message.error() is None
            messages.append(message)
            low = message.offset() + 1
    consumer.close()
    return messages


def delete_first_messages(admin: AdminClient, kafka: Kafka, topic: str, *, at_least: int) -> None:
    consumer = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": "tests"})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    upto, gone = [], 0
    for partition in partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)
        upto.append(TopicPartition(topic, partition, high))
        gone += high - low
    consumer.close()
    assert gone >= at_least
    for done in admin.delete_records(upto).values():
        done.result(timeout=10)
