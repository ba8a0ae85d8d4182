"""The report of all transactions: pages, totals, one entry with what it changed, and the export."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from audit.entries import add_entry
from audit.totals import Totals, totals
from audit.transactions import (
    Asked,
    Transaction,
    find_transaction,
    list_transactions,
)
from entities.api import paging
from entities.api.base import EntitiesView
from entities.api.paging import NoSuchPage
from entities.api.transaction_export import MAX_COUNT, export
from entities.api.transaction_files import CSV, FORMATS
from entities.event_changes import EventChange, changes_of_events
from entities.http import parameters
from entities.http import transactions as shared
from entities.http.authentication import act_of
from entities.http.serializers import instant
from entities.refusals import Invalid, NotFound

MAX_FORMAT_LENGTH = 20


class ReportView(EntitiesView):
    """One way to read the report. What is asked of it may be about a subject: then its entry is."""

    def note_report(self, request: Request, asked: Asked, *, count: int) -> None:
        """Which filters were used; what for is nobody's business but the subject's."""
        add_entry(
            act_of(request),
            action=self._action(request),
            entity_uid=asked.subject,
            codes=filters_of(request),
            result_count=min(count, MAX_COUNT),
        )


class TransactionsView(ReportView):
    """Newest first; an entry that has no number yet, in its place by time."""

    endpoint = "transactions"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=(*shared.NAMES, *paging.PARAMETERS))
        asked, place = shared.asked_of(request), paging.asked_place(request)
        with transaction.atomic():
            page = list_transactions(
                asked, limit=place.size, cursor=place.cursor, offset=place.offset
            )
            if place.offset and not page.results:
                raise NoSuchPage
            answer = shared.envelope(request, page, asked)
            self.note_report(request, asked, count=len(page.results))
        return Response(answer)


class TotalsView(ReportView):
    """How many of which sort, by day, by hour of the week, by action and by actor."""

    endpoint = "transactions_totals"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=shared.NAMES)
        asked = shared.asked_of(request)
        with transaction.atomic():
            found = totals(asked)
            answer = {**_sums(found), "complete": shared.complete(asked)}
            self.note_report(request, asked, count=found.entries)
        return Response(answer)


class TransactionView(EntitiesView):
    """One entry, whole, with what its events changed: read from the log now, kept nowhere."""

    endpoint = "transaction"

    def get(self, request: Request, audit_id: str) -> Response:
        parameters.check_names(request, known=("page", "page_size"))
        place = paging.asked_place(request)
        uid = parameters.uid_of(audit_id)
        with transaction.atomic():
            found = find_transaction(uid)
            if found is None:
                raise NotFound
            asked_ids = found.event_ids[place.offset : place.offset + place.size]
            if place.offset and not asked_ids:
                raise NoSuchPage
            changes = changes_of_events(asked_ids)
            shown = {change.entity_uid for change in changes if change.entity_uid}
            self.note(request, entity_uid=found.entity_uid, hits=sorted(shown))
        return Response(
            {
                **shared.row(found, most_ids=None),
                "hit_ids": [str(hit) for hit in found.hit_ids],
                "changes": _changes_page(request, place, found, changes),
            }
        )


class ExportView(EntitiesView):
    """All that fits, as a file."""

    endpoint = "transactions_export"

    def get(self, request: Request) -> StreamingHttpResponse:
        parameters.check_names(request, known=(*shared.NAMES, "format"))
        asked, kind = shared.asked_of(request), _format(request)
        return export(act_of(request), asked, kind=kind, names=filters_of(request))


def filters_of(request: Request) -> list[str]:
    return [name for name in shared.NAMES if request.query_params.get(name)]


def _format(request: Request) -> str:
    """Raises Invalid."""
    value = (parameters.text(request, "format", longest=MAX_FORMAT_LENGTH) or CSV).lower()
    if value not in FORMATS:
        raise Invalid({"format": [f"Must be one of: {', '.join(FORMATS)}."]})
    return value


def _sums(found: Totals) -> dict[str, Any]:
    return {
        "entries": found.entries,
        "changes": found.changes,
        "refused": found.refused,
        "per_kind": dict(found.per_kind),
        "per_day": [
            {"date": day.isoformat(), "kind": kind, "entries": count}
            for day, kind, count in found.per_day
        ],
        "per_hour": [
            {"weekday": weekday, "hour": hour, "entries": count}
            for weekday, hour, count in found.per_hour
        ],
        "per_action": [{"action": name, "entries": count} for name, count in found.per_action],
        "per_actor": [{"actor": name, "entries": count} for name, count in found.per_actor],
        "time_zone": settings.TIME_ZONE,
    }


def _changes_page(
    request: Request, place: paging.Place, found: Transaction, changes: Sequence[EventChange]
) -> dict[str, Any]:
    """By number: which events an entry has never changes."""
    number = place.offset // place.size + 1
    has_next = place.offset + place.size < len(found.event_ids)
    return {
        "count": len(found.event_ids),
        "next": _numbered(request, number + 1) if has_next else None,
        "previous": _numbered(request, number - 1) if place.offset else None,
        "results": [_change(change) for change in changes],
    }


def _numbered(request: Request, number: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(number)
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


def _change(change: EventChange) -> dict[str, Any]:
    return {
        "event_id": str(change.event_id),
        "state": change.state,
        "entity_uid": change.entity_uid and str(change.entity_uid),
        "type": change.type or None,
        "at": change.at and instant(change.at),
        "valid_from": change.valid_from and instant(change.valid_from),
        "recorded_at": change.recorded_at and instant(change.recorded_at),
        "location_id": change.location_id or None,
        "actor": change.actor or None,
        "role": change.role or None,
        "reason_code": change.reason_code,
        "reason": change.reason,
        "codes": list(change.codes),
        "changes": [
            {"attribute": one.attribute, "before": one.before, "after": one.after}
            for one in change.changes
        ],
    }
