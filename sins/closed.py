"""Nothing of a restored location is shown or written before it has received what happened since."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from events import restoring
from sins import views

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

# What holds nothing of people: health, figures, how the locations stand, and who one is.
OPEN_ALWAYS = frozenset(
    {"livez", "readyz", "metrics", "login", "logout", "role", "sync-pill", "v1-sync"}
)


class RestoringMiddleware:
    """Somebody may have been erased since the backup: reading waits as well as writing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, words: Any, names: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is not None and match.url_name in OPEN_ALWAYS:
            return None
        try:
            waiting = None if restoring.is_open() else restoring.waiting()
        except Error as error:
            logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
            return views.busy(request)
        return None if waiting is None else _closed(request, waiting)


def _closed(request: HttpRequest, waiting: restoring.Waiting) -> HttpResponse:
    request.refusal_code = restoring.Restoring.code  # type: ignore[attr-defined]
    if request.path.startswith("/api/"):
        body = {"detail": waiting.sentence, "code": restoring.Restoring.code}
        response: HttpResponse = JsonResponse(body, status=503)
    else:
        response = views.error_page(request, 503, waiting.sentence)
    response["Retry-After"] = str(restoring.RETRY_AFTER_S)
    return response
