"""The form of a retention policy, and its retirement."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from audit.entries import add_entry
from customers.retention import policies
from customers.retention.policy import BASES, DEFAULT_DELAY_DAYS, Policy
from customers.web.edge import act_of, note_refusal, page, say_saved, text_of
from entities.definitions import DATA_CLASSES
from entities.refusals import Invalid
from entities.vocabulary import detail_types
from events.errors import Refused

NAMES = ("code", "label", "basis", "days", "field", "class", "delay_days", "reason")
BASIS_WORDS = {
    "changed": "the last change",
    "created": "the creation",
    "date": "the date in a field",
}


@page
def overview(request: HttpRequest) -> HttpResponse:
    """All policies, and the form of a new one."""
    if request.method == "POST":
        return _define(request, None)
    return _show(request, None, _empty(), {})


@page
def change(request: HttpRequest, code: str) -> HttpResponse:
    policy = policies.get_policy(code)
    if request.method == "POST":
        return _define(request, policy)
    return _show(request, policy, _values(policy), {})


@page
def retire(request: HttpRequest, code: str) -> HttpResponse:
    reason = text_of(request.POST, "reason") or None
    policies.retire_policy(act_of(request), code=code, reason=reason)
    say_saved(request, "Policy retired")
    return HttpResponseRedirect(reverse("retention-policies"))


def _define(request: HttpRequest, policy: Policy | None) -> HttpResponse:
    typed = {name: text_of(request.POST, name) for name in NAMES}
    typed["approval"] = "1" if "approval" in request.POST else ""
    parts: dict[str, Any] = {
        name.upper(): typed[name] or None for name in NAMES if name != "reason"
    }
    parts["APPROVAL"] = bool(typed["approval"])
    if policy is not None:
        parts["CODE"] = policy.code
    elif taken := _taken(typed["code"]):
        return _show(request, policy, typed, {"code": taken}, status=409)
    if typed["basis"] != "date":
        parts["FIELD"] = None
    try:
        policies.define_policy(act_of(request), parts=parts, reason=typed["reason"] or None)
    except Invalid as refusal:
        note_refusal(request, refusal)
        errors = {name: sentences[0] for name, sentences in refusal.errors.items()}
        return _show(request, policy, typed, errors, status=400)
    except Refused as refusal:
        note_refusal(request, refusal)
        return _show(request, policy, typed, {"field": refusal.detail}, status=refusal.status)
    say_saved(request, "Policy saved")
    return HttpResponseRedirect(reverse("retention-policies"))


def _taken(code: str) -> str:
    """Why a new policy cannot have this code; "" = it can. Nobody shall change one unawares."""
    known = {one.code: one for one in policies.policies() if not one.is_built_in}
    found = known.get(code.strip().upper())
    return f"There is a policy {found.code} already. Open it to change it." if found else ""


def _show(
    request: HttpRequest,
    policy: Policy | None,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    if not errors:
        add_entry(act_of(request), action="retention.read", result_count=0)
    context = {
        "section": "retention",
        "policy": policy,
        "policies": policies.policies(),
        "values": values,
        "errors": errors,
        "bases": [(basis, BASIS_WORDS[basis]) for basis in BASES],
        "date_fields": [one for one in detail_types() if one.value_type == "date"],
        "classes": [(one, one.replace("_", " ")) for one in DATA_CLASSES],
    }
    return render(request, "customers/retention_policy.html", context, status=status)


def _empty() -> dict[str, str]:
    return {"basis": "changed", "delay_days": str(DEFAULT_DELAY_DAYS), "approval": "1"}


def _values(policy: Policy) -> dict[str, str]:
    return {
        "code": policy.code,
        "label": policy.label,
        "basis": policy.basis,
        "days": str(policy.days),
        "field": policy.field or "",
        "class": policy.data_class or "",
        "delay_days": str(policy.delay_days),
        "approval": "1" if policy.needs_approval else "",
    }
