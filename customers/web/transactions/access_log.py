"""Who looked at one customer, when, and through what: an entry for each time, searches included."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.entries import add_entry
from audit.transactions import Asked, list_transactions
from customers.models import CustomerState
from customers.queries import CustomerNotFound, find_customer
from customers.rows import CustomerRow
from customers.web.customer import customer_frame
from customers.web.edge import act_of, page, text_of
from customers.web.transactions import rows

PAGE_SIZE = 50


@page
def access_log(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Of a customer in whatever state: who saw an erased one is still known."""
    customer = find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    cursor = text_of(request.GET, "cursor") or None
    with transaction.atomic():
        found = list_transactions(Asked(subject=uid), limit=PAGE_SIZE, cursor=cursor)
        shown = rows.shown(found.results)
        beside = [one for one in shown.uids if one != uid]
        add_entry(
            act_of(request),
            action="customer.access_log_read",
            entity_uid=uid,
            hit_ids=beside,
            result_count=len(shown.rows),
        )
    context = {
        **_frame(request, customer),
        "tab": "access-log",
        "rows": [
            {"row": row, "was_found": uid in one.hit_ids and one.entity_uid != uid}
            for row, one in zip(shown.rows, found.results, strict=True)
        ],
        "newer": found.previous or "",
        "older": found.next or "",
        "zone": timezone.get_current_timezone_name(),
    }
    template = "access_log_erased" if customer.state == CustomerState.ERASED else "access_log"
    return render(request, f"customers/{template}.html", context)


def _frame(request: HttpRequest, customer: CustomerRow) -> dict[str, Any]:
    if customer.state == CustomerState.ERASED:
        return {"customer": {"id": customer.entity_uid}}
    return customer_frame(request, customer.entity_uid)
