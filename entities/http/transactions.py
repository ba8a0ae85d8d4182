"""What both faces ask of the report of transactions, and how they write it."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from audit.actions import KIND_OF_ACTION, Kind, Outcome
from audit.chain import contradictions
from audit.chain.verification import chain_state
from audit.transactions import Asked, Slice, Transaction
from entities.http import parameters
from entities.http.serializers import instant
from entities.refusals import Invalid, NotFound
from events.clock import MAX_INSTANT_US, instant_of
from events.principal import ROLES

MAX_ACTOR_LENGTH = 150
MAX_WORD_LENGTH = 64
# An applied batch can hold thousands: a page tells the first, the entry itself tells all.
MAX_IDS = 100
DAY_US = 24 * 60 * 60 * 1_000_000
NO_UUID = "Must be a UUID."
REVERSED = "Must not be before `from`."
NAMES = (
    "from",
    "to",
    "location",
    "actor",
    "role",
    "action",
    "kind",
    "subject",
    "outcome",
    "request_id",
)
_LOCATION = re.compile(r"[a-z0-9-]{1,32}")


def asked_of(request: Request) -> Asked:
    """What the query string asks for; an empty filter asks for all. Raises Invalid."""
    since, until = _period(request)
    return Asked(
        since=since,
        until=until,
        location=_location(request),
        actor=parameters.text(request, "actor", longest=MAX_ACTOR_LENGTH) or "",
        role=_one_of(request, "role", ROLES),
        action=_one_of(request, "action", KIND_OF_ACTION),
        kind=_one_of(request, "kind", list(Kind)),
        subject=_uid(request, "subject"),
        outcome=_one_of(request, "outcome", list(Outcome)),
        request_id=_uid(request, "request_id"),
    )


def row(found: Transaction, *, most_ids: int | None = MAX_IDS) -> dict[str, Any]:
    """As the report tells it; which entities it showed, only the entry itself tells."""
    return {
        "audit_id": str(found.audit_id),
        "seq": found.seq,
        "at": instant(found.at),
        "location_id": found.location_id,
        "origins": list(found.origins),
        "request_id": str(found.request_id),
        "kind": found.kind,
        "actor": found.actor,
        "role": found.role,
        "auth": found.auth,
        "action": found.action,
        "outcome": found.outcome,
        "entity_uid": found.entity_uid and str(found.entity_uid),
        "codes": list(found.codes),
        "hit_count": found.hit_count,
        "duration_ms": found.duration_ms,
        "event_count": len(found.event_ids),
        "event_ids": [str(event_id) for event_id in found.event_ids[:most_ids]],
        "batch_id": found.batch_id and str(found.batch_id),
    }


def envelope(request: Request, page: Slice, asked: Asked) -> dict[str, Any]:
    """The page, where it goes on, and whether the numbers of its span are complete."""
    return {
        "next": page.next and parameters.elsewhere(request, page.next),
        "previous": page.previous and parameters.elsewhere(request, page.previous),
        "results": [row(found) for found in page.results],
        "complete": complete(asked),
    }


def complete(asked: Asked) -> dict[str, Any]:
    """Of all entries in the span of time, whatever else is asked. What peers said of their own
    chains is told beside it: `verified` is of this location's."""
    state = chain_state(since=asked.since, until=asked.until)
    told = contradictions.sentence(contradictions.heard(since=asked.since, until=asked.until))
    return {
        "from": state.first,
        "to": state.last,
        "verified": state.is_complete,
        "detail": f"{state.detail} {told}".rstrip(),
    }


def _period(request: Request) -> tuple[datetime | None, datetime | None]:
    """A date as `to` is there as a whole day."""
    start, end = _given(request, "from"), _given(request, "to")
    since = parameters.instant_us(start, name="from") if start else None
    until = parameters.instant_us(end, name="to") if end else None
    if until is not None and _is_date(end):
        until = min(until + DAY_US, MAX_INSTANT_US)
    if since is not None and until is not None and until < since:
        raise Invalid({"to": [REVERSED]})
    return _at(since), _at(until)


def _given(request: Request, name: str) -> str:
    """As it was sent: blanks are no part of these. Raises Invalid."""
    parameters.text(request, name, longest=MAX_WORD_LENGTH)
    return str(request.query_params.get(name, ""))


def _at(us: int | None) -> datetime | None:
    return None if us is None else instant_of(us)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _location(request: Request) -> str:
    text = _given(request, "location")
    if text and not _LOCATION.fullmatch(text):
        raise Invalid({"location": ["This is no location's id. It looks like loc1."]})
    return text


def _one_of(request: Request, name: str, known: Collection[str]) -> str:
    text = _given(request, name)
    if text and text not in known:
        raise Invalid({name: [f"Must be one of: {', '.join(known)}."]})
    return text


def _uid(request: Request, name: str) -> UUID | None:
    text = _given(request, name)
    try:
        return parameters.uid_of(text) if text else None
    except NotFound:
        raise Invalid({name: [NO_UUID]}) from None
