"""Nine tamperings by somebody who may do anything in the database: each is found."""

import pytest

from audit.chain import numbering as chain
from audit.chain import verification
from audit.chain.hashing import Link
from events import sql
from tests.integration.audit.chains import (
    a_chain,
    add,
    as_superuser,
    checkpoints,
    hash_anew,
    link_of,
    set_head,
    tamper,
)

pytestmark = pytest.mark.django_db

INSERT = (
    "INSERT INTO audit_entry (audit_id, at, location_id, request_id, kind, actor, role, auth,"
    " action, outcome, codes, seq, prev_hash, hash)"
    " SELECT gen_random_uuid(), at, location_id, request_id, kind, 'mallory', role, auth, action,"
    " outcome, codes, seq, prev_hash, hash FROM audit_entry WHERE seq = 40"
)


def found(**wanted):
    verdict = verification.verify(**wanted)
    assert not verdict.is_ok
    return verdict.code, verdict.seq


def test_untouched_chain_is_complete():
    a_chain(100)
    a_chain(20)

    verdict = verification.verify(peers=checkpoints(30, 100, 120))

    assert (verdict.is_ok, verdict.first, verdict.last, verdict.testified) == (True, 1, 120, 3)
    assert verdict.sentence == "Entries 1 to 120 are complete and unaltered."


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'mallory'",
        "at = at + interval '1 microsecond'",
        "codes = '{NAME}'",
        "codes = codes || '{\"\"}'",
        "hit_ids = array[entity_uid]",
        "entity_uid = NULL",
        "query_hash = ''",
        "result_count = 0",
        "batch_id = audit_id",
        "address = 'NULL'",
        "audit_id = gen_random_uuid()",
        "prev_hash = sha256('')",
        "hash = sha256('')",
    ],
)
def test_1_an_edited_field_is_found(change):
    a_chain(100)

    tamper(f"UPDATE audit_entry SET {change} WHERE seq = 57")  # noqa: S608

    assert found() == ("altered", 57)


def test_1_an_edited_field_is_found_when_its_entry_is_hashed_anew():
    a_chain(100)

    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 57")
    hash_anew(57, last=57)

    assert found() == ("altered", 57)


def test_1_so_it_is_of_the_last_entry():
    a_chain(100)

    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 100")
    head = chain.head()
    hash_anew(100)
    set_head(head)

    assert found() == ("altered", 100)


@pytest.mark.parametrize("swapped", ["actor", "at", "entity_uid", "seq"])
def test_2_two_swapped_entries_are_found(swapped):
    a_chain(50)
    a_chain(50, at="11:00")

    tamper(
        f"UPDATE audit_entry entry SET {swapped} = other.{swapped} FROM audit_entry other"  # noqa: S608
        " WHERE (entry.seq, other.seq) IN ((45, 71), (71, 45))"
    )

    assert found() == ("altered", 45)


def test_3_a_deleted_entry_in_the_middle_is_found():
    a_chain(100)

    tamper("DELETE FROM audit_entry WHERE seq = 57")

    assert found() == ("missing", 57)


def test_3_a_deleted_entry_is_found_when_the_others_close_ranks():
    a_chain(100)

    tamper(
        "DELETE FROM audit_entry WHERE seq = 57",
        "UPDATE audit_entry SET seq = seq - 1 WHERE seq > 57",
    )

    assert found() == ("missing", 57)


def test_4_the_last_ten_deleted_are_found():
    a_chain(100)

    tamper("DELETE FROM audit_entry WHERE seq > 90")

    assert found() == ("cut_off", 91)


def test_4_they_are_found_through_a_peer_when_the_head_was_put_back():
    a_chain(100)
    heard = checkpoints(60, 100)

    tamper("DELETE FROM audit_entry WHERE seq > 90")
    set_head(link_of(90))

    assert verification.verify().is_ok
    assert found(peers=heard) == ("cut_off", 91)


def test_4_they_are_found_from_the_first_on_when_the_chain_went_on_under_their_numbers():
    """As it does with the entry of the first verification that found nothing."""
    a_chain(100)
    heard = checkpoints(60, 95, 100)

    tamper("DELETE FROM audit_entry WHERE seq > 90")
    set_head(link_of(90))
    a_chain(2, at="10:30")

    assert verification.verify().is_ok
    assert found(peers=heard) == ("cut_off", 91)
    assert verification.verify(peers=heard).sentence == (
        "Entries 91 to 100 had been numbered, as loc2 heard (5 Jan 2026, 10:00:00, as loc1/1); "
        "the chain now ends at 92, and what has numbers 91 to 92 was made after that."
    )


def test_5_an_inserted_entry_is_found():
    a_chain(100)

    tamper(INSERT)

    assert found() == ("inserted", 40)


def test_5_it_is_found_when_the_others_make_room():
    a_chain(100)

    tamper("UPDATE audit_entry SET seq = seq + 1 WHERE seq > 40", INSERT)
    tamper("UPDATE audit_entry SET seq = 41 WHERE actor = 'mallory'")

    assert found()[1] == 41


def test_5_it_is_found_behind_the_last():
    a_chain(100)

    tamper(INSERT.replace("seq, prev_hash, hash FROM", "101, prev_hash, hash FROM"))

    assert found() == ("inserted", 101)
    assert found(first=50, last=101) == ("inserted", 101)
    assert verification.verify(last=99).is_ok


def test_6_an_edit_with_all_after_it_hashed_anew_is_found_through_a_peer():
    a_chain(100)
    heard = checkpoints(30, 80)

    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 57")
    hash_anew(57)

    assert verification.verify().is_ok
    assert found(peers=heard) == ("rewritten", 31)
    assert "Entry 80 had another hash when loc2 heard of it" in (
        verification.verify(peers=heard).sentence
    )


def test_7_an_old_checkpoint_played_again_is_found_through_a_peer():
    """The head, and the heartbeats made of it, say again what was true once."""
    old = a_chain(60)
    a_chain(40)
    heard = checkpoints(60, 100)

    tamper("DELETE FROM audit_entry WHERE seq > 60")
    set_head(old)

    assert verification.verify(peers=heard[:1]).is_ok  # what it wants to be believed
    assert found(peers=heard) == ("cut_off", 61)


def test_8_a_dropped_partition_is_found():
    a_chain(30, at="2026-11-02T10:00")
    a_chain(30, at="2026-12-02T10:00")
    a_chain(30, at="2027-01-02T10:00")

    sql.execute("DROP TABLE audit_entry_2026_12")

    assert found() == ("missing", 31)


def test_8_the_last_partition_is_missed_through_a_peer():
    a_chain(30, at="2026-11-02T10:00")
    a_chain(30, at="2026-12-02T10:00")
    heard = checkpoints(20, 55)

    sql.execute("DROP TABLE audit_entry_2026_12")
    set_head(link_of(30))

    assert verification.verify().is_ok
    assert found(peers=heard) == ("cut_off", 31)


def test_8_the_first_partition_is_missed_though_a_pruning_was_invented():
    a_chain(30, at="2026-11-02T10:00")
    a_chain(30, at="2026-12-02T10:00")
    last = link_of(30)

    sql.execute("DROP TABLE audit_entry_2026_11")
    sql.execute(
        "INSERT INTO audit_pruning (last_seq, first_seq, last_hash, file, sha256, kept_count,"
        " kept_sha256, pruned_at) VALUES (30, 1, decode(%(hash)s, 'hex'), 'x', '', 0, sha256(''),"
        " now())",
        {"hash": last.hash.decode()},
    )

    assert found() == ("missing", 1)


def test_9_an_older_table_put_back_is_found_through_a_peer():
    a_chain(60)
    sql.execute("CREATE TEMP TABLE older AS SELECT * FROM audit_entry")
    old = chain.head()
    a_chain(40)
    heard = checkpoints(60, 90)

    with as_superuser():
        sql.execute("TRUNCATE audit_entry")
        sql.execute("INSERT INTO audit_entry SELECT * FROM older")
        set_head(old)

    assert verification.verify().is_ok
    assert found(peers=heard) == ("cut_off", 61)


def test_9_it_is_found_also_when_the_chain_has_grown_past_that():
    old = a_chain(60)
    a_chain(40)
    heard = checkpoints(60, 90)

    tamper("DELETE FROM audit_entry WHERE seq > 60")
    set_head(old)
    add(80)
    chain.number_entries()

    assert chain.head().seq == 140
    assert found(peers=heard) == ("rewritten", 61)


def test_only_the_asked_range_is_verified():
    a_chain(100)
    tamper("UPDATE audit_entry SET actor = 'mallory' WHERE seq = 57")

    assert verification.verify(last=56).is_ok
    assert verification.verify(first=58).is_ok
    assert found(first=57, last=57) == ("altered", 57)
    assert found(first=10, last=60) == ("altered", 57)


def test_a_head_that_was_removed_is_no_way_to_give_numbers_twice():
    last = a_chain(10)
    sql.execute("DELETE FROM audit_chain")
    add(5)

    assert chain.number_entries() == 5
    assert link_of(10) == last
    assert verification.verify().is_ok


def test_an_empty_chain_is_well():
    assert verification.verify().is_ok
    assert chain.head() == Link(0, b"0" * 64)
