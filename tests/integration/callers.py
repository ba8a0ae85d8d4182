"""Both JSON faces as their tests call them: people whose names are their roles."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEntry


class Caller:
    """Speaks in one role to the face at `root`; `role=None` says nothing about itself."""

    root: str

    def __init__(self, role: str | None) -> None:
        self.role = role
        self.client = Client()

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
        query: dict[str, str] | None = None,
    ) -> HttpResponse:
        raw = body if isinstance(body, bytes) else b"" if body is None else as_json(body)
        said = {"X-Role": self.role} if self.role else {}
        return self.client.generic(
            method,
            self.root + path,
            raw,
            content_type=content_type,
            headers={**said, **(headers or {})},
            query_params=query,
        )


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode()


def entries() -> list[AuditEntry]:
    """All audit entries, oldest first."""
    return list(AuditEntry.objects.order_by("audit_id"))
