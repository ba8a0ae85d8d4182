"""Numbers of audit entries: gap-free, once, whatever commits when; and the database insists."""

import hashlib
import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from audit.chain import lines, verification
from audit.chain import numbering as chain
from audit.chain.hashing import GENESIS, START, split
from audit.models import AuditEntry, ChainHead
from events import sql
from tests.builders import an_instant
from tests.integration.audit.chains import a_chain, add, link_of


@pytest.fixture
def emptied(transactional_db):
    """Committed for real, and gone afterwards: the test's own transactions are told apart here."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry, audit_chain, audit_block, audit_total")


def seqs():
    return list(AuditEntry.objects.order_by("at", "audit_id").values_list("seq", flat=True))


@pytest.mark.django_db
def test_entries_are_numbered_by_time_without_a_gap():
    add(3, at="11:00")
    add(2, at="10:00")

    assert chain.number_entries() == 5

    assert seqs() == [1, 2, 3, 4, 5]
    assert chain.number_entries() == 0


@pytest.mark.django_db
def test_each_entry_names_the_hash_of_the_one_before():
    a_chain(4)

    rows = AuditEntry.objects.order_by("seq")
    found = [(bytes(row.prev_hash).hex(), bytes(row.hash).hex()) for row in rows]
    assert found[0][0] == GENESIS.decode()
    assert [before for before, _ in found[1:]] == [mine for _, mine in found[:-1]]
    assert found[-1][1] == chain.head().hash.decode()


@pytest.mark.django_db
def test_the_line_is_what_the_documentation_says():
    """Columns by TAB, null as \\N, special characters behind a backslash, instants in UTC."""
    a_chain(1)
    entry = AuditEntry.objects.get()

    with transaction.atomic():
        (row,) = lines.rows(first=1, last=1)
    digits, line = split(row)

    assert hashlib.sha256(line).hexdigest().encode() == digits
    assert line.decode().split("\t") == [
        "1",
        "0" * 64,
        str(entry.audit_id),
        "2026-01-05 10:00:00+00",
        "loc1",
        str(entry.request_id),
        "read",
        "user 0",
        "service_agent",
        "header",
        "customer.read",
        "ok",
        str(entry.entity_uid),
        "{}",
        "{}",
        '{NAME,"back\\\\\\\\slash, \\\\"quoted\\\\"\\ttab\\nline"}',
        "\\N",
        "\\N",
        str(entry.duration_us) if entry.duration_us is not None else "\\N",
        "",
        "\\N",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "setting", ["TimeZone = 'Asia/Kathmandu'", "DateStyle = 'German'", "bytea_output = 'escape'"]
)
def test_lines_do_not_depend_on_settings_of_the_database(setting):
    a_chain(5)

    sql.execute(f"SET LOCAL {setting}")

    assert verification.verify().is_ok


@pytest.mark.django_db
def test_only_so_many_are_numbered_at_once():
    add(7)

    assert [chain.number_entries(most=3) for _ in range(4)] == [3, 3, 1, 0]
    assert verification.verify().is_ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET seq = 9, prev_hash = hash WHERE seq = 2",
        "UPDATE audit_entry SET seq = NULL, prev_hash = NULL, hash = NULL",
        "UPDATE audit_entry SET actor = 'mallory' WHERE seq IS NULL",
        "UPDATE audit_entry SET outcome = 'ok'",
        "UPDATE audit_entry SET seq = 4 WHERE seq IS NULL",
        "UPDATE audit_entry SET seq = 3, prev_hash = sha256(''), hash = sha256('')"
        " WHERE seq IS NULL",
        "UPDATE audit_entry SET seq = 5, prev_hash = sha256(''), hash = sha256('')"
        " WHERE seq IS NULL",
        "UPDATE audit_entry SET seq = 4, prev_hash = sha256(''), hash = sha256('')"
        " WHERE seq IS NULL",
        "UPDATE audit_entry SET seq = 4, prev_hash = (SELECT hash FROM audit_chain),"
        " hash = sha256(''), actor = 'mallory' WHERE seq IS NULL",
        "DELETE FROM audit_entry WHERE seq IS NULL",
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(entry,"
        " jsonb_build_object('audit_id', gen_random_uuid()))).* FROM audit_entry entry"
        " WHERE seq = 3",
    ],
)
@pytest.mark.django_db
def test_the_tables_owner_is_stopped_too(statement):
    a_chain(3)
    add(1)

    with pytest.raises(DatabaseError), transaction.atomic():
        sql.execute(statement)


@pytest.mark.django_db
def test_two_entries_cannot_get_one_number_in_one_statement():
    add(2)
    head = chain.lock_head()

    with pytest.raises(DatabaseError), transaction.atomic():
        sql.execute(
            "UPDATE audit_entry SET seq = 1, hash = sha256(''),"
            " prev_hash = decode(%(before)s, 'hex')",
            {"before": head.hash.decode()},
        )


def test_an_entry_committed_late_is_numbered_late(emptied):
    """A long transaction's entry is the older one, and gets a later number: no number is lost."""
    has_added, may_commit = threading.Event(), threading.Event()

    def long_transaction():
        try:
            with transaction.atomic():
                add(1, at="09:00")
                has_added.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=long_transaction)
    thread.start()
    assert has_added.wait(30)
    add(2, at="10:00")
    assert chain.number_entries() == 2
    may_commit.set()
    thread.join()

    assert chain.number_entries() == 1

    assert seqs() == [3, 1, 2]
    assert verification.verify().is_ok


def test_leaders_that_number_at_once_give_each_number_once(emptied):
    add(60)
    begun = threading.Barrier(4)

    def lead():
        try:
            begun.wait(30)
            while chain.number_entries(most=7):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=lead) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seqs()) == list(range(1, 61))
    assert verification.verify().is_ok


@pytest.mark.django_db
def test_a_step_that_fails_leaves_nothing_behind(monkeypatch):
    add(3)

    def fail(**_):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(chain.totals, "add", fail)
        with pytest.raises(RuntimeError):
            chain.number_entries()

    assert seqs() == [None] * 3
    assert chain.head() == START
    assert not ChainHead.objects.exists()
    assert chain.number_entries() == 3


def instant(text):
    return datetime.fromtimestamp(an_instant(text) / 1e6, UTC)


@pytest.mark.django_db
def test_a_span_of_time_finds_its_numbers():
    a_chain(3, at="10:00")
    a_chain(2, at="11:00")
    a_chain(1, at="09:00")  # committed late

    def numbers(since=None, until=None):
        found = chain.numbers_between(
            since=since and instant(since), until=until and instant(until)
        )
        return found and (found.first, found.last)

    assert numbers() == (1, 6)
    assert numbers("10:00", "11:00") == (1, 3)
    assert numbers("11:00") == (4, 5)
    assert numbers(until="10:00") == (6, 6)
    assert numbers("12:00") is None
    assert link_of(6) == chain.head()
