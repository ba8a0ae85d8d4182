"""The admin as its tests use it: three people whose names are their roles, logged in."""

from typing import Any

from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client

from audit.models import AuditEntry

ROOT = "/admin/"


def logged_in(role: str) -> Client:
    user, is_new = User.objects.get_or_create(username=role)
    if is_new:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    client = Client()
    client.force_login(user)
    return client


def get(path: str, *, role: str = "service_provider", **query: Any) -> HttpResponse:
    return logged_in(role).get(ROOT + path, query)


def post(path: str, *, role: str = "service_provider", **data: Any) -> HttpResponse:
    return logged_in(role).post(ROOT + path, data)


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def noted() -> list[AuditEntry]:
    """What was audited beside the logins, oldest first."""
    return list(AuditEntry.objects.exclude(kind="login").order_by("audit_id"))
