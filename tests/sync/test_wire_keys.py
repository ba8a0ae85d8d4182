"""Kafka's files hold no value in the clear, also while the keys are changed under load."""

import secrets
import shutil
import threading
from pathlib import Path

import pytest

from deploy.local.kafka import Kafka
from events import key_ring
from tests.sync.locations import Location, eventually
from tests.sync.standing import agree, rows

HELD_SQL = "SELECT count(*) FROM events_deadletter WHERE resolved_at IS NULL"


@pytest.fixture
def encrypted(locations: list[Location], tmp_path: Path) -> list[Location]:
    """The three locations, each with its own copy of one key ring."""
    ring = key_ring.ring_of([key_ring.new_key()])
    for location in locations:
        path = tmp_path / f"ring-of-{location.location_id}"
        key_ring.write(path, ring)
        location.environment = {**location.environment, "EVENT_KEYS_FILE": str(path)}
    return locations


def ring_of(location: Location) -> Path:
    return Path(location.environment["EVENT_KEYS_FILE"])


def keys(location: Location, *words: str, check: bool = True) -> str:
    done = location.manage("event_keys", *words, check=check)
    return done.stdout + done.stderr


def carry(source: Location, *targets: Location) -> None:
    """As an operator does: the same file to every location, put in place at once."""
    for target in targets:
        draft = ring_of(target).with_suffix(".new")
        shutil.copy(ring_of(source), draft)
        draft.replace(ring_of(target))


class Canaries:
    """Values that stand nowhere else; all of one herd begin alike, so one look finds any."""

    def __init__(self) -> None:
        self.prefix = f"Canary{secrets.token_hex(6)}"

    def new(self) -> str:
        return f"{self.prefix}{secrets.token_hex(6)}"

    def are_in(self, folder: Path) -> bool:
        """Does one stand in any file below the folder, in any of the usual encodings?"""
        forms = (
            self.prefix.encode(),
            self.prefix.lower().encode(),
            self.prefix.encode("utf-16-le"),
            self.prefix.encode().hex().encode(),
        )
        written = (file for file in folder.rglob("*") if file.is_file() and file.stat().st_blocks)
        return any(form in raw for raw in map(Path.read_bytes, written) for form in forms)


class Writers:
    """One writer per location, until told to stop; every value is a canary."""

    def __init__(self, places: list[Location], canaries: Canaries) -> None:
        self.count = 0
        self._canaries = canaries
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(place,)) for place in places]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def more(self, count: int) -> None:
        until = self.count + count
        eventually(lambda: self.count >= until, f"{count} more writes")

    def _write(self, place: Location) -> None:
        new = self._canaries.new
        while not self._stop.wait(0.1):  # leaves the machine some time for the commands
            uid = place.create(surname=new(), document_number=new())
            assert place.change(uid, surname=new()).status == 200
            self.count += 1


@pytest.fixture
def running(encrypted: list[Location]) -> list[Location]:
    for location in encrypted:
        location.start("web", "publish", "consume")
    return encrypted


def know(locations: list[Location], key_id: str) -> None:
    """All have said in a heartbeat that they can open with this key."""
    line = f"{key_id}  opens  at every location heard"
    eventually(lambda: line in keys(locations[0], "list"), f"{key_id} is known everywhere")


def test_keys_change_under_load_and_kafka_never_holds_a_value(
    running: list[Location], kafka: Kafka
) -> None:
    loc1, *others = running
    first = key_ring.read(ring_of(loc1)).key_ids[0]
    canaries = Canaries()
    with Writers(running, canaries) as writers:
        writers.more(10)
        keys(loc1, "add")
        second = key_ring.read(ring_of(loc1)).key_ids[1]
        assert "cannot open" in keys(loc1, "use", second, check=False)
        carry(loc1, *others)
        know(running, second)
        writers.more(10)
        assert not canaries.are_in(kafka.home)
        keys(loc1, "use", second)
        carry(loc1, *others)
        writers.more(10)
        assert not canaries.are_in(kafka.home)
    agree(running)
    keys(loc1, "retire", first, "--anyway")
    carry(loc1, *others)
    last = loc1.create(surname=canaries.new())
    agree(running)

    assert key_ring.read(ring_of(loc1)).key_ids == (second,)
    assert [place.read(last).status for place in running] == [200, 200, 200]
    assert [rows(place, HELD_SQL) for place in running] == [[(0,)]] * 3
    assert not canaries.are_in(kafka.home)


def test_a_key_that_comes_late_brings_what_was_held(running: list[Location]) -> None:
    loc1, loc2, loc3 = running
    canaries = Canaries()
    loc1.create(surname=canaries.new())
    agree(running)
    keys(loc1, "add")
    second = key_ring.read(ring_of(loc1)).key_ids[1]
    keys(loc1, "use", second, "--anyway")
    carry(loc1, loc3)

    uid = loc1.create(surname=canaries.new())
    eventually(lambda: loc3.read(uid).status == 200, "loc3 opens it")
    eventually(lambda: rows(loc2, HELD_SQL) == [(1,)], "loc2 holds it")
    loc2.create(surname=canaries.new())
    assert f"1 messages are held for the key {second}" in keys(loc2, "list")
    carry(loc1, loc2)
    agree(running)

    assert loc2.read(uid).status == 200
    assert rows(loc2, HELD_SQL) == [(0,)]


def test_a_ring_is_introduced_one_location_after_the_other(
    encrypted: list[Location], kafka: Kafka
) -> None:
    """The first still speaks in the clear, which is also how we know that the search finds."""
    loc1, *others = encrypted
    loc1.start("web")
    loc1.start("publish", "consume", EVENT_KEYS_FILE="")
    for location in others:
        location.start("web", "publish", "consume")
    plain, hidden = Canaries(), Canaries()

    uid = loc1.create(surname=plain.new())
    eventually(lambda: others[0].read(uid).status == 200, "what came in the clear is taken")
    loc1.stop("publish", "consume")
    loc1.start("publish", "consume")
    others[0].create(surname=hidden.new())
    loc1.create(surname=hidden.new())
    agree(encrypted)

    assert plain.are_in(kafka.home)
    assert not hidden.are_in(kafka.home)
    assert "events.received_plain" in others[0].log("consume")
