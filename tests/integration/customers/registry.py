"""The registry's API as its tests call it: three people whose names are their roles."""

import json
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEntry

ROOT = "/api/customers/"


class Caller:
    """Speaks in one role; `role=None` says nothing about itself."""

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
            ROOT + path,
            raw,
            content_type=content_type,
            headers={**said, **(headers or {})},
            query_params=query,
        )


nobody = Caller(None)
customer = Caller("customer")
agent = Caller("service_agent")
provider = Caller("service_provider")


def as_json(body: Any) -> bytes:
    return json.dumps(body).encode()


def a_customer(**values: Any) -> dict[str, Any]:
    """Made through the API; without values somebody whose name nobody else has."""
    values = values or {"surname": f"Person {uuid4().hex}"}
    answer = agent("POST", "items/", values)
    assert answer.status_code == 201, answer.content
    return answer.json()


def entries() -> list[AuditEntry]:
    """All audit entries, oldest first."""
    return list(AuditEntry.objects.order_by("audit_id"))
