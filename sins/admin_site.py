"""The admin's frame: who comes in, what may be done there, and that each look is audited."""

import logging
from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import Error, InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from audit.actions import Outcome
from audit.entries import add_entry
from events.admin_kit import RegistryAdmin, RegistrySite, act_of
from events.errors import Refused
from sins import admin_access

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]

NOT_FOR_YOU = "Your role may not do this in the admin. Log in as someone who may."
METHODS = ("GET", "HEAD", "POST")
BUSY = "The database is busy. Try again in a moment."
# Pages of Django's site that have no place here: logging in and out are the registry's own pages,
# passwords are set by commands, and the two lookups answer for models without asking the table.
LEFT_OUT = frozenset(
    {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}
)


class SinsAdminSite(RegistrySite):
    site_title = site_header = f"SINS · {settings.LOCATION_ID}"
    index_title = "Admin"
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what is made for this site. The admins of users, groups and tokens, which come with
        libraries, know neither our table nor our audit: those are looked after by commands."""
        if admin_class is not None and issubclass(admin_class, RegistryAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return admin_access.may_enter(act_of(request).principal)

    def may(self, request: HttpRequest, *, model: str, action: str) -> bool:
        return admin_access.may(act_of(request).principal, model=model, action=action)

    def note(
        self,
        request: HttpRequest,
        *,
        action: str,
        outcome: str = Outcome.OK,
        entity_uid: UUID | None = None,
        hit_ids: Sequence[UUID] = (),
        codes: Sequence[str] = (),
        query: str | None = None,
        result_count: int | None = None,
    ) -> None:
        add_entry(
            act_of(request),
            action=action,
            outcome=outcome,
            entity_uid=entity_uid,
            hit_ids=hit_ids,
            codes=codes,
            query=query,
            result_count=result_count,
        )

    def get_urls(self) -> list[Any]:
        return [one for one in super().get_urls() if getattr(one, "name", None) not in LEFT_OUT]

    def get_log_entries(self, request: HttpRequest) -> Any:
        return ()  # Django's log is not written; see RegistryAdmin

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Each page behind the door; what is refused is shown as anywhere and noted."""

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if act_of(request).principal.auth != "session":
                self._note_refusal(request, "not_authenticated", Outcome.REFUSED)
                return redirect_to_login(request.path)
            if request.method not in METHODS:  # noted as any wrong method is
                return HttpResponseNotAllowed(METHODS)
            try:
                if not self.has_permission(request):
                    raise PermissionDenied
                return view(request, *args, **kwargs)
            except PermissionDenied:
                return self._refused(request, Refused(NOT_FOR_YOU, code="forbidden", status=403))
            except Refused as refusal:
                return self._refused(request, refusal)
            except (OperationalError, InterfaceError) as error:
                logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
                return self._refused(request, Refused(BUSY, code="busy", status=503))

        return update_wrapper(guarded if cacheable else never_cache(guarded), view)

    def catch_all_view(self, request: HttpRequest, url: str) -> HttpResponse:
        """Addresses answer without their slash, too; here by way of those with it."""
        if request.method in ("GET", "HEAD") and not url.endswith("/"):
            return HttpResponseRedirect(request.get_full_path(force_append_slash=True))
        raise Http404

    def _refused(self, request: HttpRequest, refusal: Refused) -> HttpResponse:
        outcome = Outcome.FAILED if refusal.status >= 500 else Outcome.REFUSED
        self._note_refusal(request, refusal.code, outcome)
        context = {
            "status": refusal.status,
            "detail": refusal.detail,
            "may_log_in": refusal.status == 403,
        }
        return render(request, "error.html", context, status=refusal.status)

    def _note_refusal(self, request: HttpRequest, code: str, outcome: Outcome) -> None:
        try:
            self.note(request, action="access.refused", outcome=outcome, codes=[code])
        except Error as error:
            logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})
