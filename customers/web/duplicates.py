"""Duplicates: the work list, two customers beside each other, what was merged, and its undoing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from audit.entries import add_entry
from customers import merging
from customers.duplicates import work_list as duplicates
from customers.duplicates.work_list import Pair
from customers.extra_fields import extra_field_types
from customers.models import CustomerState
from customers.person_rules import DuplicateDocument
from customers.queries import find_customers, get_customer
from customers.rows import CustomerRow
from customers.web import forms, merge_form, pages, wording
from customers.web.dossier import labels_of
from customers.web.edge import (
    act_of,
    is_partial,
    note_refusal,
    noted_read,
    page,
    say_saved,
    text_of,
    to_customer,
)
from customers.web.mappings import as_mapping
from customers.web.search import found_for
from entities.refusals import Invalid, Stale
from entities.restricted import hidden_from
from events import peers
from events.errors import Refused

PAGE_SIZE = 10
MOST_HISTORY = 100
# The filter of the work list: scores from here on.
LEAST = ((0.0, "Any score"), (0.7, "70 % and more"), (0.8, "80 % and more"), (0.9, "90 % and more"))
TWIN = "A listed customer has this document number already; nothing is merged yet."
STALE = "Somebody changed one of the two meanwhile. Look at both again; nothing is merged yet."


@page
def work_list(request: HttpRequest) -> HttpResponse:
    """The list, with its first pair opened."""
    return _show(request, None)


@page
def pair(request: HttpRequest, uid: UUID, other: UUID) -> HttpResponse:
    """Two customers beside each other; by POST what merging would do, or the merge itself."""
    if request.method == "POST" and "merge" in request.POST:
        return _merge(request, uid, other)
    return _show(request, (uid, other))


@page
def distinct(request: HttpRequest, uid: UUID, other: UUID) -> HttpResponse:
    """Asks before two customers are told apart, and says what that means."""
    a, b = get_customer(uid=uid), get_customer(uid=other)
    if request.method != "POST":
        _note(request, "customer.read", [uid, other])
        context = {"section": "duplicates", "a": as_mapping(a), "b": as_mapping(b)}
        return render(request, "customers/distinct.html", context)
    merging.distinguish_customers(
        act_of(request), a=uid, b=other, reason=text_of(request.POST, "reason") or None
    )
    say_saved(request, "Remembered as different persons")
    return HttpResponseRedirect(reverse("duplicates"))


@page
def history(request: HttpRequest) -> HttpResponse:
    """What was merged, here and elsewhere, the newest first."""
    hidden = frozenset(hidden_from(act_of(request).principal))
    merges = [
        row
        for row in merging.merge_history(limit=MOST_HISTORY)
        if not hidden & {row.loser_uid, row.survivor_uid}
    ]
    seen = {uid for row in merges for uid in (row.loser_uid, row.survivor_uid)}
    _note(request, "duplicates.listed", seen)
    known = {one.entity_uid: one for one in find_customers(uids=seen)}
    rows = [_told(row, known) for row in merges]
    context = {"section": "duplicates", "rows": rows, "most": MOST_HISTORY}
    return render(request, "customers/merge_history.html", context)


@page
def pick(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Merge…: the other one is looked for, then the two stand beside each other. By POST, so that
    no address holds what was typed."""
    customer = get_customer(uid=uid)
    q = text_of(request.POST, "q")
    context: dict[str, Any] = {"customer": as_mapping(customer), "q": q, "rows": None}
    if q:
        context |= found_for(request, q, but=uid)
    elif not is_partial(request):
        noted_read(request, action="customer.read", uid=uid)
    template = "customers/_pick.html" if is_partial(request) else "customers/pick.html"
    return render(request, template, context)


@page
def unmerge(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Asks before a merge is taken back, and says what that means."""
    loser, survivor = merging.merged_pair(entity_uid=uid)
    if request.method != "POST":
        _note(request, "customer.read", [loser.entity_uid, survivor.entity_uid])
        context = _merged(loser, survivor)
        return render(request, "customers/unmerge.html", context)
    reason = text_of(request.POST, "reason") or None
    merging.unmerge_customer(act_of(request), entity_uid=uid, reason=reason)
    if "distinct" in request.POST:
        merging.distinguish_customers(act_of(request), a=uid, b=survivor.entity_uid, reason=reason)
        say_saved(request, "Un-merged, and remembered as different persons")
    else:
        say_saved(request, "Un-merged")
    return to_customer(uid)


def _merged(loser: CustomerRow, survivor: CustomerRow) -> dict[str, Any]:
    a, b = as_mapping(loser), as_mapping(survivor)
    return {
        "loser": a,
        "survivor": b,
        "telling": pages.telling(a, b),
        "is_survivor_listed": survivor.state == CustomerState.LISTED,
    }


def _told(row: merging.MergeRow, known: Mapping[UUID, CustomerRow]) -> dict[str, Any]:
    """A merge with what tells its two customers apart, where both are still known."""
    loser, survivor = known.get(row.loser_uid), known.get(row.survivor_uid)
    telling = ("", "")
    if loser and survivor:
        telling = pages.telling(as_mapping(loser), as_mapping(survivor))
    return {"merge": row, "telling": telling}


def _show(
    request: HttpRequest,
    uids: tuple[UUID, UUID] | None,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The pair and, unless only that part is asked for, the work list beside it."""
    least = _least(request)
    context: dict[str, Any] = {"section": "duplicates", "least": least, **_refused(refusal)}
    cursor = text_of(request.GET, "cursor") or None
    found = duplicates.list_pairs(limit=PAGE_SIZE, cursor=cursor, least=least)
    action = "customer.merge_previewed" if uids else "duplicates.listed"
    if uids is None and found.rows:
        uids = _uids(found.rows[0])
    if uids:
        context |= _beside(request, uids, found.rows)
    if is_partial(request):
        _note(request, action, uids or ())
        return render(request, "customers/_pair.html", context, status=status)
    _note(request, action, set(uids or ()).union(*map(_uids, found.rows)))
    context |= {
        "pairs": [_listed(one, uids) for one in found.rows],
        "next_cursor": found.next_cursor,
        "count": duplicates.count_pairs(least=least),
        "most": duplicates.MOST_COUNTED,
        "choices": LEAST,
        "is_further": cursor is not None,
        "is_chosen": action != "duplicates.listed",
    }
    return render(request, "customers/duplicates.html", context, status=status)


def _refused(refusal: Refused | None) -> dict[str, Any]:
    """Why nothing was merged; another holder of the document number can be overridden."""
    if not isinstance(refusal, DuplicateDocument):
        detail = refusal.detail if refusal else ""
        return {"problem": STALE if isinstance(refusal, Stale) else detail}
    return {"problem": TWIN, "twin": as_mapping(refusal.customer), "needs_confirmation": True}


def _beside(
    request: HttpRequest, uids: tuple[UUID, UUID], listed: Sequence[Pair]
) -> dict[str, Any]:
    """Two customers as the form shows them, with the dry run of what is chosen."""
    a, b = (get_customer(uid=uid) for uid in uids)
    known = duplicates.get_pair(*uids)
    elder = merge_form.A if a.created_at <= b.created_at else merge_form.B
    chosen = merge_form.choices(request.POST.dict(), default=elder)
    survivor, loser = (a, b) if chosen.stays == merge_form.A else (b, a)
    first = _dry_run(survivor, loser, ())
    chosen = merge_form.completed(chosen, first.fields)
    taken = chosen.taken()
    preview = _dry_run(survivor, loser, taken) if taken else first
    labels = labels_of(extra_field_types())
    return {
        "a": as_mapping(a),
        "b": as_mapping(b),
        "sides": [(merge_form.A, 1, as_mapping(a)), (merge_form.B, 2, as_mapping(b))],
        "digests": [(one.entity_uid, forms.etag_of(one)) for one in (a, b)],
        "stays": chosen.stays,
        "survivor": as_mapping(survivor),
        "loser": as_mapping(loser),
        "fields": merge_form.table(preview.fields, chosen, labels),
        "taken": [_within(key, labels) for key in preview.taken],
        "also": preview.also,
        "why": pages.chips(_why(known)) if known else (),
        "is_listed": known is not None,
        "next": _following(uids, listed),
        "reason": text_of(request.POST, "reason"),
        "others": [other for other in sorted(peers.known()) if other != settings.LOCATION_ID],
    }


def _within(key: str, labels: Mapping[str, str]) -> str:
    return wording.within_sentence(merge_form.label(key, labels))


def _dry_run(survivor: CustomerRow, loser: CustomerRow, take: Iterable[str]) -> merging.Preview:
    return merging.preview_merge(
        survivor=survivor.entity_uid, loser=loser.entity_uid, take=tuple(take)
    )


def _merge(request: HttpRequest, uid: UUID, other: UUID) -> HttpResponse:
    chosen = merge_form.choices(request.POST.dict(), default=merge_form.A)
    survivor, loser = (uid, other) if chosen.stays == merge_form.A else (other, uid)
    was_listed = duplicates.get_pair(uid, other) is not None
    try:
        merging.merge_customers(
            act_of(request),
            survivor=survivor,
            loser=loser,
            take=chosen.taken(),
            reason=text_of(request.POST, "reason") or None,
            if_match=text_of(request.POST, f"digest:{loser}") or None,
            into_if_match=text_of(request.POST, f"digest:{survivor}") or None,
            allow_duplicate="confirmed" in request.POST,
        )
    except (Stale, DuplicateDocument, Invalid) as refusal:
        note_refusal(request, refusal, entity_uid=loser)
        return _show(request, (uid, other), refusal=refusal, status=409)
    say_saved(request, "Merged")
    return HttpResponseRedirect(reverse("duplicates")) if was_listed else to_customer(survivor)


def _least(request: HttpRequest) -> float:
    """The filter's score; whatever is none of its choices is any."""
    text = text_of(request.GET, "least")
    return next((least for least, _ in LEAST if str(least) == text), 0.0)


def _listed(one: Pair, uids: tuple[UUID, UUID] | None) -> dict[str, Any]:
    return {
        "a": as_mapping(one.a),
        "b": as_mapping(one.b),
        "score": pages.shown_score(one.score, _why(one)),
        "is_open": uids is not None and set(_uids(one)) == set(uids),
    }


def _uids(one: Pair) -> tuple[UUID, UUID]:
    return one.a.entity_uid, one.b.entity_uid


def _following(uids: tuple[UUID, UUID], listed: Sequence[Pair]) -> tuple[UUID, UUID] | None:
    """The pair after this one in the list, or the list's first when this one is not in it."""
    keys = [_uids(one) for one in listed]
    place = next((place for place, key in enumerate(keys) if set(key) == set(uids)), -1)
    return keys[place + 1] if place + 1 < len(keys) else None


def _why(known: Pair) -> list[dict[str, Any]]:
    """The verdicts alone: the values stand in the table below."""
    return [{"field": why.field, "verdict": why.verdict} for why in known.why]


def _note(request: HttpRequest, action: str, uids: Iterable[UUID]) -> None:
    hits = sorted(set(uids))
    with transaction.atomic():
        add_entry(act_of(request), action=action, hit_ids=hits, result_count=len(hits))
