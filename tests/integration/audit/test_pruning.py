"""Months past their age: archived, read back, taken out; the chain is complete from there on."""

import gzip
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command

from audit.chain import archive, keeping, pruning, verification
from audit.chain import numbering as chain
from audit.chain.archive import InvalidArchiveError, open_archive
from audit.chain.hashing import Link
from audit.chain.verification import Border
from audit.entries import add_entry
from audit.models import AuditEntry, Pruning, Verification
from events import failpoints, sql
from events.clock import instant_of
from tests.builders import an_instant
from tests.integration.audit.chains import (
    a_chain,
    add,
    an_act,
    checkpoints,
    hash_anew,
    set_head,
    tamper,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archives(settings, tmp_path):
    settings.AUDIT_RETENTION_DAYS, settings.AUDIT_ARCHIVE_DIR = 30, str(tmp_path)
    return tmp_path


@pytest.fixture
def three_months():
    """Numbers 1-20 of November, 21-40 of December, 41-50 of January; and 41 is an entry of
    December that was committed late."""
    a_chain(20, at="2026-11-10T10:00")
    a_chain(20, at="2026-12-10T10:00")
    a_chain(1, at="2026-12-31T23:59")
    a_chain(9, at="2027-01-10T10:00")


def prune(*, on):
    return pruning.prune(an_act(at=f"{on}T12:00"))


def files(folder):
    return sorted(folder.glob("*.tsv.gz"))


def test_nothing_is_pruned_before_its_age(three_months, archives):
    assert prune(on="2026-12-30") is None
    assert (files(archives), AuditEntry.objects.count()) == ([], 50)


def test_a_month_past_its_age_goes_into_a_file(three_months, archives):
    assert prune(on="2026-12-31") == "audit_entry_2026_11"

    (file,) = files(archives)
    assert file.name == "audit-loc1-000000000001-000000000020.tsv.gz"
    assert sql.fetch("SELECT min(seq), count(seq) FROM audit_entry") == [(21, 30)]
    noted = AuditEntry.objects.get(action="audit.archived")
    assert noted.codes == [file.name, f"sha256 {archive.digest_of(file)}", "to 20"]
    assert prune(on="2026-12-31") is None


def test_what_is_pruned_is_not_among_the_totals(three_months):
    prune(on="2026-12-31")
    chain.number_entries()

    (counted,) = sql.fetch("SELECT sum(entries)::int FROM audit_total")
    assert counted == (AuditEntry.objects.count(),)


def test_the_chain_is_complete_from_there_on(three_months):
    prune(on="2026-12-31")
    chain.number_entries()

    verdict = verification.verify(peers=checkpoints(25, 50))

    assert (verdict.is_ok, verdict.first, verdict.last) == (True, 21, 51)


def invent_a_pruning(file="audit-loc1-000000000001-000000000050.tsv.gz"):
    """All of it gone, and told as if it had been archived: by the row and by the chain itself."""
    forged = Link(50, sha256(b"invented").hexdigest().encode())
    pruned = Border(forged, file, "00" * 32, pruned_at=instant_of(an_instant("2027-03-01T10:00")))
    tamper("DELETE FROM audit_entry")
    set_head(forged)
    pruning._note(pruned, first=1)
    add_entry(an_act(at="2027-03-01T10:00"), action="audit.archived", codes=pruned.codes)
    chain.number_entries()


def test_an_invented_pruning_is_found_through_what_peers_heard_of_its_last_entry(three_months):
    heard = checkpoints(10, 50)

    invent_a_pruning()

    alone, with_peers = verification.verify(), verification.verify(peers=heard)
    assert (alone.is_ok, alone.first) == (True, 51)
    assert (with_peers.code, with_peers.seq) == ("rewritten", 50)
    assert "had another hash when loc2 heard of it" in with_peers.sentence


def test_what_was_archived_and_not_read_is_named_with_its_file(three_months, archives):
    heard = checkpoints(10, 20, 25)
    prune(on="2026-12-31")
    chain.number_entries()
    (file,) = files(archives)

    verdict = verification.verify(peers=heard)

    (named,) = verdict.unread
    assert (named.name, named.sha256) == (file.name, archive.digest_of(file))
    assert (named.first, named.last) == (1, 20)
    assert (verdict.is_ok, verdict.testified, verdict.uncompared) == (True, 2, 1)
    assert verdict.sentence.endswith("Entries 1 to 20 were archived and not read.")
    assert verification.verify(first=22).unread == ()
    whole = verification.verify(archives=[open_archive(file)], peers=heard)
    assert (whole.unread, whole.testified, whole.uncompared) == ((), 3, 0)


def test_the_command_names_the_files_that_it_did_not_read(three_months, archives, capsys):
    prune(on="2026-12-31")
    chain.number_entries()
    (file,) = files(archives)

    call_command("verify_audit")

    said = f"Entries 1 to 20: {file.name}, sha256 {archive.digest_of(file)}"
    assert said in capsys.readouterr().out


def test_a_span_of_time_finds_only_numbers_that_are_here():
    a_chain(2_500, at="2026-11-10T10:00")
    a_chain(600, at="2026-12-10T10:00")

    prune(on="2026-12-31")

    blocks = sql.fetch("SELECT block, min_at > '2026-12-01' FROM audit_block ORDER BY block")
    assert blocks == [(2, True), (3, True)]
    assert chain.numbers_between(since=None, until=None) == chain.Numbers(2_501, 3_100)


def test_all_of_it_verifies_together_with_the_archives(three_months, archives):
    heard = checkpoints(10, 25, 45)
    prune(on="2027-01-01")
    chain.number_entries()
    assert prune(on="2027-02-01") == "audit_entry_2026_12"
    chain.number_entries()
    opened = [open_archive(file) for file in files(archives)]

    verdict = verification.verify(archives=opened, peers=heard)

    assert (verdict.is_ok, verdict.first, verdict.last, verdict.testified) == (True, 1, 52, 3)
    alone = verification.verify_archives(opened, peers=heard[:2])
    assert (alone.is_ok, alone.first, alone.last) == (True, 1, 41)


def test_entries_of_later_months_among_its_numbers_stay_and_are_watched():
    a_chain(5, at="2026-11-10T10:00")
    a_chain(3, at="2026-12-01T00:00")
    a_chain(2, at="2026-11-30T23:59")  # committed late: numbers 9 and 10
    a_chain(5, at="2026-12-10T10:00")

    prune(on="2026-12-31")
    chain.number_entries()

    assert sorted(AuditEntry.objects.values_list("seq", flat=True)) == [6, 7, 8, *range(11, 17)]
    assert chain.numbers_between(since=None, until=None) == chain.Numbers(6, 16)
    assert Pruning.objects.get().kept_count == 3
    assert verification.verify().is_ok
    assert verification.verify().first == 11
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 7")
    assert verification.verify().code == "altered"


def test_two_months_pruned_one_after_the_other_keep_no_more_than_is_left():
    a_chain(5, at="2026-11-10T10:00")
    a_chain(1, at="2026-12-01T00:00")
    a_chain(1, at="2026-11-30T23:59")

    assert prune(on="2027-03-01") == "audit_entry_2026_11"
    assert prune(on="2027-03-01") == "audit_entry_2026_12"
    chain.number_entries()

    assert verification.verify().is_ok
    assert sql.fetch("SELECT last_seq, kept_count FROM audit_pruning") == [(7, 0)]


def test_a_month_with_entries_without_a_number_waits():
    a_chain(5, at="2026-11-10T10:00")
    add(1, at="2026-11-11T10:00")

    assert prune(on="2027-03-01") is None
    assert AuditEntry.objects.count() == 6


def test_an_entry_that_comes_while_its_month_is_archived_is_not_lost(three_months, monkeypatch):
    def come_late(name):
        if name == "prune.archived":
            add(1, at="2026-11-20T10:00")

    with monkeypatch.context() as patched:
        patched.setattr(failpoints, "reach", come_late)
        assert prune(on="2026-12-31") is None

    assert AuditEntry.objects.count() == 51
    chain.number_entries()
    assert prune(on="2026-12-31") == "audit_entry_2026_11"
    assert verification.verify().is_ok


def test_a_round_is_not_put_off_by_a_month_that_goes_under_it(three_months, monkeypatch):
    monkeypatch.setattr(keeping, "ROUND_STRIDE", 5)
    a_round, now_s = keeping.Round(), 1
    a_round.step(now_us=an_instant("2027-01-10T12:00"), now_s=now_s)
    prune(on="2026-12-31")

    while not Verification.objects.exists():
        now_s += 1_000
        a_round.step(now_us=an_instant("2027-01-10T12:00"), now_s=now_s)

    kept = Verification.objects.get()
    assert (kept.code, kept.first_seq, kept.last_seq) == ("", 21, 50)


def test_empty_months_go_without_a_file(archives):
    a_chain(5, at="2026-12-10T10:00")

    assert prune(on="2026-12-31") == "audit_entry_2026_11"
    assert files(archives) == []


def test_without_a_folder_everything_stays(three_months, settings):
    settings.AUDIT_ARCHIVE_DIR = ""

    assert prune(on="2030-01-01") is None


def test_what_was_altered_is_not_archived_but_kept_as_it_is(three_months, archives):
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 7")

    with pytest.raises(pruning.BrokenChainError, match="Entry 7 was altered"):
        prune(on="2026-12-31")

    assert files(archives) == []
    assert AuditEntry.objects.count() == 50


def test_the_same_month_makes_the_same_bytes(three_months, archives):
    prune(on="2026-12-31")
    (file,) = files(archives)
    before = file.read_bytes()
    opened = open_archive(file)

    archive.write(file, list(opened.rows()), location_id="loc1", after=opened.after, end=opened.end)

    assert file.read_bytes() == before


def changed(file, change):
    head, *rows = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    file.write_bytes(gzip.compress(head + b"".join(change(rows))))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda rows: [*rows[:6], rows[6].replace(b"user", b"usor"), *rows[7:]], ("altered", 7)),
        (lambda rows: [*rows[:6], *rows[7:]], ("missing", 7)),
        (lambda rows: rows[:-2], ("missing", 19)),
        (lambda rows: [*rows[:6], rows[5], *rows[6:]], ("inserted", 6)),
    ],
)
def test_a_file_that_was_tampered_with_is_found(three_months, archives, change, problem):
    prune(on="2026-12-31")
    (file,) = files(archives)

    changed(file, change)

    verdict = verification.verify_archives([open_archive(file)])
    assert (verdict.code, verdict.seq) == problem


def test_a_missing_file_is_found(three_months, archives):
    prune(on="2027-01-01")
    chain.number_entries()
    prune(on="2027-02-01")
    chain.number_entries()

    opened = [open_archive(file) for file in files(archives)]
    without_the_last = verification.verify(archives=opened[:1])

    assert (without_the_last.code, without_the_last.seq) == ("missing", 21)
    assert verification.verify(archives=opened[1:]).first == 21


def test_a_file_of_another_chain_is_found(three_months, archives):
    prune(on="2026-12-31")
    chain.number_entries()
    sql.execute("UPDATE audit_pruning SET last_hash = sha256('')")
    (opened,) = [open_archive(file) for file in files(archives)]

    assert not verification.verify(archives=[opened]).is_ok


def test_a_damaged_file_is_named(three_months, archives, tmp_path):
    prune(on="2026-12-31")
    (file,) = files(archives)
    file.write_bytes(file.read_bytes()[:-20])
    other = tmp_path / "other.gz"
    other.write_bytes(b"no archive")

    with pytest.raises(InvalidArchiveError, match="is damaged"):
        verification.verify_archives([open_archive(file)])
    with pytest.raises(InvalidArchiveError, match="is not an archive of the audit"):
        open_archive(other)


def test_a_forged_file_is_found_through_a_peer(three_months, archives):
    """Hashed anew from an edited entry on: by itself it is well."""
    heard = checkpoints(20)
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 7")
    hash_anew(7)
    prune(on="2026-12-31")
    (opened,) = [open_archive(file) for file in files(archives)]

    assert verification.verify_archives([opened]).is_ok
    assert verification.verify_archives([opened], peers=heard).code == "rewritten"


def test_the_command_takes_archives(three_months, archives, capsys):
    prune(on="2026-12-31")
    chain.number_entries()
    (file,) = map(str, files(archives))

    call_command("verify_audit", "--archive", file)
    call_command("verify_audit", "--archive", file, "--archives-only")

    said = capsys.readouterr().out
    assert "Entries 1 to 51 are complete and unaltered." in said
    assert "Entries 1 to 20 are complete and unaltered." in said
    changed(files(archives)[0], lambda rows: rows[1:])
    with pytest.raises(CommandError, match="missing: Entry 1 is missing"):
        call_command("verify_audit", "--archive", file)
