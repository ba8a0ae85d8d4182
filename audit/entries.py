"""The door of the audit table: one entry per transaction, inserted in that transaction.

Ids and field names only. A search term goes in as a keyed hash: equal terms can be found again,
but nobody reads a name here.
"""

import ipaddress
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.crypto import salted_hmac
from uuid_utils.compat import uuid7

from audit.actions import kind_of
from audit.models import AuditEntry
from events.clock import instant_of
from events.principal import Act

QUERY_SALT = "sins.audit.query"
# Enough to see where an act came from, too little to point at one person's machine.
IPV4_PREFIX = 24
IPV6_PREFIX = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One audited act. `codes` are names of details, reasons, users or roles, never values;
    `query` is hashed before it is stored."""

    act: Act
    action: str
    outcome: str = "ok"
    entity_uid: UUID | None = None
    hit_ids: Sequence[UUID] = ()
    event_ids: Sequence[UUID] = ()
    codes: Sequence[str] = ()
    query: str | None = None
    result_count: int | None = None
    batch_id: UUID | None = None


def add_entry(
    act: Act,
    *,
    action: str,
    outcome: str = "ok",
    entity_uid: UUID | None = None,
    hit_ids: Sequence[UUID] = (),
    event_ids: Sequence[UUID] = (),
    codes: Sequence[str] = (),
    query: str | None = None,
    result_count: int | None = None,
    batch_id: UUID | None = None,
) -> UUID:
    """Insert one entry in the caller's transaction and return its id."""
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
    return add_entries([entry])[0]


def add_entries(entries: Iterable[Entry]) -> list[UUID]:
    """Insert many entries with one statement."""
    rows = [_row(entry) for entry in entries]
    AuditEntry.objects.bulk_create(rows)
    return [row.audit_id for row in rows]


def query_hash(query: str) -> bytes:
    """Keyed with this location's secret; upper case and extra blanks make no difference."""
    words = " ".join(query.casefold().split())
    return salted_hmac(
        QUERY_SALT, words.encode("utf-8", "surrogatepass"), algorithm="sha256"
    ).digest()


def network_of(address: str) -> str:
    """The network of an address, e.g. "192.0.2.0/24"; "" for anything that is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False))


def _row(entry: Entry) -> AuditEntry:
    act = entry.act
    return AuditEntry(
        audit_id=uuid7(),
        at=instant_of(act.now_us),
        location_id=act.principal.location_id,
        request_id=act.request_id,
        kind=kind_of(entry.action, entry.outcome),
        actor=act.principal.actor,
        role=act.principal.role,
        auth=act.principal.auth,
        action=entry.action,
        outcome=entry.outcome,
        entity_uid=entry.entity_uid,
        hit_ids=list(entry.hit_ids),
        event_ids=list(entry.event_ids),
        codes=list(entry.codes),
        query_hash=None if entry.query is None else query_hash(entry.query),
        result_count=entry.result_count,
        duration_us=_duration_us(act),
        address=network_of(act.address),
        batch_id=entry.batch_id,
    )


def _duration_us(act: Act) -> int | None:
    if not act.started_ns:
        return None
    return max(0, time.perf_counter_ns() - act.started_ns) // 1000
