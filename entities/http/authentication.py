"""Who asks: the principal that the middleware made; a session also has to prove that it asks."""

from typing import cast

from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from events.principal import Act, Principal


class PrincipalAuthentication(BaseAuthentication):
    """`request.user` is the Principal. Browsers send cookies by themselves, so writes of a session
    need the CSRF token as well; a token or a role alone no browser sends by itself."""

    def authenticate(self, request: Request) -> tuple[Principal, None]:
        principal = act_of(request).principal
        if principal.auth == "session":
            check_csrf(request._request)
        return principal, None

    def authenticate_header(self, request: Request) -> str:
        return "Token"


def act_of(request: Request) -> Act:
    return cast(Act, request._request.act)  # type: ignore[attr-defined]


def check_csrf(request: HttpRequest) -> None:
    """Raises PermissionDenied. Safe methods pass."""
    check = _RefusingCsrf(_no_response)  # type: ignore[arg-type]
    check.process_request(request)
    reason = check.process_view(request, _no_response, (), {})  # type: ignore[arg-type]
    if reason:
        raise PermissionDenied(f"CSRF check failed: {reason}", code="csrf")


class _RefusingCsrf(CsrfViewMiddleware):
    """Gives the reason back instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _no_response(request: HttpRequest) -> None:
    """There is no page behind the check."""
