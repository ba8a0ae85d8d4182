"""The start page: search for staff, the question about oneself for customers."""

import time
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from audit.entries import Entry, add_settled, add_typed
from customers import masking
from customers.search.by_role import search_as
from customers.search.query_reading import Query, read_query
from customers.search.search import MAX_QUERY_LENGTH, Hit, Mode, Question, search_for
from customers.web import check, forms, pages, suggestions
from customers.web.confirmations import confirmations
from customers.web.edge import act_of, is_partial, is_staff, note_refusal, page, text_of
from customers.web.inputs import as_iso, date_problem
from customers.web.mappings import as_mapping
from customers.web.pairs import told_apart
from entities.roles import sees_all
from events.errors import Refused

ALIKE_LIMIT = 5
PICK_LIMIT = 10
TOO_LONG = f"A search has at most {MAX_QUERY_LENGTH} characters. Shorten it."


@page
def home(request: HttpRequest) -> HttpResponse:
    q = text_of(request.GET, "q")
    if not is_staff(request) and not q:
        return check.ask(request)
    mode: Mode = "exact" if request.GET.get("mode", "").lower() == "exact" else "fuzzy"
    context: dict[str, Any] = {"q": q, "mode": mode, "section": "search", "rows": None}
    if len(q) > MAX_QUERY_LENGTH:
        note_refusal(request, Refused(TOO_LONG, code="invalid"))
        context["problem"] = TOO_LONG
    elif q:
        context |= _found(request, q, mode)
    template = "customers/_results.html" if is_partial(request) else "customers/search.html"
    return render(request, template, context)


@page
def similar(request: HttpRequest) -> HttpResponse:
    """Who on the list is like the customer being typed; a part of the form's page. By POST, so
    that no address holds what was typed."""
    edited = forms.uid_of(request.POST.get("customer", ""))
    typed_day = text_of(request.POST, "dob")
    alike = alike_to(request, request.POST, but=edited)
    context = {
        "alike": alike,
        "customer": {"id": edited} if edited else None,
        "different": forms.different(request),
        "needs_confirmation": "confirmed" in request.POST,
        "is_part": True,
        "dob": {"name": "dob", "error": date_problem(typed_day, today=_today(request))},
    }
    return render(request, "customers/_similar.html", context)


@page
def sync_pill(request: HttpRequest) -> HttpResponse:
    return render(request, "_sync_pill.html")


def alike_to(
    request: HttpRequest, values: QueryDict | dict[str, str], *, but: UUID | None = None
) -> dict[str, Any]:
    """Listed customers like these form values, asked at the door that match/ uses. `but` = the one
    being edited: neither itself nor who was said to be another person is asked about."""
    asked = {name: text_of(values, name) for name, _ in suggestions.CHOICES}
    if not any(asked.values()):
        return {"rows": [], "asked": False}
    started = time.perf_counter()
    with transaction.atomic():
        hits = search_for(
            Question(**{**asked, "dob": as_iso(asked["dob"], today=_today(request))}),
            mode="fuzzy",
            limit=ALIKE_LIMIT,
            today=_today(request),
            but=but,
        )
        hits = pages.worth_showing(hits)
        if but:
            settled = told_apart(but, [hit.customer.entity_uid for hit in hits])
            hits = [hit for hit in hits if hit.customer.entity_uid not in settled]
        _note_search(request, " ".join(filter(None, asked.values())), hits)
    rows = pages.search_rows(map(as_result, hits), {})
    return {
        "rows": rows,
        "took_ms": _ms_since(started),
        "asked": True,
        "is_strong": any(row.is_strong for row in rows),
    }


def found_for(request: HttpRequest, q: str, *, but: UUID) -> dict[str, Any]:
    """Whom a search finds beside this customer: {rows}."""
    with transaction.atomic():
        hits = search_for(
            Question(q=q[:MAX_QUERY_LENGTH]),
            mode="fuzzy",
            limit=PICK_LIMIT,
            today=_today(request),
            but=but,
        )
        hits = pages.worth_showing(hits)
        _note_search(request, q, hits)
    return {"rows": pages.search_rows(map(as_result, hits), {})}


def _found(request: HttpRequest, q: str, mode: Mode) -> dict[str, Any]:
    """What a search gives to its page."""
    act, started = act_of(request), time.perf_counter()
    limit = settings.FUZZY_HIT_LIMIT
    is_masked = not sees_all(act.principal)
    hits = search_as(act, Question(q=q), mode=mode, limit=limit, today=_today(request))
    hits = pages.worth_showing(hits)
    with transaction.atomic():
        _note_search(request, q, hits)
    uids = [hit.customer.entity_uid for hit in hits]
    sync: dict[str, Any] = {}
    if is_staff(request):
        sync = confirmations(uids, here=settings.LOCATION_ID, now_us=act.now_us)
    results = [as_result(hit) for hit in hits]
    if is_masked:
        results = [masking.masked_hit(result) for result in results]
    query = read_query(q=q, today=_today(request), is_whole_only=is_masked)
    return {
        "rows": pages.search_rows(results, sync),
        "is_masked": not is_staff(request),
        "has_more": len(hits) == limit,
        "took_ms": _ms_since(started),
        **_suggested(q, mode, query),
    }


def _suggested(q: str, mode: Mode, query: Query) -> dict[str, Any]:
    parts = suggestions.parts(q, query)
    search_url = reverse("search")
    again = [
        {"words": other.words, "url": f"{search_url}?{_as_query(other.q, mode)}"}
        for other in suggestions.other_searches(query)
    ]
    return {
        "read_as": suggestions.read_as(query) if mode == "fuzzy" else [],
        "parts": parts,
        "choices": suggestions.CHOICES,
        "again": again,
    }


def _as_query(q: str, mode: Mode) -> str:
    parameters = QueryDict(mutable=True)
    parameters.update({"q": q, "mode": mode})
    return parameters.urlencode()


def _note_search(request: HttpRequest, query: str, hits: list[Hit]) -> None:
    """What is found while somebody types is one entry, and none beside the one of the page that is
    asked for in the end."""
    entry = Entry(
        act=act_of(request),
        action="customer.searched",
        query=query,
        hit_ids=[hit.customer.entity_uid for hit in hits],
        result_count=len(hits),
    )
    note = add_typed if is_partial(request) else add_settled
    note(entry, typist=_typist(request))


def _typist(request: HttpRequest) -> str:
    """One browser: two people in one role and one office have two."""
    act, cookies = act_of(request), request.COOKIES
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    kept = [cookies.get(name, "") for name in names]
    browser = request.headers.get("User-Agent", "")
    return "\n".join([act.principal.actor, act.principal.role, act.address, browser, *kept])


def as_result(hit: Hit) -> dict[str, Any]:
    """A hit as the pages' rows are made from it."""
    why = [
        {"field": why.field, "verdict": why.verdict, "query": why.query, "value": why.value}
        for why in hit.why
    ]
    found = {"score": hit.score, "why": why, "also_named": hit.also_named}
    return {**as_mapping(hit.customer), **found}


def _today(request: HttpRequest) -> date:
    return timezone.localdate()


def _ms_since(started: float) -> int:
    return max(1, round((time.perf_counter() - started) * 1000))
