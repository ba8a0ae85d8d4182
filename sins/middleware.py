"""The edge of every request: its id, its log line, and who asks in which role."""

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from uuid_utils.compat import uuid7

from audit.entries import add_entry
from events.principal import ROLES, Act, Principal
from sins import logs

logger = logging.getLogger("sins.request")

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIX = "/api/"
MAX_PATH = 2_000


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
        logger.info(
            "http.request",
            extra={
                "http.request.method": request.method,
                "url.path": request.path[:MAX_PATH],  # never the query: it may hold a name
                "http.response.status_code": response.status_code,
                "event.duration": time.perf_counter_ns() - request.started_ns,  # type: ignore[attr-defined]
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
    """Makes one frozen `Principal` and puts the request's `Act` on it; views never read headers."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            principal = principal_of(request)
        except UnknownRoleError as error:
            act = _act(request, Principal("customer", "customer", settings.LOCATION_ID, "none"))
            add_entry(act, action="access.refused", kind="refusal", outcome="refused")
            return JsonResponse({"detail": str(error), "code": "unknown_role"}, status=400)
        request.principal = principal  # type: ignore[attr-defined]
        request.act = _act(request, principal)  # type: ignore[attr-defined]
        return self.get_response(request)


class UnknownRoleError(ValueError):
    """The role header names a role that does not exist."""


def principal_of(request: HttpRequest) -> Principal:
    """Who asks, in which role. In `header` mode the role is the header's, for pages the chosen
    one, otherwise the one the user's group gives; without any of them `customer`.

    Raises: UnknownRoleError.
    """
    asked = _asked_role(request)
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        role = asked or _role_of_groups(request)
        return Principal(user.get_username(), role, settings.LOCATION_ID, "session")
    if asked:
        return Principal(asked, asked, settings.LOCATION_ID, "header")
    return Principal("customer", "customer", settings.LOCATION_ID, "none")


def _act(request: HttpRequest, principal: Principal) -> Act:
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


def _asked_role(request: HttpRequest) -> str:
    value = request.headers.get(settings.ROLE_HEADER, "").strip().lower()
    if value and value not in ROLES:
        raise UnknownRoleError(f"Unknown role. Use one of: {', '.join(ROLES)}.")
    if not value and not request.path.startswith(API_PREFIX):
        value = str(request.session.get("role", ""))
    return value


def _role_of_groups(request: HttpRequest) -> str:
    """The strongest role among the user's groups; looked up once per login."""
    if "group_role" not in request.session:
        names = set(request.user.groups.values_list("name", flat=True))
        held = [role for role in ROLES if role in names]
        request.session["group_role"] = held[-1] if held else "customer"
    return str(request.session["group_role"])


def _asked_id(request: HttpRequest) -> uuid.UUID:
    """The caller's request id when it is a UUID, so that one search finds all its traces."""
    try:
        return uuid.UUID(request.headers.get("X-Request-Id", ""))
    except ValueError:
        return uuid7()
