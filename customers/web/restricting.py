"""Pages that restrict a customer's processing and lift that, and who is restricted."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.entries import add_entry
from customers import restricting
from customers.queries import known_customer
from customers.web.edge import (
    act_of,
    note_refusal,
    noted_read,
    page,
    say_saved,
    text_of,
    to_customer,
)
from customers.web.mappings import as_mapping
from entities.refusals import Invalid
from entities.restricting import NotRestricted

MOST_SHOWN = 200


@page
def restrict(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _answer(request, uid, is_lifting=False)


@page
def unrestrict(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _answer(request, uid, is_lifting=True)


@page
def restricted(request: HttpRequest) -> HttpResponse:
    """Those whose processing is restricted; nobody else finds them."""
    found = restricting.list_restricted(limit=MOST_SHOWN + 1)
    rows = found[:MOST_SHOWN]
    add_entry(
        act_of(request),
        action="retention.read",
        hit_ids=sorted(row.entity_uid for row in rows),
        result_count=len(rows),
    )
    context = {
        "section": "retention",
        "rows": [as_mapping(row) for row in rows],
        "has_more": len(found) > MOST_SHOWN,
        "most": MOST_SHOWN,
    }
    return render(request, "customers/restricted.html", context)


def _answer(request: HttpRequest, uid: UUID, *, is_lifting: bool) -> HttpResponse:
    """The form; by POST the act, or the form again with what is wrong."""
    context: dict[str, Any] = {
        "customer": as_mapping(known_customer(uid=uid)),
        "is_lifting": is_lifting,
    }
    if request.method != "POST":
        noted_read(request, action="customer.read", uid=uid)
        return render(request, "customers/restrict.html", context)
    reason = text_of(request.POST, "reason")
    write = restricting.unrestrict if is_lifting else restricting.restrict
    try:
        write(act_of(request), entity_uid=uid, reason=reason)
    except (Invalid, NotRestricted) as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        error = {"field": "reason", "label": "Why", "sentence": refusal.detail}
        if isinstance(refusal, Invalid):
            error["sentence"] = refusal.errors["reason"][0]
        context |= {"errors": [error], "reason": reason}
        return render(request, "customers/restrict.html", context, status=refusal.status)
    say_saved(request, "Restriction lifted" if is_lifting else "Restricted")
    return to_customer(uid)
