"""What the tables hold, as plain values that tests compare; and events put through the log."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import transaction
from uuid_utils.compat import uuid7

from entities import fold, version_rows
from entities.models import Conflict
from entities.refusals import Invalid
from entities.services import Creation, DetailChange, create_entity
from events import log, sql
from events.clock import instant_of, us_of
from events.event import Event, encode
from events.models import EntityHead, EventState, LoggedEvent
from events.principal import Act, Principal

SECOND = 1_000_000
NOW = 1_790_000_000 * SECOND


def an_act(*, now_us: int | None = None, role: str = "service_agent") -> Act:
    return Act(
        principal=Principal("agent", role, "loc1", "session"),
        request_id=uuid7(),
        now_us=now_us if now_us is not None else time.time_ns() // 1000,
    )


def open_conflicts_of(uid: UUID) -> list[Conflict]:
    return list(Conflict.objects.filter(entity_uid=uid, closed_event=None).order_by("attribute"))


def details(*, at: int | None = None, **values: Any) -> list[DetailChange]:
    return [DetailChange(code, value, at) for code, value in values.items()]


def a_person(*, at: int = NOW, **values: Any) -> Creation:
    """Somebody created at NOW, by default John Smith."""
    values = values or {"SURNAME": "Smith", "NAME": "John"}
    return create_entity(an_act(now_us=at), entity_type="PERSON", details=details(**values))


def said(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The data of the events without its salt."""
    return [{key: part for key, part in event.data.items() if key != "salt"} for event in events]


def errors_of(refused: pytest.ExceptionInfo[Invalid]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = refused.value.extra["errors"]
    return errors


def receive(events: Sequence[Event]) -> None:
    """As the remote door does: into the log, folded, with all constraints looked at."""
    entries = []
    for event in events:
        raw = encode(event)
        entries.append(log.Entry(event=event, raw=raw, sha256=hashlib.sha256(raw).digest()))
    with transaction.atomic():
        log.append(entries, recorded_at=instant_of(0))
        log.fold_in(events)
        check_constraints()


def check_constraints() -> None:
    """The exclusion constraints are deferred: look now instead of at the end."""
    sql.execute("SET CONSTRAINTS ALL IMMEDIATE")
    sql.execute("SET CONSTRAINTS ALL DEFERRED")


def stored(uid: UUID) -> fold.Folded:
    """What the tables say; voided events from the log, unless an erasure made them no matter."""
    head = EntityHead.objects.filter(entity_uid=uid).first()
    folded = version_rows.load([uid])[uid].folded(head.erased_event if head else None)
    if folded.erased_event:
        return folded
    voided = LoggedEvent.objects.filter(entity_uid=uid, state=EventState.VOIDED)
    ids = voided.order_by("event_id").values_list("event_id", flat=True)
    return replace(folded, voided=frozenset(ids))


def conflicts_closed_by(uid: UUID) -> dict[str, UUID | None]:
    rows = Conflict.objects.filter(entity_uid=uid).order_by("conflict_id")
    return {row.attribute: row.closed_event for row in rows}


def moved(events: Sequence[Event], uid: UUID) -> list[Event]:
    """The same history of another entity: own uid, own event ids."""
    return [
        replace(
            event,
            entity_uid=uid,
            event_id=uuid5(uid, str(event.event_id)),
            data=event.data | _target(event, uid),
        )
        for event in events
    ]


def _target(event: Event, uid: UUID) -> dict[str, str]:
    if event.type != "event.voided.v1":
        return {}
    return {"event_id": str(uuid5(uid, event.data["event_id"]))}


def spans(model: Any, uid: UUID, **filters: Any) -> list[tuple[Any, int, int | None]]:
    """(value or name, valid_from, valid_to in µs) of the version rows, by valid_from."""
    shown = "value" if hasattr(model, "value") else "display_name"
    rows = model.objects.filter(entity_uid=uid, **filters).order_by("valid_from")
    return [
        (getattr(row, shown), us_of(row.valid_from), row.valid_to and us_of(row.valid_to))
        for row in rows
    ]
