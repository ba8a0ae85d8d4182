"""The report: numbered or not yet, every entry that fits what is asked, newest first."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from audit.actions import Kind
from audit.chain import lines
from events import sql
from events.clock import instant_of, us_of
from events.errors import InvalidCursor

AFTER, BEFORE = "a", "b"
FETCHED_AT_ONCE = 2_000
# What was begun to be sent must not end in the middle: it takes as long as it takes.
NO_TIMEOUT_SQL = "SELECT set_config('statement_timeout', '0', true)"
TRUE = "true"

COLUMNS = (
    "audit_id, seq, at, location_id, request_id, kind, actor, role, auth, action, outcome,"
    " entity_uid, codes, hit_ids, result_count, duration_us, event_ids, batch_id"
)
NAMES = COLUMNS.split(", ")
ROWS_SQL = f"SELECT {COLUMNS} FROM audit_seen WHERE CONDITIONS"  # noqa: S608 - our own columns
PROVEN_SQL = f"""
SELECT {COLUMNS}, address, encode(query_hash, 'hex'), encode(prev_hash, 'hex'),
    encode(hash, 'hex'), CASE WHEN seq IS NOT NULL THEN {lines.TEXTS} END
FROM audit_seen WHERE CONDITIONS
"""  # noqa: S608 - our own columns
PROOF_SQL = """
SELECT address, query_hash, prev_hash, hash FROM audit_seen
WHERE audit_id = %(audit_id)s AND at = %(at)s
"""
PAGE_SQL = "(PART END)"
# Of whom or what is looked up in an index without an order the planner must not hope to meet
# enough by walking through all in order: it is right only about those who are in every list.
LOOKED_UP_PAGE_SQL = "(SELECT * FROM (PART OFFSET 0) AS found END)"
ALL_PARTS_SQL = "SELECT * FROM (PARTS) AS found END"

# One condition for each thing that can be asked.
CONDITIONS = {
    "since": "at >= %(since)s",
    "until": "at < %(until)s",
    "actor": "actor = %(actor)s",
    "role": "role = %(role)s",
    "action": "action = %(action)s",
    "kind": "kind = %(kind)s",
    "outcome": "outcome = %(outcome)s",
    "request_id": "request_id = %(request_id)s",
    "without": "(action <> ALL(%(without)s::text[]) OR outcome <> 'ok')",
}
# What was received names its origins in `codes`. Nothing was made here under another location's
# name, unless this database was once that location's: then the totals know.
MADE_HERE = "location_id = %(location)s"
MADE_THERE = f"""{MADE_HERE}
    AND EXISTS (SELECT FROM audit_total WHERE location_id = %(location)s)"""
RECEIVED_THENCE = """kind = 'applied' AND codes @> ARRAY[%(location)s]::text[]
    AND location_id <> %(location)s"""
# Each by an index of its own (migration 0005, whose words these are), and each entry once. A single
# event is one of the entity that its entry names.
ABOUT = "entity_uid = %(subject)s"
SHOWING = """hit_ids @> ARRAY[%(subject)s]::uuid[] AND hit_ids <> '{}'
    AND hit_ids <> ARRAY[entity_uid]"""
TOLD_OF = """event_ids && ARRAY(SELECT event_id FROM events_event WHERE entity_uid = %(subject)s)
    AND event_ids <> '{}' AND (entity_uid IS NULL OR cardinality(event_ids) > 1)"""
NOT_ABOUT = "entity_uid IS DISTINCT FROM %(subject)s"
OF_SUBJECT = (
    ABOUT,
    f"{SHOWING} AND {NOT_ABOUT}",
    f"{TOLD_OF} AND {NOT_ABOUT} AND NOT hit_ids @> ARRAY[%(subject)s]::uuid[]",
)

# Instants first: an entry keeps its place when it is numbered, and partitions are in this order.
OLDER = "(at, audit_id) < (%(at)s, %(audit_id)s)"
NEWER = "(at, audit_id) > (%(at)s, %(audit_id)s)"
NEWEST_FIRST = "at DESC, audit_id DESC"
OLDEST_FIRST = "at, audit_id"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is asked for: all of it, over [since, until). `location`: made there, or
    received from there. `subject`: the entity it is about, one of those it showed, or of a change
    that was received. `without`: what is left out of these actions when it went well."""

    since: datetime | None = None
    until: datetime | None = None
    location: str = ""
    actor: str = ""
    role: str = ""
    action: str = ""
    kind: str = ""
    subject: UUID | None = None
    outcome: str = ""
    request_id: UUID | None = None
    without: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Transaction:
    """One entry as the report tells it. `seq` None: not numbered yet, which takes a second."""

    audit_id: UUID
    seq: int | None
    at: datetime
    location_id: str
    request_id: UUID
    kind: str
    actor: str
    role: str
    auth: str
    action: str
    outcome: str
    entity_uid: UUID | None
    codes: Sequence[str]
    hit_ids: Sequence[UUID]
    result_count: int | None
    duration_ms: float | None
    event_ids: Sequence[UUID]
    batch_id: UUID | None

    @property
    def origins(self) -> Sequence[str]:
        """The locations from which what was applied came; of others none."""
        return self.codes if self.kind == Kind.APPLIED else ()

    @property
    def hit_count(self) -> int:
        return len(self.hit_ids) if self.result_count is None else self.result_count


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry with all that its place in the chain is made of: `hash` is the SHA-256 of `line`,
    which has number, hash before and columns (audit/chain/hashing.py). "" for what there is not."""

    transaction: Transaction
    address: str
    query_hash: str
    prev_hash: str
    hash: str
    line: str


@dataclass(frozen=True, slots=True)
class Slice:
    """`results` newest first; `next` and `previous` are cursors of what is older and newer."""

    results: tuple[Transaction, ...]
    next: str | None
    previous: str | None


class Place(NamedTuple):
    """Where an entry stands in the report. It keeps it when it is numbered."""

    at: datetime
    audit_id: UUID


def list_transactions(
    asked: Asked, *, limit: int, cursor: str | None = None, offset: int = 0
) -> Slice:
    """A page of the report, `offset` entries later. One statement, so that an entry that is
    numbered meanwhile is on one page only. Raises InvalidCursor."""
    is_backwards, place = _read(cursor) if cursor else (False, None)
    beyond = [] if place is None else [NEWER if is_backwards else OLDER]
    end = f"ORDER BY {OLDEST_FIRST if is_backwards else NEWEST_FIRST} LIMIT {limit + 1 + offset:d}"
    page_sql = LOOKED_UP_PAGE_SQL if asked.subject else PAGE_SQL
    parts = [page_sql.replace("PART", part) for part in parts_of(asked, ROWS_SQL, beyond)]
    statement = ALL_PARTS_SQL.replace("PARTS", " UNION ALL ".join(parts)).replace("END", end)
    values = {**values_of(asked), **(place._asdict() if place else {}), "offset": offset}
    rows = sql.fetch(f"{statement} OFFSET %(offset)s", values)
    has_more = len(rows) > limit
    results = [_transaction(row) for row in rows[:limit]]
    if is_backwards:
        results.reverse()
    has_older = has_more or is_backwards
    has_newer = has_more if is_backwards else place is not None or offset > 0
    return Slice(
        tuple(results),
        next=_write(AFTER, results[-1]) if results and has_older else None,
        previous=_write(BEFORE, results[0]) if results and has_newer else None,
    )


def find_transaction(audit_id: UUID) -> Transaction | None:
    """One entry, if there is one of this id."""
    statement = ROWS_SQL.replace("CONDITIONS", "audit_id = %(audit_id)s")
    rows = sql.fetch(statement, {"audit_id": audit_id})
    return _transaction(rows[0]) if rows else None


def proof_of(found: Transaction) -> tuple[str, str, str, str]:
    """What only its own page shows: address, and in hexadecimal digits query_hash, prev_hash and
    hash, "" for what there is not."""
    address, *hashes = sql.fetch(PROOF_SQL, {"audit_id": found.audit_id, "at": found.at})[0]
    query_hash, prev_hash, own_hash = (bytes(one).hex() if one else "" for one in hashes)
    return address, query_hash, prev_hash, own_hash


def all_transactions(asked: Asked) -> Iterator[Proven]:
    """All that fit, newest first, as they were when the first was fetched; from a cursor in the
    database, so that only a few are held in memory however many there are."""
    statement = f"{' UNION ALL '.join(parts_of(asked, PROVEN_SQL))} ORDER BY {NEWEST_FIRST}"
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        sql.fetch(NO_TIMEOUT_SQL)
        lines.fix_form()
        cursor.execute(statement, values_of(asked))
        while rows := cursor.fetchmany(FETCHED_AT_ONCE):
            yield from map(_proven, rows)


def parts_of(asked: Asked, statement: str, more: Sequence[str] = ()) -> list[str]:
    """Copies of the statement, its word CONDITIONS replaced, that together find each entry once. Of
    what is rare, each by its own index."""
    given = [condition for name, condition in CONDITIONS.items() if getattr(asked, name)]
    places = _at_location(asked) if asked.location else [TRUE]
    subjects = OF_SUBJECT if asked.subject else [TRUE]
    return [
        statement.replace("CONDITIONS", " AND ".join([*given, *more, place, subject]))
        for place in places
        for subject in subjects
    ]


def _at_location(asked: Asked) -> list[str]:
    if asked.location == settings.LOCATION_ID:
        return [MADE_HERE]
    return [MADE_THERE, RECEIVED_THENCE]


def values_of(asked: Asked) -> dict[str, Any]:
    return {**asdict(asked), "without": list(asked.without)}


def _transaction(row: Sequence[Any]) -> Transaction:
    values = dict(zip(NAMES, row, strict=True))
    duration_us = values.pop("duration_us")
    return Transaction(**values, duration_ms=None if duration_us is None else duration_us / 1000)


def _proven(row: Sequence[Any]) -> Proven:
    address, query_hash, prev_hash, own_hash, texts = row[len(NAMES) :]
    return Proven(
        _transaction(row[: len(NAMES)]),
        address,
        query_hash or "",
        prev_hash or "",
        own_hash or "",
        lines.line_of(texts) if texts else "",
    )


def _write(direction: str, row: Transaction) -> str:
    place = f"{us_of(row.at)} {row.audit_id}"
    return direction + base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


_PLACE = re.compile(r"(-?[0-9]{1,18}) ([0-9a-f-]{36})")


def _read(cursor: str) -> tuple[bool, Place]:
    """Is it one of what is newer, and where it stands. Raises InvalidCursor."""
    try:
        text = base64.urlsafe_b64decode(f"{cursor[1:]}==").decode()
        found = _PLACE.fullmatch(text)
        if found is None or cursor[0] not in (AFTER, BEFORE):
            raise InvalidCursor
        return cursor[0] == BEFORE, Place(instant_of(int(found[1])), UUID(found[2]))
    except (ValueError, OverflowError, binascii.Error) as error:
        raise InvalidCursor from error
