"""Health, metrics, login, role switch and the error pages: what belongs to no app."""

import math
from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit import logins
from audit.actions import Outcome
from audit.entries import add_entry
from events import restoring
from events.principal import ROLES
from sins import metrics


@require_GET
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is looked at."""
    return JsonResponse({"status": "ok", "location_id": settings.LOCATION_ID})


@require_GET
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, migrations, and whether a restored one has caught up. But for that, Kafka and lag
    never take a location out of service."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if waiting:
        return JsonResponse({"status": f"{len(waiting)} migrations wait"}, status=503)
    if (restored := restoring.waiting()) is not None:
        return JsonResponse({"status": f"restoring: waits for {restored.words}"}, status=503)
    return JsonResponse({"status": "ok", "location_id": settings.LOCATION_ID})


@require_GET
@never_cache
def metrics_text(request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics.text(), content_type=metrics.CONTENT_TYPE)


@require_POST
def choose_role(request: HttpRequest) -> HttpResponse:
    """The role switch of the pages, kept in the session: `header` mode offers all roles, `token`
    mode those that the user holds."""
    role = request.POST.get("role", "")
    if role not in ROLES:
        _note_refusal(request, "unknown_role")
        return error_page(request, 400, "There is no such role.")
    if role not in request.roles:  # type: ignore[attr-defined]
        _note_refusal(request, "role_not_held")
        return error_page(request, 403, f"You do not hold the role {role}.")
    request.session["role"] = role
    add_entry(request.act, action="role.chosen", codes=[role])  # type: ignore[attr-defined]
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    return HttpResponseRedirect(target)


class LoginView(auth_views.LoginView):
    """The login of people; after many wrong tries nobody from there is listened to for a while."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait_s = logins.wait_s(request.act)  # type: ignore[attr-defined]
        if not wait_s:
            return super().post(request, *args, **kwargs)
        _note_refusal(request, "too_many_requests")
        form = self.get_form_class()(request)  # empty: what was sent is not looked at
        context = self.get_context_data(form=form, wait_min=math.ceil(wait_s / 60))
        headers = {"Retry-After": str(wait_s)}
        return self.render_to_response(context, status=429, headers=headers)

    def form_invalid(self, form: Any) -> HttpResponse:
        """A wrong name or password is noted by Django's signal, which an empty box never gives."""
        if form.errors.keys() != {"__all__"}:
            _note_refusal(self.request, "invalid")
        return super().form_invalid(form)


def _note_refusal(request: HttpRequest, code: str) -> None:
    add_entry(
        request.act,  # type: ignore[attr-defined]
        action="access.refused",
        outcome=Outcome.REFUSED,
        codes=[code],
    )


def error_page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """One page for all errors; JSON for callers of the API."""
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": detail, "code": ERROR_CODES[status]}, status=status)
    context = {"status": status, "detail": detail}
    return render(request, "error.html", context, status=status)


ERROR_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    500: "server_error",
    503: "busy",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, "The request could not be read. Go back and try again.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    request.refusal_code = "csrf"  # type: ignore[attr-defined]
    return error_page(
        request, 403, "This page was open too long or in another window. Reload it and try again."
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, "Your role may not do this. Ask a service provider.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, "There is no page at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        500,
        "Something failed here. Nothing was half written. Tell support the request id.",
    )


def busy(request: HttpRequest) -> HttpResponse:
    answer = error_page(request, 503, "The database is busy. Try again in a moment.")
    answer["Retry-After"] = "1"
    return answer
