"""What peers keep of a chain, and what they testify with it."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from audit.chain import checkpoints, verification
from audit.chain.keeping import Keeper, Round
from audit.chain.verification import chain_state
from audit.models import AuditEntry, PeerCheckpoint, Verification
from events import own_heartbeat
from events.clock import instant_of
from events.commands import wall_us
from events.heartbeat import ChainHead, InvalidHeartbeatError, parse, to_json
from events.listening import _observers
from events.models import ThisLocation
from events.origin import ensure_self
from tests.builders import an_instant
from tests.integration.audit.chains import a_chain, add, link_of, set_head, tamper
from tests.integration.events.heartbeats import a_heartbeat

pytestmark = pytest.mark.django_db


def hear(seq, *, digit="a", at="10:00", location_id="loc2", origin=None):
    """A peer's heartbeat with this number and a hash made of this digit."""
    checkpoints.on_heartbeat(
        a_heartbeat(
            location_id=location_id,
            origin=origin or f"{location_id}/1",
            at=an_instant(at),
            audit=ChainHead(seq, digit * 64),
        )
    )


def kept():
    return [(row.seq, bytes(row.hash).hex()[0]) for row in PeerCheckpoint.objects.order_by("seq")]


def test_of_each_thousand_the_last_one_is_kept():
    for seq in (3, 700, 999, 1000, 2500, 2501):
        hear(seq)

    assert kept() == [(999, "a"), (1000, "a"), (2501, "a")]


def test_a_chain_that_goes_back_is_told_and_both_words_stay(caplog):
    hear(700)
    hear(2500)

    with caplog.at_level(logging.ERROR, logger="audit.chain.checkpoints"):
        hear(2500, digit="b", at="10:01")
        hear(800, digit="b", at="10:02")
        hear(2600, digit="b", at="10:03")

    assert kept() == [(700, "a"), (800, "b"), (2500, "a"), (2500, "b"), (2600, "b")]
    assert [record.message for record in caplog.records] == ["audit.peer_chain_changed"] * 2


def test_a_cut_off_end_stays_known_however_the_chain_goes_on():
    hear(180, at="10:00")

    hear(177, digit="b", at="10:01")
    for seq in range(178, 190):
        hear(seq, digit="b", at=f"10:{seq - 150}")

    assert kept() == [(180, "a"), (189, "b")]


def test_what_was_heard_in_an_hour_before_is_not_written_over():
    hear(180, at="10:00")
    PeerCheckpoint.objects.update(heard_at=F("heard_at") - timedelta(hours=1))

    hear(190, digit="b", at="11:00")

    assert kept() == [(180, "a"), (190, "b")]


def test_old_heartbeats_heard_again_say_nothing(caplog):
    """After a restart the topic is read from its start."""
    hear(2500, at="11:00")

    with caplog.at_level(logging.ERROR, logger="audit.chain.checkpoints"):
        hear(700, at="10:00")
        hear(2500, at="11:00")

    assert kept() == [(2500, "a")]
    assert caplog.records == []


def test_an_old_checkpoint_played_again_does_not_replace_a_newer_one():
    hear(2500, at="11:00")

    hear(1200, digit="b", at="12:00")

    assert (2500, "a") in kept()


def test_each_origin_has_checkpoints_of_its_own():
    hear(900, origin="loc2/1")
    hear(400, origin="loc2/2", digit="b")

    assert kept() == [(400, "b"), (900, "a")]


def test_nothing_is_kept_of_the_own_chain():
    hear(700, location_id="loc1")

    assert kept() == []
    assert checkpoints.on_heartbeat in _observers


def test_a_heartbeat_says_how_far_the_chain_is():
    assert own_heartbeat.chain_head() is None

    last = a_chain(3)

    assert own_heartbeat.chain_head() == ChainHead(3, last.hash.decode())
    beat = own_heartbeat.OwnHeartbeats().heartbeat(now_us=wall_us())
    assert parse(to_json(beat)).audit == beat.audit == ChainHead(3, last.hash.decode())


def test_a_heartbeat_without_it_is_one_too():
    beat = replace(a_heartbeat(), audit=None)

    assert b'"audit"' not in to_json(beat)
    assert parse(to_json(beat)) == beat


@pytest.mark.parametrize(
    "audit",
    [b"7", b'{"seq": 1}', b'{"seq": -1, "hash": "%s"}' % (b"a" * 64), b'{"seq": 1, "hash": "x"}'],
)
def test_a_heartbeat_with_anything_else_is_ignored(audit):
    raw = to_json(a_heartbeat())[:-1] + b', "audit": ' + audit + b"}"

    with pytest.raises(InvalidHeartbeatError):
        parse(raw)


@pytest.fixture
def file_of_loc2(settings, tmp_path):
    """What loc2 heard of loc1's chain so far, in a file."""

    def export(*seqs, name="loc2.checkpoints"):
        told = [(seq, link_of(seq).hash.decode()) for seq in seqs]
        settings.LOCATION_ID = "loc2"
        for seq, digits in told:
            beat = a_heartbeat(location_id="loc1", origin="loc1/1", audit=ChainHead(seq, digits))
            checkpoints.on_heartbeat(beat)
        call_command("export_checkpoints", "loc1", str(tmp_path / name))
        PeerCheckpoint.objects.all().delete()
        settings.LOCATION_ID = "loc1"
        return str(tmp_path / name)

    return export


def test_a_peers_file_testifies(file_of_loc2, capsys):
    a_chain(1200)
    file = file_of_loc2(900, 1200)

    call_command("verify_audit", "--peer", file)
    assert "Entries 1 to 1,200 are complete and unaltered. 2 checkpoints" in capsys.readouterr().out

    tamper("DELETE FROM audit_entry WHERE seq > 1100")
    set_head(link_of(1100))
    call_command("verify_audit")
    with pytest.raises(CommandError, match=r"cut_off: Entries 1,101 to 1,200 .* as loc2 heard"):
        call_command("verify_audit", "--peer", file)


def test_each_verification_is_an_entry(file_of_loc2):
    a_chain(5)
    call_command("verify_audit")
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 2")
    with pytest.raises(CommandError) as broken:
        call_command("verify_audit")

    assert broken.value.returncode == 1
    entries = AuditEntry.objects.filter(seq=None).order_by("audit_id")
    found = [(entry.action, entry.outcome, entry.codes) for entry in entries]
    assert found == [("audit.verified", "ok", []), ("audit.verified", "failed", ["altered"])]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "was not written by export_checkpoints"),
        (b"\x00\xff", "was not written by export_checkpoints"),
        (b'{"format":"sins-audit-checkpoints/1","location_id":"loc3"}', "speaks of loc3"),
        (
            b'{"format":"sins-audit-checkpoints/1","location_id":"loc1","heard_by":"loc1"}',
            "only another one can testify",
        ),
        (
            b'{"format":"sins-audit-checkpoints/1","location_id":"loc1","heard_by":"loc2"}\n{}\n',
            "Line 2 of",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, content, sentence):
    file = tmp_path / "file"
    file.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("verify_audit", "--peer", str(file))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No such file") as refused:
        call_command("verify_audit", "--peer", str(tmp_path / "nothing"))
    assert refused.value.returncode == 2


def test_nothing_heard_is_said(tmp_path):
    with pytest.raises(CommandError, match="Nothing was heard of an audit chain of loc9"):
        call_command("export_checkpoints", "loc9", str(tmp_path / "file"))
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    "words", [["--from", "0"], ["--from", "5", "--to", "4"], ["--archives-only"]]
)
def test_ranges_that_are_none_are_refused(words):
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit", *words)
    assert refused.value.returncode == 2


def test_the_keeper_numbers_verifies_and_says_how_the_chain_stands():
    keeper = Keeper()
    add(5)
    assert not chain_state(since=None, until=None).is_complete

    assert keeper.step()

    state = chain_state(since=None, until=None)
    assert (state.first, state.last, state.is_complete, state.unnumbered) == (1, 5, True, 0)
    assert state.detail == "Entries 1 to 5 are complete, the chain verified."
    assert state.verified_at is not None


def test_what_came_since_the_last_verification_is_verified_for_whoever_asks():
    a_chain(5)
    Round().step(now_us=wall_us(), now_s=1)
    a_chain(3)

    assert chain_state(since=None, until=None).is_complete

    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 7")
    state = chain_state(since=None, until=None)
    assert (state.is_complete, state.detail) == (
        False,
        "Entry 7 was altered after it had been numbered.",
    )


def test_a_broken_chain_is_kept_until_a_round_finds_it_whole():
    a_chain(5)
    tamper("UPDATE audit_entry SET outcome = 'failed' WHERE seq = 3")

    Round().step(now_us=wall_us(), now_s=1)

    assert Verification.objects.get().code == "altered"
    assert not chain_state(since=None, until=None).is_complete
    tamper("UPDATE audit_entry SET outcome = 'ok' WHERE seq = 3")
    Round().step(now_us=wall_us(), now_s=1)
    assert chain_state(since=None, until=None).is_complete


def test_the_chain_says_under_which_origin_it_went_on():
    """A restored backup writes under a new origin."""
    a_chain(2)
    Keeper().step()
    old = ensure_self(now_us=wall_us())
    ThisLocation.objects.update(epoch=old.epoch + 1)

    Keeper().step()

    resumed = AuditEntry.objects.get(action="audit.resumed")
    assert resumed.codes == [old.origin, ensure_self(now_us=wall_us()).origin]


def test_a_period_without_entries_is_not_broken():
    a_chain(5, at="2026-11-10T10:00")
    before = instant_of(an_instant("2026-11-01T00:00"))
    Round().step(now_us=wall_us(), now_s=1)
    empty = chain_state(since=None, until=before)
    assert (empty.last, empty.is_complete) == (None, True)
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 3")
    Round().step(now_us=wall_us(), now_s=1)

    empty, whole = chain_state(since=None, until=before), chain_state(since=None, until=None)

    assert (empty.last, empty.is_complete, empty.is_broken) == (None, False, False)
    assert empty.detail == f"There are no entries in this period. Elsewhere: {whole.detail}"
    assert whole.is_broken
    tamper("DELETE FROM audit_entry")
    assert chain_state(since=None, until=None).is_broken


def test_many_entries_without_a_number_are_not_counted_to_the_last(monkeypatch):
    monkeypatch.setattr(verification, "MOST_COUNTED", 3)
    add(2)
    few = chain_state(since=None, until=None)
    add(3)
    many = chain_state(since=None, until=None)

    assert (few.unnumbered, few.are_more_unnumbered) == (2, False)
    assert (many.unnumbered, many.are_more_unnumbered) == (3, True)
