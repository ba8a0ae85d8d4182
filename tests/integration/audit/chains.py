"""Chains to be tampered with, and a superuser who does it: no trigger stops them."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import connection, transaction

from audit.chain import numbering as chain
from audit.chain.checkpoints import on_heartbeat
from audit.chain.hashing import GENESIS, Checkpoint, Link, hash_of, split
from audit.chain.lines import rows
from audit.entries import add_entry
from events import sql
from events.heartbeat import ChainHead
from events.principal import Act, Principal
from tests.builders import an_instant
from tests.integration.events.heartbeats import a_heartbeat

CHAIN_SQL = """
UPDATE audit_entry SET prev_hash = decode(%(prev)s, 'hex'), hash = decode(%(hash)s, 'hex')
WHERE seq = %(seq)s
"""


def an_act(*, at="10:00", actor="anna", **overrides):
    principal = Principal(actor, "service_agent", "loc1", "header")
    values = {"principal": principal, "request_id": uuid4(), "now_us": an_instant(at)}
    return Act(**{**values, **overrides})


def add(count, *, at="10:00", **overrides):
    for number in range(count):
        add_entry(
            an_act(at=at, actor=f"user {number}", **overrides),
            action="customer.read",
            entity_uid=uuid4(),
            codes=["NAME", 'back\\slash, "quoted"\ttab\nline'],
        )


def a_chain(count, *, at="10:00"):
    """So many numbered entries; the last link."""
    add(count, at=at)
    assert chain.number_entries() == count
    return chain.head()


def checkpoints(*seqs):
    """What loc2 heard of the chain as it is now."""
    return [
        Checkpoint(seq, link_of(seq).hash.decode(), "loc1/1", "2026-01-05T10:00:00+00:00", "loc2")
        for seq in seqs
    ]


def link_of(seq):
    with transaction.atomic():
        (row,) = rows(first=seq, last=seq)
    return Link(seq, split(row)[0])


@contextmanager
def as_superuser() -> Iterator[None]:
    """Nothing in the database defends itself."""
    connection.check_constraints()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def tamper(*statements):
    with as_superuser():
        for statement in statements:
            assert sql.execute(statement) > 0, statement


def hash_anew(first, *, last=2**62):
    """Chain these again as the keeper would have; with the last one the head, too."""
    with as_superuser():
        before = link_of(first - 1) if first > 1 else Link(0, GENESIS)
        for row in list(rows(first=first, last=last)):
            seq, _, tail = split(row)[1].split(b"\t", 2)
            made = Link(int(seq), hash_of(b"%b\t%b\t%b" % (seq, before.hash, tail)))
            params = {"seq": made.seq, "prev": before.hash.decode(), "hash": made.hash.decode()}
            sql.execute(CHAIN_SQL, params)
            before = made
        if before.seq == chain.head().seq:
            set_head(before)


def set_head(link):
    sql.execute(
        "UPDATE audit_chain SET seq = %(seq)s, hash = decode(%(hash)s, 'hex')",
        {"seq": link.seq, "hash": link.hash.decode()},
    )


def hear_going_back(location_id):
    """A peer that says of its chain less than it had said before."""
    for seq in (180, 177):
        on_heartbeat(
            a_heartbeat(
                location_id=location_id, origin=f"{location_id}/1", audit=ChainHead(seq, "a" * 64)
            )
        )
