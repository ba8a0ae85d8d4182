"""Retention: the days ahead, who is due, holds, runs from preview to proof, and the ledger."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from audit.entries import add_entry
from customers.retention import due, holds, policies, progress, runs
from customers.retention.due import Due, DueKey
from customers.retention.policy import DAY_US, Policy, reason_in_words, span_in_words
from customers.web.edge import act_of, is_partial, page, text_of
from customers.web.retention import charts
from entities import erasure_ledger
from entities.erasure_rules import BASES
from entities.http import cursors
from entities.vocabulary import detail_types
from events.clock import us_of

PAGE_SIZE = 8
LEDGER_SIZE = 50
RUNS_SIZE = 5
SHOWN_DAYS = 30
TABLE = "table"


@page
def retention(request: HttpRequest) -> HttpResponse:
    """All of it at one glance; the list of who is due goes on by cursor."""
    now_us = act_of(request).now_us
    active = policies.active_policies()
    chosen = text_of(request.GET, "policy") or None
    cursor = text_of(request.GET, "cursor")
    after = DueKey(*cursors.due_key(cursor)) if cursor else due.BEFORE_ALL
    until_us = now_us + SHOWN_DAYS * DAY_US
    here = runs.served_locations()
    with transaction.atomic():
        found = due.list_due(
            active, until_us=until_us, limit=PAGE_SIZE + 1, after=after, of_policy=chosen
        )
        rows = found[:PAGE_SIZE]
        held = holds.list_holds(limit=PAGE_SIZE + 1)
        _note(request, [row.entity_uid for row in rows] + [one.entity_uid for one in held])
    counts = due.count_per_day(active, now_us=now_us, days=charts.DAYS, here=here)
    is_more = len(found) > PAGE_SIZE
    context = {
        "section": "retention",
        "policies": [_policy(one) for one in active],
        "chosen": chosen or "",
        "ahead": charts.ahead(counts, today=timezone.localdate()),
        "as_table": text_of(request.GET, "days") == TABLE,
        "rows": [_due(row, now_us, here) for row in rows],
        "next_cursor": cursors.due_cursor(*rows[-1].key) if is_more else None,
        "is_further": bool(cursor),
        "due_now": sum(one.free for one in counts if not one.day),
        "due_here": sum(one.here for one in counts if not one.day),
        "holds": held[:PAGE_SIZE],
        "are_more_holds": len(held) > PAGE_SIZE,
        "runs": [_run(one) for one in progress.list_runs(limit=RUNS_SIZE)],
        "unjudged": [one.code for one in active if due.list_unjudged(one, limit=1)],
    }
    return render(request, "customers/retention.html", context)


@page
def preview(request: HttpRequest) -> HttpResponse:
    """Who would be erased by this location now, kept for an approval."""
    code = text_of(request.POST, "policy") or None
    found = runs.preview_run(act_of(request), policy_code=code)
    return HttpResponseRedirect(reverse("retention-run", args=[found.run_id]))


@page
def run(request: HttpRequest, run: str) -> HttpResponse:
    """One run, step by step; approved or withdrawn by POST."""
    run_id = int(run)
    if request.method == "POST":
        if "approve" in request.POST:
            runs.approve_run(act_of(request), run_id=run_id)
        else:
            runs.withdraw_run(
                act_of(request), run_id=run_id, reason=text_of(request.POST, "reason")
            )
        return HttpResponseRedirect(reverse("retention-run", args=[run_id]))
    found = progress.get_run(run_id)
    _note(request, [])
    context = {"section": "retention", "run": _run(found), "proof": ""}
    if found.state in ("erased", "proven"):
        context["proof"] = progress.proof_of(run_id)
    is_part = is_partial(request)
    return render(request, f"customers/{'_run' if is_part else 'retention_run'}.html", context)


@page
def ledger(request: HttpRequest) -> HttpResponse:
    """Erasures that are done or scheduled, and which locations have confirmed."""
    is_erased = text_of(request.GET, "show") != "scheduled"
    cursor = text_of(request.GET, "cursor")
    after = cursors.due_key(cursor) if cursor else None
    found = erasure_ledger.rows(is_erased=is_erased, limit=LEDGER_SIZE, after=after)
    _note(request, [row.entity_uid for row in found.rows])
    following = None
    if found.has_next:
        last = found.rows[-1]
        at = last.erased_at if is_erased else last.execute_after
        following = cursors.due_cursor(us_of(at), last.entity_uid) if at else None
    context = {
        "section": "retention",
        "rows": [{"row": row, "basis": BASES.get(row.basis, row.basis)} for row in found.rows],
        "is_erased": is_erased,
        "next_cursor": following,
        "is_further": bool(cursor),
    }
    return render(request, "customers/erasure_ledger.html", context)


@page
def unjudged(request: HttpRequest, code: str) -> HttpResponse:
    """Whom a policy cannot judge: they have no value in its date field."""
    policy = policies.get_policy(code)
    cursor = text_of(request.GET, "cursor")
    after = cursors.uid_key(cursor) if cursor else due.NO_UID
    with transaction.atomic():
        found = due.list_unjudged(policy, limit=LEDGER_SIZE + 1, after=after)
        rows = found[:LEDGER_SIZE]
        _note(request, [uid for uid, _ in rows])
    is_more = len(found) > LEDGER_SIZE
    context = {
        "section": "retention",
        "policy": _policy(policy),
        "rows": rows,
        "next_cursor": cursors.uid_cursor(rows[-1][0]) if is_more else None,
        "is_further": bool(cursor),
    }
    return render(request, "customers/retention_unjudged.html", context)


def _note(request: HttpRequest, uids: Sequence[Any]) -> None:
    """A page about people is a read of them."""
    add_entry(
        act_of(request),
        action="retention.read",
        hit_ids=sorted(set(uids)),
        result_count=len(set(uids)),
    )


def _policy(policy: Policy) -> dict[str, Any]:
    labels = {one.code: one.label for one in detail_types()} if policy.field else {}
    field = labels.get(policy.field or "", policy.field)
    return {
        "code": policy.code,
        "label": policy.label,
        "span": span_in_words(policy.days),
        "basis": policy.basis,
        "field": field,
        "data_class": policy.data_class,
        "delay_days": policy.delay_days,
        "needs_approval": policy.needs_approval,
        "is_built_in": policy.is_built_in,
        "reason": reason_in_words(policy, field or ""),
    }


def _due(row: Due, now_us: int, here: Sequence[str]) -> dict[str, Any]:
    days = -(-(row.due_us - now_us) // DAY_US)
    reason = BASES.get(row.basis or "", "")
    return {
        "row": row,
        "days": max(days, 0),
        "is_overdue": days <= 0,
        "reason": reason_in_words(row.policy) if row.policy else reason,
        "is_elsewhere": row.created_location not in here,
    }


def _run(found: progress.RunProgress) -> dict[str, Any]:
    total = found.scheduled
    return {
        "progress": found,
        "here": settings.LOCATION_ID,
        "confirmed": [(one, one.count == total) for one in found.confirmed],
        "is_moving": found.state in ("approved", "waiting", "erasing", "erased"),
        "can_withdraw": found.state in ("previewed", "approved", "waiting", "erasing"),
    }
