"""The wire: encrypted with the first key, opened with any, never in the clear by accident."""

import logging
import os

import pytest

from events import key_ring, wire
from events.key_ring import BadKeyRing

EVENT = b'{"specversion": "1.0", "data": {"details": {"SURNAME": "Kowalczyk"}}}'


@pytest.fixture
def ring_file(tmp_path, settings):
    path = tmp_path / "ring"
    key_ring.write(path, key_ring.ring_of([key_ring.new_key()]))
    settings.EVENT_KEYS_FILE = str(path)
    return path


def test_without_a_ring_bytes_travel_as_they_are(settings):
    settings.EVENT_KEYS_FILE = ""

    assert wire.to_wire(EVENT) is EVENT
    assert wire.from_wire(EVENT) is EVENT
    assert wire.key_ids() == ()


def test_what_is_sealed_says_its_key_and_nothing_else(ring_file):
    encrypted = wire.to_wire(EVENT)

    assert wire.from_wire(encrypted) == EVENT
    assert wire.key_id_of(encrypted) == key_ring.read(ring_file).key_ids[0]
    assert b"Kowalczyk" not in encrypted
    assert wire.to_wire(EVENT) != encrypted


def test_what_came_in_the_clear_is_taken_although_there_is_a_ring(ring_file):
    assert wire.from_wire(EVENT) == EVENT
    assert wire.key_id_of(EVENT) is None


@pytest.mark.parametrize("is_without_ring", [True, False])
def test_bytes_of_another_ring_name_the_key_that_is_missing(ring_file, settings, is_without_ring):
    encrypted, key_id = wire.to_wire(EVENT), wire.key_ids()[0]
    key_ring.write(ring_file, key_ring.ring_of([key_ring.new_key()]))
    if is_without_ring:
        settings.EVENT_KEYS_FILE = ""

    with pytest.raises(wire.CannotOpen, match=key_id) as refusal:
        wire.from_wire(encrypted)

    assert refusal.value.key_id == key_id


@pytest.mark.parametrize("other", [b"A", b"B", b"!", b"\x00", b"\n"])
def test_damaged_bytes_are_told_from_those_of_a_missing_key(ring_file, other):
    value = wire.to_wire(EVENT)
    damaged = value[:-10] + other + value[-9:]

    if damaged != value:
        with pytest.raises(wire.Damaged):
            wire.from_wire(damaged)


@pytest.mark.parametrize("value", [b"fernet ", b"fernet 12345678", b"fernet zzzzzzzz abc", b""])
def test_what_only_begins_like_an_encrypted_message_goes_on_as_it_is(ring_file, value):
    assert wire.key_id_of(value) is None
    assert wire.from_wire(value) == value


def test_a_changed_file_counts_at_once(ring_file):
    first = wire.to_wire(EVENT)
    both = key_ring.with_added(key_ring.read(ring_file))
    key_ring.write(ring_file, key_ring.with_first(both, both.key_ids[1]))

    second = wire.to_wire(EVENT)

    assert wire.key_id_of(second) == both.key_ids[1]
    assert wire.from_wire(first) == wire.from_wire(second) == EVENT


def test_a_ring_that_went_bad_leaves_the_last_good_one_in_use(ring_file, caplog):
    key_id = wire.key_ids()[0]
    ring_file.write_text("hunter2\n")

    with caplog.at_level(logging.ERROR):
        encrypted = [wire.to_wire(EVENT) for _ in range(3)]

    assert {wire.key_id_of(each) for each in encrypted} == {key_id}
    assert [record.message for record in caplog.records] == ["events.keys_unreadable"]
    assert "hunter2" not in caplog.text


def test_nothing_is_sent_in_the_clear_for_want_of_a_readable_ring(tmp_path, settings):
    settings.EVENT_KEYS_FILE = str(tmp_path / f"none-{os.getpid()}")

    with pytest.raises(BadKeyRing):
        wire.to_wire(EVENT)
