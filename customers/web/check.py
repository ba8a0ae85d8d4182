"""The customer's own page: am I on the list? Yes, someone similar, or no."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.limits import TooManyQuestions
from customers import checking
from customers.masking import masked_customer
from customers.rows import CustomerRow
from customers.web.edge import act_of, note_refusal, page, text_of
from customers.web.inputs import Field, UnreadableDateError, read_date
from customers.web.mappings import as_mapping
from events.clock import instant_of
from events.errors import Refused

NAME, DOCUMENT = "name", "document"
ASKED_BY = {NAME: ("surname", "name", "dob"), DOCUMENT: ("document_number", "dob")}
LABELS = {
    "surname": "Surname",
    "name": "Name",
    "document_number": "Document number",
    "dob": "Birth date",
}
RECORDED = {
    "surname": "Surname",
    "name": "Name",
    "dob": "Born",
    "document_number": "Document number",
}
HINTS = {"dob": "The whole date, as on your passport or identity card"}
NEEDED = "This is needed to answer."


def ask(request: HttpRequest) -> HttpResponse:
    """The empty question."""
    by = DOCUMENT if request.GET.get("by") == DOCUMENT else NAME
    return _page(request, by, {}, {})


@page
def answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return ask(request)
    by = DOCUMENT if request.POST.get("by") == DOCUMENT else NAME
    typed = {name: text_of(request.POST, name) for name in LABELS}
    asked, errors = _read(by, typed, today=timezone.localdate())
    if errors:
        note_refusal(request, Refused(NEEDED, code="invalid"))
        return _page(request, by, typed, errors)
    act = act_of(request)
    try:
        found = checking.look(act, asked=asked)
    except TooManyQuestions as refusal:
        note_refusal(request, refusal)
        return _page(request, by, typed, {}, refused=refusal.detail, status=refusal.status)
    answer = {
        "listed": found.listed,
        "checked_at": instant_of(act.now_us),
        "recorded": _recorded(found.customer) if found.customer else (),
    }
    return _page(request, by, typed, {}, answer=answer)


def _recorded(customer: CustomerRow) -> list[tuple[str, str | None]]:
    """What is recorded about whoever asked, partly hidden, whatever this location shows else."""
    masked = masked_customer(as_mapping(customer))
    return [(RECORDED[name], masked[name]) for name in RECORDED]


def _read(by: str, typed: dict[str, str], *, today: date) -> tuple[dict[str, str], dict[str, str]]:
    """What is asked, and what is wrong with it, by field."""
    asked, errors = {}, {}
    for name in ASKED_BY[by]:
        try:
            is_day = name == "dob"
            asked[name] = read_date(typed[name], today=today).isoformat() if is_day else typed[name]
        except UnreadableDateError as error:
            errors[name] = str(error)
        if not typed[name]:
            errors[name] = NEEDED
    return asked, errors


def _page(
    request: HttpRequest,
    by: str,
    typed: dict[str, str],
    errors: dict[str, str],
    *,
    answer: dict[str, Any] | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    fields = [
        Field(
            name=name,
            label=label,
            value=typed.get(name, ""),
            hint=HINTS.get(name, ""),
            error=errors.get(name, ""),
            kind="date" if name == "dob" else "text",
            asked_by=" ".join(way for way, names in ASKED_BY.items() if name in names),
        )
        for name, label in LABELS.items()
    ]
    context = {
        "by": by,
        "fields": fields,
        "answer": answer,
        "refused": refused,
        "remaining": checking.remaining(act_of(request)),
        "errors": [
            {"field": name, "label": LABELS.get(name, ""), "sentence": sentence}
            for name, sentence in errors.items()
        ],
    }
    return render(request, "customers/self_check.html", context, status=status)
