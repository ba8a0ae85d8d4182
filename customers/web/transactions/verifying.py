"""The state of the chain for the page, and "Verify now": the whole of it as far as a page can
wait, otherwise its newest part."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from audit.actions import Outcome
from audit.chain import keeping, verification
from audit.chain import numbering as chain
from audit.chain.verification import Verdict
from audit.entries import add_entry
from customers.web.edge import act_of, note_refusal, page, text_of
from customers.web.transactions import filters
from events import sql
from events.errors import Refused
from events.leadership import LOCK_SPACE

# About three seconds' worth; the worker reads the whole chain once an hour.
MOST = 300_000
# One at a time: whoever clicks again and again keeps one processor busy, not all of them. No task's
# name has this number.
TASK = {"space": LOCK_SPACE, "task": -2}
LOCK_SQL = "SELECT pg_try_advisory_lock(%(space)s, %(task)s)"
UNLOCK_SQL = "SELECT pg_advisory_unlock(%(space)s, %(task)s)"


class AlreadyVerifying(Refused):
    """Somebody else has the entries read at this location."""

    code = "already_verifying"
    status = 409

    def __init__(self) -> None:
        super().__init__("Somebody verifies just now: the outcome is here in a few seconds.")


@page
def verify(request: HttpRequest) -> HttpResponse:
    """Reads the entries anew; the outcome stands in the page's head afterwards."""
    if not sql.fetch(LOCK_SQL, TASK)[0][0]:
        refusal = AlreadyVerifying()
        note_refusal(request, refusal)
        messages.warning(request, refusal.detail)
        return _back(request)
    try:
        _verify(request)
    finally:
        sql.fetch(UNLOCK_SQL, TASK)
    return _back(request)


def _verify(request: HttpRequest) -> None:
    newest = chain.head().seq
    first = newest - MOST + 1 if newest > MOST else None
    verdict = verification.verify(first=first)
    with transaction.atomic():
        if first is None or not verdict.is_ok:
            keeping.keep_verdict(verdict, at=timezone.now())
        add_entry(
            act_of(request),
            action="audit.verified",
            outcome=Outcome.OK if verdict.is_ok else Outcome.FAILED,
            codes=[verdict.code] if verdict.code else [],
            result_count=_count(verdict),
        )
    if verdict.is_ok:
        rest = "" if first is None else " The older ones are verified every hour."
        messages.success(request, f"{verdict.sentence}{rest}")


def _back(request: HttpRequest) -> HttpResponse:
    """The page from which it was asked."""
    asked = filters.read(_sent(request), today=timezone.localdate())
    query = f"?{asked.query()}" if asked.is_set and not asked.problems else ""
    return HttpResponseRedirect(reverse("transactions") + query)


def _count(verdict: Verdict) -> int:
    return 0 if verdict.first is None or verdict.last is None else verdict.last - verdict.first + 1


def _sent(request: HttpRequest) -> dict[str, Any]:
    """The filters of the page from which it was asked: it comes back as it was."""
    return {name: text_of(request.POST, name) for name in filters.NAMES}
