"""What a log line says of a request's address: never the query, never what somebody typed there."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import ResolverMatch, resolve

MAX_PATH = 500
HIDDEN = "*"
# A number or a code as we give them: anything else in the place of an id was typed by somebody.
OUR_KEY = re.compile(r"[0-9]{1,19}|[A-Z][A-Z0-9_]{0,49}")


def told(request: HttpRequest, *, status: int) -> tuple[str, str]:
    """The name of the route, and the path. An address that leads nowhere is not repeated."""
    match = request.resolver_match or _match_of(request.path)
    if match is None or (not match.route.endswith("$") and not match.url_name):
        is_file = match is None and status < 400  # WhiteNoise answers before there are routes
        return "", request.path[:MAX_PATH] if is_file else _start_of(request.path)
    path = request.path
    for value in (*match.args, *match.kwargs.values()):
        if isinstance(value, str) and value and not _is_ours(value):
            path = path.replace(value, HIDDEN)
    return match.view_name or "", path[:MAX_PATH]


def _match_of(path: str) -> ResolverMatch | None:
    """For what was refused before anybody looked for the route."""
    try:
        return resolve(path)
    except Http404:
        return None


def _start_of(path: str) -> str:
    first = path.strip("/").partition("/")[0]
    return f"/{first}/{HIDDEN}" if first in ("api", "admin", "static") else f"/{HIDDEN}"


def _is_ours(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return bool(OUR_KEY.fullmatch(value))
    return True
