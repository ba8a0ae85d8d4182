"""The door of the audit table: one entry per transaction, inserted in that transaction.

Ids and field names only. A search term goes in as a keyed hash: equal terms can be found again,
but nobody reads a name here.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from uuid_utils.compat import uuid7

from audit import gathering
from audit.actions import Kind, Outcome, kind_of
from audit.addresses import kept_address, network_of
from events import sql
from events.alone import Alone
from events.clock import instant_of
from events.principal import Act

QUERY_SALT = "sins.audit.query"
# Nobody fills the table who has not said who he is: so many refusals from one network within a
# minute have an entry each, the others of that minute have one together.
REFUSALS_NOTED = 10
MINUTE = timedelta(minutes=1)
# What is typed has settled when nothing more comes for so long.
TYPING_PAUSE = timedelta(seconds=2)

INSERT_SQL = """
INSERT INTO audit_entry (audit_id, at, location_id, request_id, kind, actor, role, auth, action,
    outcome, entity_uid, hit_ids, event_ids, codes, query_hash, result_count, duration_us, address,
    batch_id)
VALUES (%(audit_id)s, %(at)s, %(location_id)s, %(request_id)s, %(kind)s, %(actor)s, %(role)s,
    %(auth)s, %(action)s, %(outcome)s, %(entity_uid)s, %(hit_ids)s::uuid[], %(event_ids)s::uuid[],
    %(codes)s::text[], %(query_hash)s, %(result_count)s, %(duration_us)s, %(address)s,
    %(batch_id)s)
"""

# Of a read the entry is all that is written: one statement, which is its own transaction, into a
# table without indexes, from where the worker takes it. Waiting for the disk would take longer than
# the read. When the machine fails (not the program), the last 0.6 s of reads may have no entry.
INSERT_READ = Alone(
    b"sins_audit_read",
    INSERT_SQL.replace("audit_entry", "audit_arrival")
    + "RETURNING set_config('synchronous_commit', 'off', true)",
)
IS_KEPT_SQL = "SELECT EXISTS (SELECT FROM audit_seen WHERE audit_id = ANY(%(ids)s))"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One audited act. `codes` are names of details, reasons, users or roles, never values;
    `query` is hashed before it is stored."""

    act: Act
    action: str
    outcome: str = Outcome.OK
    entity_uid: UUID | None = None
    hit_ids: Sequence[UUID] = ()
    event_ids: Sequence[UUID] = ()
    codes: Sequence[str] = ()
    query: str | None = None
    result_count: int | None = None
    batch_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """That an entry was added. `audit_id` None: it waits to be one together with others."""

    outcome: str
    audit_id: UUID | None = None


_noted: ContextVar[list[Noted] | None] = ContextVar("noted", default=None)


@contextmanager
def watched() -> Iterator[list[Noted]]:
    """What is noted in here, also in a transaction that is rolled back later."""
    noted: list[Noted] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def is_kept(noted: Sequence[Noted]) -> bool:
    """Does one of them stand, after all transactions?"""
    ids = [one.audit_id for one in noted if one.audit_id]
    return len(ids) < len(noted) or bool(sql.fetch(IS_KEPT_SQL, {"ids": ids})[0][0])


def add_entry(
    act: Act,
    *,
    action: str,
    outcome: str = Outcome.OK,
    entity_uid: UUID | None = None,
    hit_ids: Sequence[UUID] = (),
    event_ids: Sequence[UUID] = (),
    codes: Sequence[str] = (),
    query: str | None = None,
    result_count: int | None = None,
    batch_id: UUID | None = None,
) -> UUID:
    """Insert one entry in the caller's transaction and return its id.

    Refusals of who has not said who he is are counted, see REFUSALS_NOTED.
    """
    entry = Entry(
        act=act,
        action=action,
        outcome=outcome,
        entity_uid=entity_uid,
        hit_ids=hit_ids,
        event_ids=event_ids,
        codes=codes,
        query=query,
        result_count=result_count,
        batch_id=batch_id,
    )
    row = _row(entry)
    if act.principal.auth == "none" and row["kind"] == Kind.REFUSAL:
        _add_counted(row, network_of(act.address))
    else:
        _insert([row])
    audit_id: UUID = row["audit_id"]
    return audit_id


def add_entries(entries: Iterable[Entry]) -> list[UUID]:
    """Insert many entries with one statement."""
    rows = [_row(entry) for entry in entries]
    _insert(rows)
    return [row["audit_id"] for row in rows]


def add_typed(entry: Entry, *, typist: str) -> None:
    """What `typist` has typed so far: with all that follows within TYPING_PAUSE one entry, of the
    last query, with everybody whom it or one before it found."""
    row = _row(entry)
    gathering.gather(row, key=f"typed by {typist}", due_at=row["at"] + TYPING_PAUSE)
    _note(Noted(entry.outcome))


def add_settled(entry: Entry, *, typist: str) -> UUID:
    """What `typist` asked in the end: one entry with what was typed on the way to it."""
    shown = gathering.absorb(key=f"typed by {typist}")
    hits = list(dict.fromkeys([*entry.hit_ids, *shown]))
    return add_entries([replace(entry, hit_ids=hits)])[0]


def query_hash(query: str) -> bytes:
    """Keyed with this location's secret; upper case and extra blanks make no difference."""
    words = " ".join(query.casefold().split())
    return salted_hmac(
        QUERY_SALT, words.encode("utf-8", "surrogatepass"), algorithm="sha256"
    ).digest()


def _add_counted(row: Row, network: str) -> None:
    minute = row["at"].replace(second=0, microsecond=0)
    counted = {**row, "audit_id": uuid7(), "action": "access.refused"}
    with transaction.atomic():
        times = gathering.gather(
            counted,
            key=f"refused from {network} at {minute}",
            due_at=minute + MINUTE,
            free=REFUSALS_NOTED,
        )
        if times <= REFUSALS_NOTED:
            _insert([row])
    if times > REFUSALS_NOTED:
        _note(Noted(row["outcome"]))


def _insert(rows: Sequence[Row]) -> None:
    if len(rows) == 1 and _is_all(rows[0]):
        INSERT_READ.execute(rows[0])
    elif len(rows) == 1:
        sql.execute_prepared(INSERT_SQL, rows[0])
    else:
        sql.execute_many(INSERT_SQL, rows)
    for row in rows:
        _note(Noted(row["outcome"], row["audit_id"]))


def _is_all(row: Row) -> bool:
    """Is the entry all that its transaction writes, and may it be lost with the machine?"""
    if settings.AUDIT_DURABLE_READS or connection.in_atomic_block:
        return False
    return row["kind"] in (Kind.READ, Kind.SEARCH)


def _note(noted: Noted) -> None:
    found = _noted.get()
    if found is not None:
        found.append(noted)


def _row(entry: Entry) -> Row:
    act = entry.act
    return {
        "audit_id": uuid7(),
        "at": instant_of(act.now_us),
        "location_id": act.principal.location_id,
        "request_id": act.request_id,
        "kind": str(kind_of(entry.action, entry.outcome)),
        "actor": act.principal.actor,
        "role": act.principal.role,
        "auth": act.principal.auth,
        "action": entry.action,
        "outcome": str(entry.outcome),
        "entity_uid": entry.entity_uid,
        "hit_ids": list(entry.hit_ids),
        "event_ids": list(entry.event_ids),
        "codes": [str(code) for code in entry.codes],
        "query_hash": None if entry.query is None else query_hash(entry.query),
        "result_count": entry.result_count,
        "duration_us": _duration_us(act),
        "address": kept_address(act.address),
        "batch_id": entry.batch_id,
    }


def _duration_us(act: Act) -> int | None:
    if not act.started_ns:
        return None
    return max(0, time.perf_counter_ns() - act.started_ns) // 1000
