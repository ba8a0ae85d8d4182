"""All that is held about one person, as JSON; a page of versions and events at a time."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from audit.transactions import Transaction
from customers import subject_report
from customers.api import serializers
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView
from customers.subject_cursors import place_cursor, place_of
from customers.subject_report import Kept, Looked, SubjectReport
from entities.erasing import Awaited
from entities.holding import Hold
from entities.http import parameters
from entities.http import serializers as shared
from events.clock import instant_of


class SubjectReportView(RegistryView):
    """For a provider to hand to the person."""

    endpoint = "subject_report"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        most = subject_report.MAX_ROWS
        limit = parameters.limit(request, default=most, most=most)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        found = subject_report.subject_report(
            uid=parameters.uid_of(uid),
            here=settings.LOCATION_ID,
            limit=limit,
            after=place_of(cursor) if cursor else None,
        )
        self.note(request, entity_uid=found.subject, hits=found.uids)
        following = place_cursor(found.next) if found.next else None
        return Response(
            {"next": following and parameters.elsewhere(request, following), **_body(found)}
        )


def _body(found: SubjectReport) -> dict[str, Any]:
    return {
        "subject": str(found.subject),
        "records": [
            {"state": record.state, **serializers.customer(record)} for record in found.records
        ],
        "holds": [_hold(one) for one in found.holds],
        "erasure": None if found.erasure is None else _erasure(found.erasure),
        "retention": [_kept(one) for one in found.kept],
        "conflicts": [_conflict(one) for one in found.conflicts],
        "duplicates": [shared.row(one) for one in found.duplicates],
        "unread": [shared.row(one) for one in found.unread],
        "locations": [
            {"location_id": location_id, "has_all": has_all}
            for location_id, has_all in found.locations.items()
        ],
        "looked": [_looked(one) for one in found.looked],
        "versions": [shared.row(one) for one in found.versions],
        "events": [shared.row(one) for one in found.events],
    }


def _hold(hold: Hold) -> dict[str, Any]:
    """Without its reason, which may be kept from the person."""
    return {
        "entity_uid": str(hold.entity_uid),
        "placed_at": shared.instant(hold.placed_at),
        "location_id": hold.location_id,
    }


def _erasure(awaited: Awaited) -> dict[str, Any]:
    return {
        "basis": awaited.basis,
        "execute_after": shared.instant(instant_of(awaited.execute_after_us)),
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "entity_uid": str(one.entity_uid),
        "policy": one.policy,
        "reason": one.reason,
        "due_at": shared.instant(one.due_at),
    }


def _conflict(row: dict[str, Any]) -> dict[str, Any]:
    plain = shared.row({name: row[name] for name in row if name != "display_name"})
    return {**plain, "heads": [shared.row(head) for head in row["heads"]]}


def _looked(one: Looked) -> dict[str, Any]:
    return {
        "entity_uid": str(one.entity_uid),
        "has_more": one.has_more,
        "entries": [_entry(entry) for entry in one.entries],
    }


def _entry(entry: Transaction) -> dict[str, Any]:
    return {
        "audit_id": str(entry.audit_id),
        "at": shared.instant(entry.at),
        "location_id": entry.location_id,
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "outcome": entry.outcome,
    }
