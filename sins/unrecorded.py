"""The net under all views: what is answered with an error and has no audit entry yet gets one."""

import logging
from collections.abc import Callable, Sequence

from django.db import Error
from django.http import HttpRequest, HttpResponse

from audit.actions import Outcome
from audit.entries import Noted, add_entry, is_kept, watched
from events.principal import Act
from sins.middleware import act_by, nobody

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

# Asked every few seconds by machines about this machine; the entry would be about nobody.
UNWATCHED = frozenset({"livez", "readyz", "metrics"})
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "server_error",
    503: "busy",
}


class RefusalMiddleware:
    """Each view notes what it refuses, and better: it knows what was wanted. Here ends what never
    came to a view, or what a view forgot: an unknown address, a wrong method, a form without its
    token, a bug."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with watched() as noted:
            response = self.get_response(request)
        if response.status_code >= 400 and _name(request) not in UNWATCHED:
            try:
                _note(request, response, noted)
            except Error as error:
                logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})
        return response


def _note(request: HttpRequest, response: HttpResponse, noted: Sequence[Noted]) -> None:
    is_failure = response.status_code >= 500
    outcome = Outcome.FAILED if is_failure else Outcome.REFUSED
    if any(one.outcome == outcome for one in noted):
        return  # noted after the transaction was rolled back
    if not is_failure and noted and is_kept(noted):
        return  # a read whose answer says that somebody is gone
    act: Act = getattr(request, "act", None) or act_by(request, nobody())
    code = getattr(request, "refusal_code", CODES.get(response.status_code))
    codes = [code or str(response.status_code)]
    add_entry(act, action="access.refused", outcome=outcome, codes=codes)


def _name(request: HttpRequest) -> str:
    return request.resolver_match.url_name or "" if request.resolver_match else ""
