"""Entries as rows of a list: one sentence each, with names and fields as they are called now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.transactions import Transaction
from customers.extra_fields import extra_field_types
from customers.web.dossier import labels_of
from customers.web.sentences import Piece
from customers.web.transactions import sentences
from customers.web.transactions.names import names_of
from events import log
from events.event import Event


@dataclass(frozen=True, slots=True)
class Row:
    """`places` = where it was made. `tone` of the outcome: ok, received, refused, failed."""

    audit_id: UUID
    seq: int | None
    at: datetime
    actor: str
    role: str
    places: tuple[str, ...]
    pieces: tuple[Piece, ...]
    tone: str
    outcome: str
    took_s: float | None

    @property
    def sentence(self) -> str:
        return sentences.plain(self.pieces)


@dataclass(frozen=True, slots=True)
class Shown:
    """`uids` = whose names the rows show."""

    rows: list[Row]
    uids: list[UUID]


def shown(entries: Iterable[Transaction]) -> Shown:
    """Rows in the order of the entries. A received batch of one change is told as that change, by
    whom and where it was made."""
    found = list(entries)
    events = _single_events(found)
    told = [_told(entry, events) for entry in found]
    uids = set().union(*(sentences.uids_in(one) for one in told))
    names = names_of(uids)
    labels = labels_of(extra_field_types())
    rows = [
        _row(
            entry, one, events, sentences.sentence(one, names=names, labels=labels, origins=places)
        )
        for entry, one in zip(found, told, strict=True)
        for places in [_places(entry)]
    ]
    return Shown(rows, sorted(uid for uid in uids if uid in names and names[uid].text))


def _single_events(entries: Iterable[Transaction]) -> dict[UUID, Event]:
    singles = [one.event_ids[0] for one in entries if _is_applied(one) and len(one.event_ids) == 1]
    return log.events_by_id(singles) if singles else {}


def _is_applied(entry: Transaction) -> bool:
    return entry.kind == "applied"


def _event(entry: Transaction, events: dict[UUID, Event]) -> Event | None:
    is_single = _is_applied(entry) and len(entry.event_ids) == 1
    return events.get(entry.event_ids[0]) if is_single else None


def _told(entry: Transaction, events: dict[UUID, Event]) -> Any:
    event = _event(entry, events)
    if event is None:
        return entry
    details = event.data.get("details")
    return sentences.Received(
        action=event.type.rsplit(".v", 1)[0],
        entity_uid=event.entity_uid,
        codes=sorted(details) if isinstance(details, dict) else [],
        hit_ids=_others(event.data.get("into") or event.data.get("other")),
    )


def _others(text: Any) -> list[UUID]:
    """An event of a type of later versions may say anything there."""
    try:
        return [UUID(text)] if isinstance(text, str) else []
    except ValueError:
        return []


def _places(entry: Transaction) -> tuple[str, ...]:
    """Where it was made: of what was received, where it came from."""
    return tuple(entry.origins) or (entry.location_id,)


def _row(
    entry: Transaction, told: Any, events: dict[UUID, Event], pieces: tuple[Piece, ...]
) -> Row:
    event = _event(entry, events)
    by = event or entry
    tone, words = _outcome(entry)
    return Row(
        audit_id=entry.audit_id,
        seq=entry.seq,
        at=entry.at,
        actor=by.actor,
        role=by.role,
        places=_places(entry),
        pieces=pieces,
        tone=tone,
        outcome=words,
        took_s=None if entry.duration_ms is None else entry.duration_ms / 1000,
    )


def _outcome(entry: Transaction) -> tuple[str, str]:
    if entry.outcome == "ok":
        return ("received", "received") if _is_applied(entry) else ("ok", "done")
    why = sentences.reason(entry)
    return entry.outcome, f"{entry.outcome}: {why}" if why else entry.outcome
