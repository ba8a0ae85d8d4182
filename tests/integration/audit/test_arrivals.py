"""Entries of reads arrive in a table of their own: nobody sees the difference."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from audit.chain.numbering import number_entries
from audit.chain.verification import verify
from audit.entries import add_entry, is_kept, watched
from audit.figures import figures
from audit.models import ArrivedEntry, AuditEntry
from audit.totals import totals
from audit.transactions import Asked, find_transaction, list_transactions, proof_of
from events import sql
from events.clock import instant_of
from tests.integration.audit.test_audit import an_act

pytestmark = pytest.mark.django_db(transaction=True)


EMPTY_SQL = "TRUNCATE audit_entry, audit_chain, audit_block, audit_total, audit_arrival"


@pytest.fixture(autouse=True)
def emptied() -> Iterator[None]:
    """Django empties its own tables alone: what other tests committed goes first."""
    sql.execute(EMPTY_SQL)
    yield
    sql.execute(EMPTY_SQL)


def a_read():
    act = an_act()
    return add_entry(act, action="customer.read", entity_uid=act.request_id, codes=["a 'b' {c}"])


def test_a_read_arrives_and_is_taken_over_with_its_number():
    audit_id = a_read()
    assert (ArrivedEntry.objects.count(), AuditEntry.objects.count()) == (1, 0)

    assert number_entries() == 1

    (entry,) = AuditEntry.objects.all()
    assert (entry.audit_id, entry.seq, entry.codes) == (audit_id, 1, ["a 'b' {c}"])
    assert not ArrivedEntry.objects.exists()
    assert verify().is_ok


def test_all_columns_are_the_same_before_and_after():
    audit_id = a_read()
    before = find_transaction(audit_id)
    assert before is not None
    assert proof_of(before)[1:] == ("", "", "")
    number_entries()
    after = find_transaction(audit_id)

    assert after is not None
    assert {**vars_of(before), "seq": 1} == vars_of(after)
    assert proof_of(after)[0] == proof_of(before)[0]


def vars_of(found) -> dict:
    return {name: getattr(found, name) for name in found.__slots__}


def test_the_report_and_its_totals_have_it_at_once_and_once():
    a_read()
    add_entry(an_act(), action="roles.set")
    for _ in range(2):
        assert len(list_transactions(Asked(), limit=10).results) == 2
        assert totals(Asked()).per_kind == {"read": 1, "command": 1}
        number_entries()


def test_it_counts_as_unnumbered():
    a_read()
    act = an_act()

    assert figures(now=instant_of(act.now_us)).unnumbered == 1
    number_entries()
    assert figures(now=instant_of(act.now_us)).unnumbered == 0


def test_it_is_kept_for_whoever_watches():
    with watched() as noted:
        a_read()

    assert is_kept(noted)


def test_writes_and_reads_beside_writes_go_to_the_table_of_all():
    add_entry(an_act(), action="entity.updated")
    with transaction.atomic():
        add_entry(an_act(), action="customer.read")

    assert (ArrivedEntry.objects.count(), AuditEntry.objects.count()) == (0, 2)


def test_when_numbering_fails_it_has_neither_left_nor_come():
    a_read()
    with transaction.atomic():
        number_entries()
        transaction.set_rollback(True)

    assert (ArrivedEntry.objects.count(), AuditEntry.objects.count()) == (1, 0)
    assert number_entries() == 1


def test_more_than_one_step_takes_over():
    for _ in range(5):
        a_read()

    assert [number_entries(most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify().last == 5


def test_what_has_arrived_is_never_changed():
    a_read()
    with pytest.raises(DatabaseError, match="never changed"):
        sql.execute("UPDATE audit_arrival SET actor = 'mallory'")


def test_nothing_but_reads_may_come_this_way():
    a_read()
    entry = ArrivedEntry.objects.get()
    entry.audit_id, entry.kind, entry.action = uuid4(), "write", "entity.updated"
    with pytest.raises(IntegrityError):
        entry.save(force_insert=True)
