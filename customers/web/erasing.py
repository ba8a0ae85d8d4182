"""Pages that hold, lift, erase and cancel: each asks first, and says what it will mean."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from customers import erasing
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
from customers.web.standing import erasure_of
from entities.erasing import Held
from entities.erasure_rules import BASES, RETENTION
from entities.holding import ErasureDue, NotHeld, holds_of
from entities.refusals import Invalid
from events.errors import Refused
from events.principal import Act

LABELS = {"reason": "Why", "reference": "Reference", "basis": "On what basis", "hold_id": "Hold"}
ON_REQUEST = [(basis, said) for basis, said in BASES.items() if basis != RETENTION]


@page
def hold(request: HttpRequest, uid: UUID) -> HttpResponse:
    def place(act: Act) -> None:
        erasing.place_hold(
            act,
            entity_uid=uid,
            reason=text_of(request.POST, "reason"),
            reference=text_of(request.POST, "reference") or None,
        )

    return _answer(request, uid, "hold", {}, place, "Held")


@page
def lift(request: HttpRequest, uid: UUID) -> HttpResponse:
    def let_go(act: Act) -> None:
        erasing.lift_hold(
            act,
            entity_uid=uid,
            hold_id=text_of(request.POST, "hold_id"),
            reason=text_of(request.POST, "reason"),
        )

    holds = holds_of(uid)
    chosen = text_of(request.POST, "hold_id") or (holds[0].hold_id if len(holds) == 1 else "")
    return _answer(request, uid, "lift", {"holds": holds, "chosen": chosen}, let_go, "Hold lifted")


@page
def erase(request: HttpRequest, uid: UUID) -> HttpResponse:
    def ask(act: Act) -> None:
        erasing.erase(
            act,
            entity_uid=uid,
            basis=text_of(request.POST, "basis"),
            reason=text_of(request.POST, "reason") or None,
        )

    context = {"bases": ON_REQUEST, "basis": text_of(request.POST, "basis")}
    return _answer(request, uid, "erase", context, ask, "Taken off the list, to be erased")


@page
def cancel(request: HttpRequest, uid: UUID) -> HttpResponse:
    def keep(act: Act) -> None:
        erasing.cancel_erasure(act, entity_uid=uid, reason=text_of(request.POST, "reason"))

    context = {"erasure": erasure_of(uid)}
    return _answer(request, uid, "cancel", context, keep, "Erasure cancelled")


def _answer(
    request: HttpRequest,
    uid: UUID,
    form: str,
    more: Mapping[str, Any],
    write: Callable[[Act], None],
    saved: str,
) -> HttpResponse:
    """The form; by POST the act, or the form again with what is wrong."""
    customer = known_customer(uid=uid)
    context = {"customer": as_mapping(customer), **more}
    template = f"customers/erasing/{form}.html"
    if request.method != "POST":
        noted_read(request, action="customer.read", uid=uid)
        return render(request, template, context)
    try:
        write(act_of(request))
    except (Invalid, Held, ErasureDue, NotHeld) as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        context |= {
            "errors": _errors(refusal),
            "reason": text_of(request.POST, "reason"),
            "reference": text_of(request.POST, "reference"),
        }
        return render(request, template, context, status=refusal.status)
    say_saved(request, saved)
    return to_customer(uid)


def _errors(refusal: Refused) -> list[dict[str, Any]]:
    if not isinstance(refusal, Invalid):
        return [{"field": "", "label": "", "sentence": refusal.detail}]
    return [
        {"field": field, "label": LABELS.get(field, field), "sentence": sentences[0]}
        for field, sentences in refusal.errors.items()
    ]
