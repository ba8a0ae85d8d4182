"""Create, edit, delete and restore customers: forms in, one service call, errors beside fields."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from uuid_utils.compat import uuid7

from customers import services
from customers.extra_fields import ExtraFieldType, extra_field_types
from customers.person_rules import DuplicateDocument
from customers.queries import check_listed, get_customer
from customers.rows import CustomerRow
from customers.web import forms, pages
from customers.web.dossier import Dossier, dossier
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
from customers.web.pairs import tell_apart
from customers.web.search import alike_to
from entities.refusals import Exists, Invalid, Stale

CHOOSE_FIRST = "Choose one of the values."


@page
def new(request: HttpRequest) -> HttpResponse:
    types = extra_field_types()
    if request.method != "POST" or "fill" in request.POST:
        return _form(request, types, forms.filled_in(request), key=str(uuid7()))
    typed = forms.read_form(request, types)
    if "confirmed" in request.POST:
        alike, is_settled = None, True
    else:
        alike = alike_to(request, dict(typed.values))
        is_settled = _is_settled(alike, forms.different(request))
    if typed.errors:
        return _form_again(request, types, typed, typed.errors, alike=alike)
    if alike and alike.get("is_strong") and not is_settled:
        return _form_again(request, types, typed, {"": forms.LOOK_FIRST}, alike=alike)
    try:
        uid = _create(request, typed, allow_duplicate=is_settled)
    except (Invalid, DuplicateDocument, Exists) as refusal:
        note_refusal(request, refusal)
        return _form_again(request, types, typed, forms.sentences_of(refusal), alike=alike)
    say_saved(request, "Created")
    return to_customer(uid)


def _is_settled(alike: Mapping[str, Any], different: set[str]) -> bool:
    """Has it been said of every strong match that this is a different person?"""
    strong = {row.id for row in alike["rows"] if row.is_strong}
    return bool(strong) and strong <= different


def _create(request: HttpRequest, typed: forms.Typed, *, allow_duplicate: bool) -> UUID:
    """The new customer, and with it what was said of those who are alike."""
    reason = text_of(request.POST, "reason") or None
    with transaction.atomic():
        creation = services.create_customer(
            act_of(request),
            values=forms.core_values(typed.values),
            extra_fields=forms.extra_values(typed.values, dict.fromkeys(typed.values, "")),
            allow_duplicate=allow_duplicate,
            entity_uid=forms.key_of(request),
            reason=reason,
        )
        tell_apart(request, creation.entity_uid, forms.different(request), reason=reason)
    return creation.entity_uid


@page
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    found = dossier(uid=uid)
    check_listed(found.customer)
    if request.method != "POST":
        noted_read(request, action="customer.read", uid=uid)
        held = forms.held_values(found.customer, found.types)
        return _form(request, found.types, forms.worded(held), customer=found.customer, was=held)
    was = forms.posted(request, forms.WAS)
    typed = forms.read_form(request, found.types)
    if "stale" in request.POST:
        return _resolve(request, found, was, typed)
    if typed.errors:
        return _form_again(
            request, found.types, typed, typed.errors, customer=found.customer, was=was
        )
    return _save(request, found, was, typed)


@page
def delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    customer = get_customer(uid=uid)
    context: dict[str, Any] = {"customer": as_mapping(customer), "etag": forms.etag_of(customer)}
    if request.method != "POST":
        noted_read(request, action="customer.read", uid=uid)
        return render(request, "customers/delete.html", context)
    reason = text_of(request.POST, "reason")
    try:
        services.delete_customer(
            act_of(request),
            entity_uid=uid,
            reason=reason or None,
            if_match=text_of(request.POST, "etag") or None,
        )
    except Stale as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        sentence = "Someone changed this customer meanwhile. Look again before you delete."
        context |= {"errors": [{"sentence": sentence}], "reason": reason}
        return render(request, "customers/delete.html", context, status=409)
    say_saved(request, "Taken off the list")
    return to_customer(uid)


@page
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    services.restore_customer(act_of(request), entity_uid=uid)
    say_saved(request, "Back on the list")
    return to_customer(uid)


def _save(
    request: HttpRequest, found: Dossier, was: Mapping[str, str], typed: forms.Typed
) -> HttpResponse:
    """Writes what differs from what the page showed; a stale page becomes a choice."""
    uid = found.customer.entity_uid
    changed = {name: value for name, value in typed.values.items() if value != was.get(name, "")}
    reason = text_of(request.POST, "reason") or None
    try:
        services.change_customer(
            act_of(request),
            entity_uid=uid,
            values=forms.core_values(changed),
            extra_fields=forms.extra_values(changed, was),
            allow_duplicate="confirmed" in request.POST,
            if_match=text_of(request.POST, "etag") or None,
            reason=reason,
        )
    except Stale as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        return _choose(request, dossier(uid=uid), was, typed.values, {})
    except (Invalid, DuplicateDocument) as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        return _form_again(
            request,
            found.types,
            typed,
            forms.sentences_of(refusal),
            customer=found.customer,
            was=was,
        )
    # Not while the change is open: who holds one of two and waits for the other may wait for ever.
    tell_apart(request, uid, forms.different(request), reason=reason)
    say_saved(request, "Saved")
    return to_customer(uid)


def _resolve(
    request: HttpRequest, found: Dossier, was: Mapping[str, str], typed: forms.Typed
) -> HttpResponse:
    """The answer to a stale save: chosen values are written, undecided ones asked again."""
    stale = _stale(found, was, typed.values, forms.posted(request, forms.CHOOSE))
    if any(not choice.chosen for choice in stale.disputed):
        return _choose(request, found, was, typed.values, forms.posted(request, forms.CHOOSE))
    result = {choice.name: choice.result for choice in (*stale.disputed, *stale.fitting)}
    held = forms.held_values(found.customer, found.types)
    return _save(request, found, held, forms.Typed(typed.raw, {**held, **result}, {}))


def _choose(
    request: HttpRequest,
    found: Dossier,
    was: Mapping[str, str],
    yours: Mapping[str, str],
    chosen: Mapping[str, str],
) -> HttpResponse:
    stale = _stale(found, was, yours, chosen)
    open_choices = [choice for choice in stale.disputed if not choice.chosen]
    last = max(found.events, key=lambda event: event["at"], default=None)
    context = {
        "customer": as_mapping(found.customer),
        "etag": forms.etag_of(found.customer),
        "stale": stale,
        "theirs_by": last,
        "values": yours,
        "originals": was,
        "different": forms.different(request),
        "reason": text_of(request.POST, "reason"),
        "errors": [
            {"field": choice.name, "label": choice.label, "sentence": CHOOSE_FIRST}
            for choice in open_choices
            if "stale" in request.POST
        ],
    }
    return render(request, "customers/stale.html", context, status=409)


def _stale(
    found: Dossier,
    was: Mapping[str, str],
    yours: Mapping[str, str],
    chosen: Mapping[str, str],
) -> pages.StaleSave:
    return pages.stale_save(
        original=was,
        theirs=forms.held_values(found.customer, found.types),
        yours=yours,
        chosen=chosen,
        labels=forms.labels(found.types),
    )


def _form(
    request: HttpRequest,
    types: Iterable[ExtraFieldType],
    shown: Mapping[str, str],
    *,
    customer: CustomerRow | None = None,
    was: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    alike: Mapping[str, Any] | None = None,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    errors = errors or {}
    labels = forms.labels(types)
    kinds = {forms.EXTRA + one.key: one for one in types}
    fields = [
        forms.field_of(name, label, shown, errors, kinds.get(name))
        for name, label in labels.items()
    ]
    if customer is None and alike is None:
        alike = alike_to(request, dict(shown)) if any(shown.values()) else {"rows": []}
    context = {
        "section": "" if customer else "new",
        "customer": as_mapping(customer) if customer else None,
        "etag": text_of(request.POST, "etag") or (forms.etag_of(customer) if customer else ""),
        "key": key,
        "fields": [field for field in fields if not field.name.startswith(forms.EXTRA)],
        "more": forms.long_last(fields),
        "originals": was or {},
        "reason": text_of(request.POST, "reason"),
        "errors": [
            {"field": name if name in labels else "", "label": labels.get(name), "sentence": said}
            for name, said in errors.items()
        ],
        "alike": alike or {"rows": []},
        "different": forms.different(request),
        "needs_confirmation": forms.TWIN in errors.values() or forms.LOOK_FIRST in errors.values(),
    }
    return render(request, "customers/form.html", context, status=status)


def _form_again(
    request: HttpRequest,
    types: Iterable[ExtraFieldType],
    typed: forms.Typed,
    errors: Mapping[str, str],
    *,
    customer: CustomerRow | None = None,
    was: Mapping[str, str] | None = None,
    alike: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The form with all that was typed, and what is wrong with it."""
    if customer is not None and forms.TWIN in errors.values():
        with transaction.atomic():
            alike = alike_to(
                request,
                {"document_number": typed.values["document_number"]},
                but=customer.entity_uid,
            )
    return _form(
        request,
        types,
        typed.raw,
        customer=customer,
        was=was,
        errors=errors,
        alike=alike,
        key=request.POST.get("key", ""),
        status=400,
    )
