"""Encrypted messages at the remote door: opened, or held until their key is there."""

from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from events import deadletters, key_ring, peers, progress, receiving, retrying, wanting, wire
from events.clock import instant_of
from events.kafka import Message
from events.retrying import HeldForKeys, retry_dead_letters
from tests.integration.events.builders import (
    NOW_US,
    PEER,
    Tally,
    an_act,
    an_event,
    column,
    messages_of,
)
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db

LETTERS = "SELECT reason_code FROM events_deadletter WHERE resolved_at IS NULL ORDER BY id"


@pytest.fixture
def ring_file(tmp_path: Path, settings) -> Path:
    path = tmp_path / "ring"
    settings.EVENT_KEYS_FILE = str(path)
    call_command("event_keys", "create", stdout=StringIO())
    return path


def encrypted(messages: list[Message]) -> list[Message]:
    """As the producer sends them."""
    return [
        replace(
            message,
            value=wire.to_wire(message.value or b""),
            headers={**message.headers, "origin": PEER.encode()},
        )
        for message in messages
    ]


def receive(messages: list[Message]) -> receiving.Received:
    return receiving.receive(an_act(), messages, cluster_id="cluster")


def turned(path: Path) -> None:
    """Another ring, whose keys open nothing of before."""
    key_ring.write(path, key_ring.ring_of([key_ring.new_key()]))


def test_encrypted_events_are_stored_as_they_were_made(ring_file: Path, tally: Tally) -> None:
    messages = messages_of([an_event(), an_event()])

    received = receive(encrypted(messages))

    assert len(received.stored) == 2
    assert set(column("SELECT raw FROM events_event")) == {each.value for each in messages}


def test_what_no_key_opens_is_held_and_not_asked_for(ring_file: Path, tally: Tally) -> None:
    messages = encrypted(messages_of([an_event(), an_event()]))
    key_id = wire.key_ids()[0]
    turned(ring_file)

    received = receive(messages)

    assert received.stored == []
    assert column(LETTERS) == ["no_key", "no_key"]
    assert column("SELECT raw FROM events_deadletter ORDER BY id") == [
        message.value for message in messages
    ]
    assert deadletters.held_for_keys() == {key_id: 2}
    peers.keep(a_heartbeat(origin=PEER, sealed=2), seen_at=instant_of(NOW_US))
    assert wanting.holes() == {}


def test_the_key_brings_what_was_held_by_itself(ring_file: Path, tally: Tally) -> None:
    good = ring_file.read_text()
    messages = encrypted(messages_of([an_event() for _ in range(5)]))
    turned(ring_file)
    receive(messages)
    held = HeldForKeys()
    assert held.step(an_act) == 0

    ring_file.write_text(good)

    assert held.step(an_act) == 5
    assert column(LETTERS) == []
    assert len(tally.seen) == 5
    assert progress.known()[0] == {PEER: ((1, 5),)}
    assert column("SELECT raw FROM events_deadletter") == [None] * 5
    assert held.step(an_act) == held.step(an_act) == 0


def test_only_a_part_is_tried_at_once(ring_file: Path, tally: Tally, monkeypatch) -> None:
    good = ring_file.read_text()
    monkeypatch.setattr(retrying, "BATCH", 2)
    messages = encrypted(messages_of([an_event() for _ in range(5)]))
    turned(ring_file)
    receive(messages)
    ring_file.write_text(good)
    held = HeldForKeys()

    assert [held.step(an_act) for _ in range(4)] == [2, 2, 1, 0]


def test_retry_dead_letters_takes_up_what_was_held(ring_file: Path, tally: Tally) -> None:
    good = ring_file.read_text()
    messages = encrypted(messages_of([an_event()]))
    turned(ring_file)
    receive(messages)

    before = retry_dead_letters(partial(an_act), limit=10)
    ring_file.write_text(good)
    after = retry_dead_letters(partial(an_act), limit=10)

    assert (before.tried, before.resolved) == (1, 0)
    assert (after.tried, after.resolved) == (1, 1)


def test_a_key_that_is_gone_for_ever_is_given_up_and_its_events_are_wanted(
    ring_file: Path, tally: Tally
) -> None:
    messages = encrypted(messages_of([an_event()]))
    turned(ring_file)
    receive(messages)

    retried = retry_dead_letters(partial(an_act), limit=10, given_up=retrying.UNOPENED)

    assert retried.resolved == 1
    assert column(LETTERS) == []
    peers.keep(a_heartbeat(origin=PEER, sealed=1), seen_at=instant_of(NOW_US))
    assert wanting.holes() == {PEER: ((1, 1),)}


def test_the_same_event_under_a_key_that_is_here_closes_the_letter(
    ring_file: Path, tally: Tally
) -> None:
    messages = messages_of([an_event()])
    old = encrypted(messages)
    turned(ring_file)
    receive(old)

    receive([replace(encrypted(messages)[0], offset=99)])

    assert column(LETTERS) == []
    assert column("SELECT raw FROM events_deadletter") == [None]


def test_damaged_bytes_are_set_aside_with_their_place(ring_file: Path, tally: Tally) -> None:
    [message] = encrypted(messages_of([an_event()]))
    value = bytearray(message.value or b"")
    value[-20] ^= 1

    receive([replace(message, value=bytes(value))])

    assert column(LETTERS) == ["bad_hash"]
    assert column("SELECT origin FROM events_deadletter") == [PEER]


def test_what_comes_in_the_clear_is_taken(ring_file: Path, tally: Tally) -> None:
    assert len(receive(messages_of([an_event()])).stored) == 1


def run(capsys, *words: str) -> str:
    call_command("event_keys", *words)
    return str(capsys.readouterr().out)


def test_the_command_turns_the_key_and_shows_none(ring_file: Path, capsys) -> None:
    first = wire.key_ids()[0]
    added = run(capsys, "add")
    second = wire.key_ids()[1]
    told = run(capsys, "list") + added + run(capsys, "use", second)
    after = wire.key_ids()
    told += run(capsys, "retire", first)

    assert after == (second, first)
    assert wire.key_ids() == (second,)
    assert first in told
    assert second in told
    secrets = {key.secret for key in key_ring.read(ring_file).keys}
    assert not any(secret in told for secret in secrets)


def test_a_key_encrypts_only_when_all_can_open_it(ring_file: Path, capsys) -> None:
    first = wire.key_ids()[0]
    run(capsys, "add")
    second = wire.key_ids()[1]
    peers.keep(a_heartbeat(keys=(first, second)), seen_at=instant_of(NOW_US))
    peers.keep(a_heartbeat(location_id="loc3", keys=(first,)), seen_at=instant_of(NOW_US))

    assert f"{second}  opens  not at loc3" in run(capsys, "list")
    with pytest.raises(CommandError, match="loc3 cannot open"):
        run(capsys, "use", second)
    assert wire.key_ids() == (first, second)
    run(capsys, "use", second, "--anyway")

    assert wire.key_ids() == (second, first)


def test_a_key_that_somebody_encrypts_with_is_not_retired(ring_file: Path, capsys) -> None:
    first = wire.key_ids()[0]
    run(capsys, "add")
    second = wire.key_ids()[1]
    run(capsys, "use", second)
    peers.keep(a_heartbeat(keys=(first, second)), seen_at=instant_of(NOW_US))

    with pytest.raises(CommandError, match="loc2 still encrypts"):
        run(capsys, "retire", first)

    assert wire.key_ids() == (second, first)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create"], "is there already"),
        (["use"], "name one key"),
        (["add", "12345678"], "name one key"),
        (["retire", "12345678"], "has no key 12345678"),
    ],
)
def test_what_the_command_cannot_do_it_says(ring_file: Path, words, sentence) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("event_keys", *words)
