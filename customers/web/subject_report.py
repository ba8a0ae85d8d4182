"""All that is held about one person, as a page to print and hand over."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.entries import add_entry
from audit.transactions import Transaction
from customers import subject_report
from customers.extra_fields import extra_field_types
from customers.rows import CustomerRow
from customers.subject_cursors import place_cursor, place_of
from customers.web import wording
from customers.web.dossier import labels_of
from customers.web.edge import act_of, page, text_of
from customers.web.mappings import as_mapping
from customers.web.standing import basis_in_words
from customers.web.transactions.sentences import name_of_action
from events.clock import instant_of

Row = dict[str, Any]
CORE = ("surname", "name", "dob", "document_number")


@page
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    cursor = text_of(request.GET, "cursor")
    found = subject_report.subject_report(
        uid=uid, here=settings.LOCATION_ID, after=place_of(cursor) if cursor else None
    )
    add_entry(
        act_of(request),
        action="customer.subject_report_read",
        entity_uid=found.subject,
        hit_ids=[one for one in found.uids if one != found.subject],
        result_count=len(found.uids),
    )
    labels = labels_of(extra_field_types())
    context = {
        "customer": as_mapping(found.records[0]),
        "asked": uid,
        "found": found,
        "records": [_record(one, labels) for one in found.records],
        "erasure": found.erasure
        and {
            "at": instant_of(found.erasure.execute_after_us),
            "why": basis_in_words(found.erasure.basis),
        },
        "conflicts": [_conflict(one, labels) for one in found.conflicts],
        "looked": [
            {"uid": one.entity_uid, "rows": _entries(one.entries), "has_more": one.has_more}
            for one in found.looked
        ],
        "versions": [_version(one, labels) for one in found.versions],
        "events": [_event(one, labels) for one in found.events],
        "at": instant_of(act_of(request).now_us),
        "zone": timezone.get_current_timezone_name(),
        "is_further": bool(cursor),
        "next_cursor": place_cursor(found.next) if found.next else "",
    }
    return render(request, "customers/subject_report.html", context)


def _record(one: CustomerRow, labels: Mapping[str, str]) -> Row:
    values = {key.upper(): getattr(one, key) for key in CORE}
    values |= {key.upper(): value for key, value in one.extra_fields.items()}
    held = {wording.label(code, labels): value for code, value in values.items()}
    return {
        "row": one,
        "values": [(label, value) for label, value in held.items() if value is not None],
    }


def _version(one: Row, labels: Mapping[str, str]) -> Row:
    if one["type"] == "entity":
        return {**one, "label": "On the list as", "value": one["display_name"]}
    return {**one, "label": wording.label(one["detail_code"], labels)}


def _event(one: Row, labels: Mapping[str, str]) -> Row:
    """What was said in lines of (label, value); details one by one."""
    says = dict(one["says"])
    details = says.pop("details", None) or {}
    lines = [(wording.label(code, labels), value) for code, value in details.items()]
    lines += [(name.replace("_", " "), value) for name, value in says.items()]
    return {**one, "lines": lines}


def _conflict(one: Row, labels: Mapping[str, str]) -> Row:
    return {**one, "label": wording.label(one["attribute"], labels)}


def _entries(entries: Sequence[Transaction]) -> list[Row]:
    """What was done, without whom else it concerned: that is not this person's to read."""
    return [{"entry": entry, "what": name_of_action(entry.action)} for entry in entries]
