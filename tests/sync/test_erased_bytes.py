"""Whoever is erased is in no byte of any file; whoever is kept is where one expects them."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)
from elasticsearch import Elasticsearch as Client

from deploy.local import ports
from deploy.local.elasticsearch import Elasticsearch
from deploy.local.kafka import Kafka
from deploy.local.postgres import Cluster
from events import key_ring
from events.wire import PREFIX
from tests.services import HOME
from tests.sync.byte_search import ByteSearch, names_found
from tests.sync.herds import Herd, Human, a_birth_date, a_herd, a_word, load
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows
from tests.sync.test_canaries import documents, messages
from tests.sync.test_shipping import WAITING_SQL, client, logs_of

__all__ = ("client",)  # a fixture

pytestmark = pytest.mark.timeout(900)

ITEMS = "/api/customers/items/"
RETENTION = "/api/customers/retention"
HERD = 100  # erased, and as many kept
PROVIDER = "service_provider"
WORKERS = ("publish", "consume", "keep", "ship", "cleanup")
# An operator waits days for what is a matter of seconds with these.
QUICK_RETENTION = """
log.retention.check.interval.ms=200
log.initial.task.delay.ms=200
"""
QUICK_TOPIC = {"retention.ms": "1000", "segment.ms": "1000", "file.delete.delay.ms": "100"}
POLICY = {"code": "OLD", "basis": "created", "days": 365, "delay_days": 0}

CONFIRMED_SQL = """
SELECT count(*) FROM entities_erasure WHERE erased_event IS NOT NULL AND is_confirmed
"""
CONFLICTS_SQL = "SELECT count(*) FROM entities_conflict WHERE closed_event IS NULL"
LETTERS_SQL = "SELECT count(*) FROM events_deadletter WHERE raw IS NOT NULL"
RAW_SQL = """
SELECT raw, origin, sequence FROM events_event
WHERE entity_uid = %s AND raw IS NOT NULL ORDER BY sequence LIMIT 1
"""


class QuicklyForgettingKafka(Kafka):
    """Looks several times a second for segments whose time is over, instead of every 5 minutes."""

    def prepare(self) -> None:
        super().prepare()
        with self._properties.open("a") as file:
            file.write(QUICK_RETENTION)


@pytest.fixture
def kafka() -> Iterator[Kafka]:
    broker = QuicklyForgettingKafka(HOME / "forgetting-kafka")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def places(
    locations: list[Location], elasticsearch: Elasticsearch, tmp_path: Path
) -> list[Location]:
    """As in production: with a key ring, shipping, and whatever a process writes in one folder."""
    ring = key_ring.ring_of([key_ring.new_key()])
    for place in locations:
        file, temporary = tmp_path / f"ring-of-{place.location_id}", tmp_path / "temporary"
        key_ring.write(file, ring)
        temporary.mkdir(exist_ok=True)
        place.environment = {
            **place.environment,
            "EVENT_KEYS_FILE": str(file),
            "ELASTICSEARCH_HOST": elasticsearch.address,
            "LOG_DIR": str(logs_of(tmp_path, place)),
            "TMPDIR": str(temporary),
            "HOME": str(tmp_path),
        }
    return locations


def everywhere(do: Callable[[Location], object], places: Sequence[Location]) -> None:
    """At all of them at once; what goes wrong at one is raised here."""
    with ThreadPoolExecutor(len(places)) as pool:
        for done in [pool.submit(do, place) for place in places]:
            done.result()


def counts(place: Location, sql: str, expected: int) -> bool:
    return bool(rows(place, sql)[0][0] == expected)


def arrive(place: Location, *, herds: Sequence[Herd], home: Path, old: Herd) -> None:
    """Half of them loaded before anything else, the old ones as of two years ago."""
    for herd in sorted(herds, key=lambda herd: herd is not old):
        mine = [human for human in herd.loaded if human.place is place]
        load(place, mine, home=home, days_ago=730 if herd is old else 0)


def live(place: Location, *, herds: Sequence[Herd]) -> None:
    for herd in herds:
        live_through(place, herd)


def live_through(place: Location, herd: Herd) -> None:
    """Typed in, changed, looked for, reported, merged."""
    for number, human in enumerate(herd.at(place)):
        if not human.is_loaded:
            answer = place.request("POST", ITEMS, human.body)
            assert answer.status == 201, answer
            human.uid = str(answer.body["id"])
        changed = human.says(surname=a_word(), document_number=a_word().upper())
        assert place.change(human.uid, **changed).status == 200
        look_for(place, human, number)
    for survivor, loser in herd.pairs(place):
        merge = {"into": survivor.uid, "take": ["name"], "reason": "One person"}
        path = f"{ITEMS}{loser.uid}/merge/?allow_duplicate=1"
        answer = place.request("POST", path, merge, role=PROVIDER)
        assert answer.status == 200, answer


def look_for(place: Location, human: Human, number: int) -> None:
    """In one of the ways in which people look; of some they are given the report."""
    key, mode = (("surname", "exact"), ("name", "fuzzy"))[number % 2]
    path = f"{ITEMS}search/?mode={mode}&q={quote(human.values[key])}"
    assert place.request("GET", path).body["results"]
    if number % 8 == 0:
        path = f"{ITEMS}{human.uid}/subject-report/"
        assert place.request("GET", path, role=PROVIDER).status == 200


def disagree(one: Location, other: Location, humans: Sequence[Human]) -> None:
    """Both write while neither hears the other."""
    for place in (one, other):
        place.stop("publish", "consume")
    for human in humans:
        for place in (one, other):
            changed = human.says(name=a_word(), dob=a_birth_date())
            assert place.change(human.uid, **changed).status == 200
    for place in (one, other):
        place.start("publish", "consume")


def send_unreadable(place: Location, humans: Sequence[Human], bootstrap: str) -> None:
    """Of each a message that is not what its hash says, and one that is no event but names them."""
    ring = key_ring.read(Path(place.environment["EVENT_KEYS_FILE"]))
    producer = Producer({"bootstrap.servers": bootstrap})

    def send(raw: bytes, headers: Mapping[str, str]) -> None:
        value = PREFIX + ring.key_ids[0].encode() + b" " + ring.fernet.encrypt(raw)
        topic = place.environment["KAFKA_TOPIC"]
        producer.produce(topic, value, headers=[*headers.items()])

    for human in humans:
        raw, origin, sequence = rows(place, RAW_SQL, human.uid)[0]
        send(raw, {"sha256": "0" * 64, "origin": origin, "sequence": str(sequence)})
        send(json.dumps({"about": human.uid, "said": human.said}).encode(), {})
    assert producer.flush(30) == 0


def erase(places: Sequence[Location], herd: Herd) -> None:
    """The typed ones by request, the loaded ones, which are old, by a policy."""
    taken = {loser.uid for place in places for _, loser in herd.pairs(place)}
    for human in herd.typed:
        if human.uid not in taken:
            path = f"{ITEMS}{human.uid}/erase/"
            answer = human.place.request("POST", path, {"basis": "subject_request"}, role=PROVIDER)
            assert answer.status == 202, answer
    answer = places[0].request("POST", f"{RETENTION}/policies/", POLICY, role=PROVIDER)
    assert answer.status == 201, answer
    for place in places:
        eventually(partial(knows_policy, place), f"the policy is at {place.location_id}")
    for place in places:
        run = previewed(place)
        answer = place.request("POST", f"{RETENTION}/runs/{run['id']}/approve/", {}, role=PROVIDER)
        assert answer.status == 200, answer
    for place in places:
        eventually(
            partial(counts, place, CONFIRMED_SQL, len(herd.humans)),
            f"all are erased and confirmed, as {place.location_id} sees it",
        )


def knows_policy(place: Location) -> bool:
    path = f"{RETENTION}/policies/{POLICY['code']}/"
    return place.request("GET", path, role=PROVIDER).status == 200


def previewed(place: Location) -> dict[str, object]:
    answer = place.request("POST", f"{RETENTION}/runs/", {}, role=PROVIDER)
    assert answer.status == 201, answer
    return dict(answer.body)


def exported(place: Location) -> str:
    """All entries of the audit there, as a provider takes them away."""
    url = f"http://{ports.HOST}:{place.port}/api/v1/transactions/export/"
    request = urllib.request.Request(url, headers={"X-Role": PROVIDER})
    with urllib.request.urlopen(request) as response:
        return str(response.read(), "utf-8")


def topics_of(places: Sequence[Location]) -> list[str]:
    return [places[0].environment[name] for name in ("KAFKA_TOPIC", "STATUS_TOPIC")]


def sealed_messages(kafka: Kafka, places: Sequence[Location]) -> dict[str, bytes]:
    """What lies in Kafka of each of some events: a piece from the middle, which is encrypted."""
    values = [message.value() or b"" for message in messages(kafka.bootstrap, topics_of(places)[0])]
    return {f"message {number}": value[100:140] for number, value in enumerate(values[::10])}


def ship_all(places: Sequence[Location]) -> None:
    """Then everything stops."""
    for place in places:
        place.stop("web", "publish", "consume", "cleanup")
        eventually(
            partial(counts, place, WAITING_SQL, 0),
            f"all entries of {place.location_id} are shipped",
        )
    for place in places:
        place.stop()


def flush(clusters: Mapping[str, Cluster]) -> None:
    """What PostgreSQL holds in memory is in its files."""
    for cluster in clusters.values():
        cluster.query("CHECKPOINT")


def let_kafka_forget(admin: AdminClient, topics: Sequence[str]) -> None:
    """The time of all messages is over."""
    changes = [
        ConfigResource(
            ResourceType.TOPIC,
            topic,
            incremental_configs=[
                ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
                for name, value in QUICK_TOPIC.items()
            ],
        )
        for topic in topics
    ]
    for done in admin.incremental_alter_configs(changes).values():
        done.result(30)


def clean(clusters: Mapping[str, Cluster], place: Location) -> None:
    """What docs/privacy.md tells operators to do. The second round removes the segment that the
    first one still wrote to."""
    cluster = clusters[place.location_id]
    cluster.query("VACUUM (FULL, ANALYZE)", database=place.address.database)
    for _ in range(2):
        cluster.query("SELECT pg_switch_wal()")
        cluster.query("CHECKPOINT")


def tidy_wal(cluster: Cluster) -> None:
    """Used segments are removed instead of kept, with what they hold, to be written again."""
    for setting in ("wal_recycle = off", "min_wal_size = '32MB'"):
        cluster.query(f"ALTER SYSTEM SET {setting}")
    cluster.query("SELECT pg_reload_conf()")


def test_whoever_is_erased_is_in_no_byte_and_whoever_is_kept_is(
    places: list[Location],
    clusters: dict[str, Cluster],
    kafka: Kafka,
    elasticsearch: Elasticsearch,
    client: Client,
    admin: AdminClient,
    tmp_path: Path,
) -> None:
    leaving, kept = a_herd(places, size=HERD), a_herd(places, size=HERD)
    herds = (leaving, kept)
    for cluster in clusters.values():
        tidy_wal(cluster)
    everywhere(partial(arrive, herds=herds, home=tmp_path, old=leaving), places)
    for parts in (WORKERS, ("web",)):
        for place in places:
            place.start(*parts)
    agree(places)
    everywhere(partial(live, herds=herds), places)
    agree(places)
    some = [human for herd in herds for human in herd.humans[4::10]]
    disagree(places[0], places[1], some)
    send_unreadable(places[2], some, kafka.bootstrap)
    count = agree(places)
    assert count > 4 * HERD
    for place in places:
        eventually(
            partial(counts, place, LETTERS_SQL, 2 * len(some)),
            f"what cannot be read is set aside at {place.location_id}",
        )
        assert rows(place, CONFLICTS_SQL)[0][0] >= len(some)
    for place in places:
        assert place.location_id in exported(place)

    homes = [clusters[place.location_id].home for place in places]
    look = ByteSearch(leaving.canaries | kept.canaries)
    sealed = sealed_messages(kafka, places)
    sent = ByteSearch({}, **sealed)
    everybody = {human.uid for herd in herds for human in herd.humans}
    flush(clusters)
    for home in homes:
        assert look.search(home).keys() == everybody
    assert sent.search(kafka.home).keys() == sealed.keys()
    assert names_found(look.search(kafka.home), everybody) == {}

    erase(places, leaving)
    agree(places)
    ship_all(places)
    let_kafka_forget(admin, topics_of(places))
    flush(clusters)
    everywhere(partial(clean, clusters), places)
    eventually(lambda: not sent.search(kafka.home), "no message is left in Kafka's files")
    for home in homes:
        found = look.search(home)
        assert names_found(found, leaving.canaries) == {}
        assert kept.canaries.keys() == found.keys()
    elsewhere = look.search(kafka.home, elasticsearch.home, tmp_path)
    assert names_found(elsewhere, everybody) == {}
    told = "".join(documents(client))
    assert all(human.uid in told for herd in herds for human in herd.humans)
