"""What every page does at its edge: who may see it, what was refused, how it is noted."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import Error, InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers

from audit.actions import Outcome
from audit.entries import add_entry
from customers.queries import CustomerNotFound
from customers.web.access import MATRIX, Door, methods_of
from entities.restricted import check_open
from entities.roles import STAFF
from events import peers
from events.errors import Refused
from events.principal import Act, Principal

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]

NOT_FOR_YOU = "Your role may not see this page. Log in as someone who may, or choose another role."
NOT_LOGGED_IN = "You are logged out."
BUSY = "The database is busy. Try again in a moment."
NO_CUSTOMER = "There is no customer with this id."
MAX_INPUT = 8_000
IDS = ("uid", "other")  # of entities, in addresses


def act_of(request: HttpRequest) -> Act:
    return cast(Act, request.act)  # type: ignore[attr-defined]


def principal_of(request: HttpRequest) -> Principal:
    return act_of(request).principal


def is_staff(request: HttpRequest) -> bool:
    return principal_of(request).role in STAFF


def is_partial(request: HttpRequest) -> bool:
    """Does htmx ask for a part of the page that is shown already?"""
    return bool(getattr(request, "htmx", False)) and not request.headers.get(
        "HX-History-Restore-Request"
    )


def page(view: View) -> View:
    """A page behind its door in the matrix; what is refused is shown in style and noted."""

    @never_cache  # pages hold personal data
    @vary_on_headers("HX-Request")
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if principal_of(request).auth == "none" and settings.AUTH_MODE != "header":
            return _to_login(request)
        door = _door(request)
        if door is None:  # noted as any wrong method is
            return HttpResponseNotAllowed(methods_of(_name(request)))
        kwargs |= {name: UUID(kwargs[name]) for name in IDS if name in kwargs}
        try:
            if principal_of(request).role not in door.roles:
                raise Refused(NOT_FOR_YOU, code="forbidden", status=403)
            check_open(principal_of(request), [kwargs[name] for name in IDS if name in kwargs])
            return view(request, **kwargs)
        except Refused as refusal:
            return refused(request, refusal, entity_uid=kwargs.get("uid"))
        except (OperationalError, InterfaceError) as error:
            logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
            return refused(request, Refused(BUSY, code="busy", status=503))

    return guarded


def _to_login(request: HttpRequest) -> HttpResponse:
    """The path only: what was searched for stays out of the address. A part of a page cannot become
    the login; it says that it did not load."""
    note_refusal(request, Refused(NOT_LOGGED_IN, code="not_authenticated", status=401))
    if is_partial(request):
        return HttpResponse(NOT_LOGGED_IN, status=401, content_type="text/plain")
    return redirect_to_login(request.path)


def refused(
    request: HttpRequest, refusal: Refused, *, entity_uid: UUID | None = None
) -> HttpResponse:
    """The error page of a refusal, with its audit entry."""
    note_refusal(request, refusal, entity_uid=entity_uid)
    detail = NO_CUSTOMER if isinstance(refusal, CustomerNotFound) else refusal.detail
    context = {"status": refusal.status, "detail": detail}
    return render(request, "error.html", context, status=refusal.status)


def note_refusal(request: HttpRequest, refusal: Refused, *, entity_uid: UUID | None = None) -> None:
    """After the refused transaction was rolled back, so that the entry stays. A database that is
    down cannot note it."""
    door = _door(request)
    is_denied = refusal.status in (401, 403) or door is None or not door.action
    try:
        add_entry(
            act_of(request),
            action="access.refused" if is_denied or door is None else door.action,
            outcome=Outcome.FAILED if refusal.status >= 500 else Outcome.REFUSED,
            entity_uid=entity_uid,
            codes=[refusal.code],
        )
    except Error as error:
        logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})


def _door(request: HttpRequest) -> Door | None:
    method = "GET" if request.method == "HEAD" else str(request.method)
    return MATRIX.get((_name(request), method))


def _name(request: HttpRequest) -> str:
    return str(request.resolver_match.url_name) if request.resolver_match else ""


def noted_read(request: HttpRequest, *, action: str, uid: UUID) -> None:
    add_entry(act_of(request), action=action, entity_uid=uid)


def text_of(values: Mapping[str, Any], name: str) -> str:
    """A text parameter without what no text may hold; the rules judge the rest."""
    value = str(values.get(name) or "")[:MAX_INPUT]
    return value.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def say_saved(request: HttpRequest, verb: str) -> None:
    """The toast after a write: where it is, and who hears of it next."""
    here = settings.LOCATION_ID
    others = sorted(location for location in peers.known() if location != here)
    follow = f" {_listed(others)} follow{'s' if len(others) == 1 else ''}." if others else ""
    messages.success(request, f"{verb} at {here}.{follow}")


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def to_customer(uid: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("customer", args=[uid]))
