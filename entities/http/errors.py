"""Exceptions → JSON answers, and one audit entry for each refusal.

Runs after the refused transaction was rolled back, so that the entry stays.
"""

import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, Error, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import Outcome
from audit.entries import add_entry
from entities.http.access import MatrixPermission, access_of
from entities.http.authentication import act_of
from entities.http.parameters import uid_of
from entities.http.parsers import BodyTooLarge
from entities.refusals import NotFound
from events.errors import Refused

logger = logging.getLogger(__name__)

RETRY_AFTER_S = "1"


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to what was refused; None for a bug, which is a 500 and a stack trace."""
    answer = _answer(error)
    if answer is not None:
        _audit(answer, context)
    return answer


def _answer(error: Exception) -> Response | None:
    if isinstance(error, Refused):
        return _refused(error)
    if isinstance(error, exceptions.APIException):
        return _api_exception(error)
    if isinstance(error, Http404):
        return _refused(NotFound())
    if isinstance(error, PermissionDenied):
        return Response({"detail": MatrixPermission.message}, 403)
    if isinstance(error, RequestDataTooBig):
        return _api_exception(BodyTooLarge())
    if isinstance(error, SuspiciousOperation | UnreadablePostError):
        return _detail(400, "The request could not be read.", "bad_request")
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("database.busy", extra={"reason": type(error.__cause__).__name__})
        headers = {"Retry-After": RETRY_AFTER_S}
        return _detail(503, "The database is busy. Try again in a moment.", "busy", headers)
    if isinstance(error, DataError):
        logger.warning("database.refused_value", extra={"reason": type(error.__cause__).__name__})
        return _detail(400, "The database cannot store one of these values.", "invalid")
    return None


def _refused(error: Refused) -> Response:
    if error.status == 400 and "errors" in error.extra:
        return Response(error.extra["errors"], 400)
    body = {"detail": error.detail, "code": error.code, **error.extra}
    if not error.code:
        del body["code"]
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else None
    return Response(body, error.status, headers=headers)


def _api_exception(error: exceptions.APIException) -> Response:
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(wait)
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if isinstance(error, exceptions.PermissionDenied) and error.get_codes() == "permission_denied":
        return Response({"detail": str(error.detail)}, 403)
    if isinstance(error, exceptions.UnsupportedMediaType):
        return _detail(415, "Send JSON, with Content-Type: application/json.", error.default_code)
    return _detail(error.status_code, str(error.detail), str(error.get_codes()), headers)


def _detail(
    status: int, detail: str, code: str, headers: Mapping[str, str] | None = None
) -> Response:
    return Response({"detail": detail, "code": code}, status, headers=dict(headers or {}))


def _audit(answer: Response, context: Mapping[str, Any]) -> None:
    """What was tried, by whom, and why not. A database that is down cannot note it."""
    request: Request = context["request"]
    view = context["view"]
    is_denied = answer.status_code in (401, 403)
    access = None if is_denied else access_of(request, view)
    try:
        add_entry(
            act_of(request),
            action=access.action if access else "access.refused",
            outcome=Outcome.FAILED if answer.status_code >= 500 else Outcome.REFUSED,
            entity_uid=_entity_uid(context),
            codes=[_code(answer)],
        )
    except Error as error:
        logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})


def _code(answer: Response) -> str:
    data = answer.data
    if isinstance(data, dict) and isinstance(data.get("code"), str):
        return str(data["code"])
    return {400: "invalid", 403: "forbidden"}.get(answer.status_code, str(answer.status_code))


def _entity_uid(context: Mapping[str, Any]) -> UUID | None:
    try:
        return uid_of(str(context["kwargs"].get("uid", "")))
    except NotFound:
        return None
