"""Writes of the JSON face: one transaction, one answer, and the same answer to the same request."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import orjson
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from audit.entries import add_entry
from entities.http.authentication import act_of
from entities.refusals import Invalid
from events import idempotency
from events.clock import instant_of
from events.event import NAMESPACE
from events.principal import Act

HEADER = "Idempotency-Key"
REPLAYED = "replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write says; `body` None = nothing, `entity_uid` None = it is about no entity."""

    status: int
    body: Any
    entity_uid: UUID | None
    etag: str = ""


def answer_write(request: Request, action: str, write: Callable[[Act], Answer]) -> Response:
    """Do it once: with an Idempotency-Key that was used, the stored answer comes again.

    Raises Invalid, idempotency.StillInFlight, idempotency.KeyReused, and what `write` does.
    """
    act, key = act_of(request), key_of(request)
    if key is None:
        with transaction.atomic():
            return _response(write(act))
    actor, now = act.principal.actor, instant_of(act.now_us)
    sha256 = _request_sha256(request)
    with transaction.atomic():
        stored = idempotency.claim(actor=actor, key=key, request_sha256=sha256, now=now)
        if stored is not None:
            return _response(_replayed(act, action, stored))
        answer = write(act)
        idempotency.keep(
            actor=actor,
            key=key,
            request_sha256=sha256,
            entity_uid=answer.entity_uid,
            status=answer.status,
            answer=orjson.dumps({"body": answer.body, "etag": answer.etag}),
            now=now,
        )
    return _response(answer)


def key_of(request: Request) -> str | None:
    """Raises Invalid for a key that is none."""
    header = request.headers.get(HEADER)
    if header is None:
        return None
    key = header.strip().strip('"')
    if not _KEY.fullmatch(key):
        raise Invalid({HEADER: ["Use 1 to 255 visible ASCII characters, best a UUID."]})
    return key


def uid_for(request: Request) -> UUID | None:
    """The id of what this request creates, when its key is a UUID: the same at every location, so
    that a retry elsewhere finds what the first try made."""
    key = key_of(request)
    if key is None or not _UUID.fullmatch(key):
        return None
    return uuid5(NAMESPACE, f"{act_of(request).principal.actor}\n{key.lower()}")


def _request_sha256(request: Request) -> bytes:
    """Of method, path, query and body; how the JSON was written makes no difference."""
    body = json.dumps(request.data, sort_keys=True, default=str)
    parts = (
        request.method or "",
        request.path.rstrip("/"),
        request.META.get("QUERY_STRING", ""),
        body,
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).digest()


def _replayed(act: Act, action: str, stored: idempotency.StoredAnswer) -> Answer:
    uid = stored.entity_uid
    add_entry(act, action=action, entity_uid=uid, codes=[REPLAYED], result_count=0)
    return Answer(stored.status, entity_uid=uid, **orjson.loads(stored.answer))


def _response(answer: Answer) -> Response:
    headers = {"ETag": answer.etag} if answer.etag else {}
    return Response(answer.body, answer.status, headers=headers)
