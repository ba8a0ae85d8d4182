"""The edge of every request: its id, its log line, and who asks in which role."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from uuid_utils.compat import uuid7

from audit.actions import Outcome
from audit.entries import add_entry
from events.errors import Refused
from events.principal import ROLES, Act, Principal
from sins import counters, identity, logs, request_paths, views

logger = logging.getLogger("sins.request")

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/"
TOKEN_DOORS = ("/api/v1/auth/token", "/api/auth/token")


class RequestContextMiddleware:
    """Gives the request its id, answers with `X-Request-Id` and `X-Location`, logs one line."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.started_ns = time.perf_counter_ns()  # type: ignore[attr-defined]
        request.request_id = _asked_id(request)  # type: ignore[attr-defined]
        token = logs.request_id.set(str(request.request_id))  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = str(request.request_id)  # type: ignore[attr-defined]
            response["X-Location"] = settings.LOCATION_ID
            if request.method == "HEAD" and not response.streaming:
                response.content = b""  # otherwise gunicorn drops it, with a warning each time
            self._log(request, response)
            return response
        finally:
            logs.request_id.reset(token)

    def _log(self, request: HttpRequest, response: HttpResponse) -> None:
        route, path = request_paths.told(request, status=response.status_code)
        principal: Principal | None = getattr(request, "principal", None)
        duration_ns = time.perf_counter_ns() - request.started_ns  # type: ignore[attr-defined]
        counters.count_request(
            location_id=settings.LOCATION_ID,
            route=route,
            method=request.method,
            status=response.status_code,
            seconds=duration_ns / 1e9,
        )
        logger.info(
            "http.request",
            extra={
                "http.request.method": request.method,
                "url.path": path,
                "sins.route": route,
                "http.response.status_code": response.status_code,
                "event.duration": duration_ns,
                "user.name": principal.actor if principal else None,
                "user.roles": principal.role if principal else None,
            },
        )


class SameOriginCsrfMiddleware(CsrfViewMiddleware):
    """Django's check, for pages with `Referrer-Policy: no-referrer`: from those browsers post forms
    with `Origin: null`, but say in `Sec-Fetch-Site`, which no page can set, that they come from
    here. The token is checked as ever."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        if request.headers.get("Origin") == "null":
            return request.headers.get("Sec-Fetch-Site") == "same-origin"
        return bool(super()._origin_verified(request))  # type: ignore[misc]


class PrincipalMiddleware:
    """Makes one frozen `Principal` and puts the request's `Act` on it; views never read headers.
    `request.roles` are those that the caller may choose from."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            principal = principal_of(request)
        except NotAdmitted as refusal:
            return _refused(request, refusal)
        except (OperationalError, InterfaceError) as error:
            logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
            return views.busy(request)
        request.principal = principal  # type: ignore[attr-defined]
        request.act = act_by(request, principal)  # type: ignore[attr-defined]
        return self.get_response(request)


class NotAdmitted(Refused):
    """What the request says about its caller cannot be accepted."""

    def __init__(self, detail: str, principal: Principal | None = None) -> None:
        super().__init__(detail)
        self.principal = principal or nobody()


class UnknownRole(NotAdmitted):
    """The role header names a role that does not exist."""

    code = "unknown_role"
    status = 400


class InvalidToken(NotAdmitted):
    """The token was never given, was revoked, or its user may not log in any more."""

    code = "invalid_token"
    status = 401


class RoleNotHeld(NotAdmitted):
    """The role header names a role that the user does not hold."""

    code = "role_not_held"
    status = 403


def principal_of(request: HttpRequest) -> Principal:
    """Who asks, in which role: the user's strongest, or the one asked for among those it may choose
    from. In `header` mode everybody may choose any, also without being a user.

    Raises: UnknownRole, InvalidToken, RoleNotHeld.
    """
    asked = _asked_role(request)
    user, auth = _user_of(request)
    is_free = settings.AUTH_MODE == "header"
    held = identity.roles_of(user) if user else ()
    request.roles = ROLES if is_free else held  # type: ignore[attr-defined]
    if user is None and not is_free:
        return nobody()
    role = _chosen_role(request, asked)
    if user is None:
        return Principal(role, role, settings.LOCATION_ID, "header") if role else nobody()
    principal = Principal(user.get_username(), role or held[-1], settings.LOCATION_ID, auth)
    if asked and asked not in request.roles:  # type: ignore[attr-defined]
        refused = replace(principal, role=held[-1])
        raise RoleNotHeld(f"You do not hold the role {asked}.", refused)
    return principal


def _user_of(request: HttpRequest) -> tuple[Any, str]:
    """The user and how it proved to be it. Pages know sessions only; on the API a token counts
    before a session. Where a token is fetched none is read: a program that sends its old one with
    each request could never get another. Raises InvalidToken."""
    is_token_door = request.path.rstrip("/") in TOKEN_DOORS
    if request.path.startswith(API_PREFIX) and not is_token_door:
        key = identity.token_of(request.headers.get("Authorization", ""))
        if key is not None:
            user = identity.user_of_token(key)
            if user is None:
                raise InvalidToken("This token is unknown, malformed or no longer valid.")
            return user, "token"
    return (request.user, "session") if request.user.is_authenticated else (None, "none")


def _asked_role(request: HttpRequest) -> str:
    """The role that the header names, "" if none. Raises UnknownRole."""
    asked = request.headers.get(settings.ROLE_HEADER, "").strip().lower()
    if asked and asked not in ROLES:
        raise UnknownRole(f"Unknown role. Use one of: {', '.join(ROLES)}.")
    return asked


def _chosen_role(request: HttpRequest, asked: str) -> str:
    """The header's role; on pages otherwise the one kept in the session, while it may be chosen."""
    if asked or request.path.startswith(API_PREFIX):
        return asked
    kept = request.session.get("role", "")
    return kept if kept in request.roles else ""  # type: ignore[attr-defined]


def nobody() -> Principal:
    return Principal("customer", "customer", settings.LOCATION_ID, "none")


def _refused(request: HttpRequest, refusal: NotAdmitted) -> HttpResponse:
    try:
        add_entry(
            act_by(request, refusal.principal),
            action="access.refused",
            outcome=Outcome.REFUSED,
            codes=[refusal.code],
        )
    except DatabaseError as error:
        logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})
    body = {"detail": refusal.detail, "code": refusal.code}
    headers = {"WWW-Authenticate": "Token"} if refusal.status == 401 else None
    return JsonResponse(body, status=refusal.status, headers=headers)


def act_by(request: HttpRequest, principal: Principal) -> Act:
    return Act(
        principal=principal,
        request_id=request.request_id,  # type: ignore[attr-defined]
        now_us=time.time_ns() // 1000,
        address=_address(request),
        started_ns=request.started_ns,  # type: ignore[attr-defined]
    )


def _address(request: HttpRequest) -> str:
    """Where the call came from: what the outermost of our own proxies saw. What stands further
    left in `X-Forwarded-For` anybody may have written."""
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if 0 < settings.NUM_PROXIES <= len(seen) and seen[-settings.NUM_PROXIES]:
        return seen[-settings.NUM_PROXIES]
    return str(request.META.get("REMOTE_ADDR", ""))


def _asked_id(request: HttpRequest) -> uuid.UUID:
    """The caller's request id when it is a UUID, so that one search finds all its traces."""
    try:
        return uuid.UUID(request.headers.get("X-Request-Id", ""))
    except ValueError:
        return uuid7()
