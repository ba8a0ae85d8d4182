"""Who looked at one customer, when, and through what: an entry for each time, searches included."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.actions import Outcome
from audit.entries import add_entry
from audit.totals import totals
from audit.transactions import Asked, list_transactions
from customers.models import CustomerState
from customers.queries import CustomerNotFound, find_customer
from customers.rows import CustomerRow
from customers.web.customer import customer_frame
from customers.web.edge import act_of, page, text_of
from customers.web.transactions import rows
from customers.web.transactions.report import part

PAGE_SIZE = 50
# Whoever reads these looks at what others did. They are left out unless asked for, or the log would
# be full of its own readers; one entry read alone shows values, and stays.
READS_OF_REPORTS = (
    "audit.read",
    "customer.access_log_read",
    "transactions.exported",
    "transactions.read",
)
REPORTS, SHOWN = "reports", "shown"


@page
def access_log(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Of a customer in whatever state: who saw an erased one is still known."""
    customer = find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    cursor = text_of(request.GET, "cursor") or None
    is_all = text_of(request.GET, REPORTS) == SHOWN
    asked = Asked(subject=uid, without=() if is_all else READS_OF_REPORTS)
    counted = part(lambda: _reads_of_reports(uid))  # before this page's own entry
    with transaction.atomic():
        found = list_transactions(asked, limit=PAGE_SIZE, cursor=cursor)
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
        "reads_of_reports": counted,
        "is_all": is_all,
        "newer": _query(found.previous, is_all=is_all),
        "older": _query(found.next, is_all=is_all),
        "zone": timezone.get_current_timezone_name(),
    }
    template = "access_log_erased" if customer.state == CustomerState.ERASED else "access_log"
    return render(request, f"customers/{template}.html", context)


def _reads_of_reports(uid: UUID) -> int:
    counts = dict(totals(Asked(subject=uid, outcome=Outcome.OK)).per_action)
    return sum(counts.get(action, 0) for action in READS_OF_REPORTS)


def _query(cursor: str | None, *, is_all: bool) -> str:
    """Of the link to another page of the same log."""
    if not cursor:
        return ""
    return urlencode({"cursor": cursor, **({REPORTS: SHOWN} if is_all else {})})


def _frame(request: HttpRequest, customer: CustomerRow) -> dict[str, Any]:
    if customer.state == CustomerState.ERASED:
        return {"customer": {"id": customer.entity_uid}}
    return customer_frame(request, customer.entity_uid)
