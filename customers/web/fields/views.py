"""Fields: look, propose, decide with a reason, amend, settle; each by one call of a service."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from audit.entries import add_entry
from customers import queries
from customers.web.edge import act_of, note_refusal, page, principal_of, say_saved, text_of
from customers.web.fields import pages, typed, words
from entities import field_values, fields, governance, resolving
from entities.definitions import code_of, is_key
from entities.fields import Field
from entities.http import cursors
from entities.refusals import Invalid, Stale
from entities.restricted import hidden_from
from entities.roles import PROVIDERS
from events.errors import Refused

PAGE_SIZE = 25
NEEDS_REASON = "Say why: people at all locations will read it."
NEEDS_KEY = "Use small letters, digits and underscores; begin with a letter, like middle_name."
NEEDS_CLASS = "Choose what it holds."
IS_STALE = "Somebody changed this field meanwhile. Look at it again before you decide."
NOT_THIS_WAY = "A conflict is settled by keeping one of what was said."
# By what is decided: the service, what the button says, what the toast says.
DECISIONS: Mapping[str, tuple[Callable[..., Any], str, str]] = {
    "authorise": (governance.authorise, "Authorise", "Authorised"),
    "reject": (governance.reject, "Reject", "Rejected"),
    "retire": (governance.retire, "Retire", "Retired"),
}


@page
def overview(request: HttpRequest) -> HttpResponse:
    """All of them; the first that waits for a decision is opened for whoever decides."""
    status = text_of(request.GET, "status")
    status = status if status in words.STATUSES else ""
    waiting = fields.fields(status="proposed") if status in ("", "proposed") else []
    is_deciding = principal_of(request).role in PROVIDERS
    first = fields.field(waiting[0].id) if waiting and is_deciding else None
    return _show(request, first, status=status)


@page
def one(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One of them opened beside the list."""
    return _show(request, fields.field(uid), is_chosen=True)


@page
def new(request: HttpRequest) -> HttpResponse:
    is_deciding = principal_of(request).role in PROVIDERS
    given = typed.read(request) if request.method == "POST" else typed.nothing()
    context = {"is_new": True, "may_decide": is_deciding}
    if request.method != "POST":
        return _form(request, given, {}, context)
    errors = _missing(given, ("label", "key", "class", "reason"))
    try:
        if errors:
            raise Invalid(errors)
        made = governance.propose(
            act_of(request),
            code=code_of(given["key"]),
            parts=typed.parts_of(given),
            reason=given["reason"],
        )
    except Refused as refusal:
        note_refusal(request, refusal)
        return _form(request, given, _errors_of(refusal), context, status=refusal.status)
    say_saved(request, "Authorised" if is_deciding else "Proposed")
    return _to(made.entity_uid)


@page
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Another label, other options, …; by `authorise` the decision goes with it."""
    field = fields.field(uid)
    is_authorising = "authorise" in (request.POST or request.GET)
    is_fixed = governance.is_type_fixed(uid)
    context = {"field": field, "is_authorising": is_authorising, "is_type_fixed": is_fixed}
    if request.method != "POST":
        _note(request, field.id)
        return _form(request, typed.of_field(field), {}, context)
    given = typed.read(request)
    errors = _missing(given, ("label", "reason"))
    parts = typed.parts_of(given, but=frozenset({"type"} if is_fixed else ()))
    service = governance.authorise if is_authorising else governance.amend
    try:
        if errors:
            raise Invalid(errors)
        service(
            act_of(request),
            entity_uid=uid,
            changes=parts,
            reason=given["reason"],
            if_match=text_of(request.POST, "etag") or None,
        )
    except Refused as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        return _form(request, given, _errors_of(refusal), context, status=refusal.status)
    say_saved(request, "Authorised" if is_authorising else "Saved")
    return _to(uid)


@page
def decide(request: HttpRequest, uid: UUID, decision: str) -> HttpResponse:
    """Asks why, and says what it means."""
    field = fields.field(uid)
    service, verb, done = DECISIONS[decision]
    reason = text_of(request.POST, "reason")
    context = {"section": "fields", "field": field, "decision": decision, "verb": verb}
    context |= {
        "reason": reason,
        "etag": _etag(field),
        "class_words": words.CLASSES[field.data_class],
    }
    if request.method != "POST":
        _note(request, field.id)
        counted = field_values.value_counts([field]).get(field.key, pages.NO_COUNT)
        return render(request, "customers/fields/decide.html", context | {"count": counted})
    try:
        if not reason:
            raise Invalid({"reason": [NEEDS_REASON]})
        service(
            act_of(request),
            entity_uid=uid,
            reason=reason,
            if_match=text_of(request.POST, "etag") or None,
        )
    except (Invalid, Stale, governance.NotPossible) as refusal:
        note_refusal(request, refusal, entity_uid=uid)
        errors = _listed(_errors_of(refusal))
        context |= {"errors": errors, "count": pages.NO_COUNT}
        return render(request, "customers/fields/decide.html", context, status=refusal.status)
    say_saved(request, done)
    return _to(uid)


@page
def settle(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Two locations said different things of the field: one of it is kept."""
    try:
        conflict_id, keep = (UUID(text_of(request.POST, name)) for name in ("conflict", "keep"))
    except ValueError as error:
        raise Refused(NOT_THIS_WAY, code="invalid") from error
    with transaction.atomic():
        found = resolving.resolve_conflict(act_of(request), conflict_id=conflict_id, keep=keep)
        if found != uid:
            raise Refused(NOT_THIS_WAY, code="invalid")
    say_saved(request, "Settled")
    return _to(uid)


@page
def invalid(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Values that the field would refuse today, with whom they are of."""
    field = fields.field(uid)
    cursor = text_of(request.GET, "cursor")
    after = cursors.uid_key(cursor) if cursor else field_values.BEFORE_ALL
    with transaction.atomic():
        hidden = hidden_from(act_of(request).principal)
        examined = field_values.invalid_values(field, limit=PAGE_SIZE, after=after, hidden=hidden)
        hits = [row.entity_uid for row in examined.rows]
        names = queries.names_of(hits)
        add_entry(
            act_of(request),
            action="detail_type.values_checked",
            entity_uid=uid,
            hit_ids=hits,
            result_count=len(hits),
        )
    context = {
        "section": "fields",
        "field": field,
        "rows": [(row, names.get(row.entity_uid)) for row in examined.rows],
        "examined": examined.count,
        "next_cursor": cursors.uid_cursor(examined.next) if examined.next else "",
        "is_further": bool(cursor),
    }
    return render(request, "customers/fields/invalid.html", context)


def _show(
    request: HttpRequest, field: Field | None, *, status: str = "", is_chosen: bool = False
) -> HttpResponse:
    with transaction.atomic():
        context = pages.listing(request, status=status, opened=field.id if field else None)
        if field is not None:
            context |= pages.opened(request, field) | {"is_chosen": is_chosen}
        _note(request, field.id if field else None)
    return render(request, "customers/fields/fields.html", context)


def _form(
    request: HttpRequest,
    given: Mapping[str, str],
    errors: Mapping[str, str],
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    field = context.get("field")
    inputs = typed.inputs(
        given,
        errors,
        is_new=field is None,
        is_type_fixed=bool(context.get("is_type_fixed")),
    )
    shown = {
        "section": "fields",
        "main": inputs.main,
        "rules": inputs.rules,
        "reason": given.get("reason", ""),
        "reason_error": errors.get("reason", ""),
        "errors": _listed(errors),
        "etag": text_of(request.POST, "etag") or (_etag(field) if field else ""),
    }
    return render(request, "customers/fields/form.html", {**context, **shown}, status=status)


def _missing(given: Mapping[str, str], names: tuple[str, ...]) -> dict[str, list[str]]:
    sentences = {"key": NEEDS_KEY, "class": NEEDS_CLASS, "reason": NEEDS_REASON}
    errors = {
        name: [sentences.get(name, "This field is required.")] for name in names if not given[name]
    }
    if "key" in names and "key" not in errors and not is_key(given["key"]):
        errors["key"] = [NEEDS_KEY]
    return errors


def _errors_of(refusal: Refused) -> dict[str, str]:
    """By input; "" for what belongs to none."""
    if isinstance(refusal, Invalid):
        named = {"code": "key"}
        return {named.get(name, name): said[0] for name, said in refusal.errors.items()}
    if isinstance(refusal, Stale):
        return {"": IS_STALE}
    if isinstance(refusal, governance.CodeTaken):
        return {"key": refusal.detail}
    if refusal.status in (401, 403, 404):
        raise refusal
    return {"": refusal.detail}


def _listed(errors: Mapping[str, str]) -> list[dict[str, str]]:
    labels = typed.labels()
    return [
        {"field": name if name in labels else "", "label": labels.get(name, ""), "sentence": said}
        for name, said in errors.items()
    ]


def _etag(field: Field) -> str:
    return (field.digest or b"").hex()


def _note(request: HttpRequest, uid: UUID | None) -> None:
    with transaction.atomic():
        add_entry(act_of(request), action="vocabulary.read", entity_uid=uid)


def _to(uid: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("field", args=[uid]))
