"""Writes of the JSON face: one transaction, one answer, and the same answer to the same request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.authentication import act_of
from events.principal import Act


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write says. `body` None = nothing."""

    status: int
    body: Any
    entity_uid: UUID
    etag: str = ""


def answer_write(request: Request, write: Callable[[Act], Answer]) -> Response:
    with transaction.atomic():
        answer = write(act_of(request))
    return _response(answer)


def uid_for(request: Request) -> UUID | None:
    return None


def _response(answer: Answer) -> Response:
    headers = {"ETag": answer.etag} if answer.etag else {}
    return Response(answer.body, answer.status, headers=headers)
