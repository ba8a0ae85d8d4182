"""Who may do what on the registry's face: the matrix role x endpoint x method, as data."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from customers.api.authentication import act_of
from customers.roles import EVERYBODY, STAFF
from events.principal import Principal

# (endpoint, method) → roles. HEAD is GET; a method that is not here is 405 for everybody.
MATRIX: Mapping[tuple[str, str], frozenset[str]] = {
    ("items", "GET"): EVERYBODY,
    ("items", "POST"): STAFF,
    ("item", "GET"): EVERYBODY,
    ("item", "PUT"): STAFF,
    ("item", "PATCH"): STAFF,
    ("item", "DELETE"): STAFF,
    ("as_of", "GET"): STAFF,
    ("search", "GET"): EVERYBODY,
    ("check", "POST"): EVERYBODY,
    ("history", "GET"): STAFF,
    ("events", "GET"): STAFF,
    ("restore", "POST"): STAFF,
}

# What the audit calls each of them.
ACTIONS: Mapping[tuple[str, str], str] = {
    ("items", "GET"): "customer.listed",
    ("items", "POST"): "entity.created",
    ("item", "GET"): "customer.read",
    ("item", "PUT"): "entity.updated",
    ("item", "PATCH"): "entity.updated",
    ("item", "DELETE"): "entity.deleted",
    ("as_of", "GET"): "customer.read_as_of",
    ("search", "GET"): "customer.searched",
    ("check", "POST"): "customer.checked",
    ("history", "GET"): "customer.history_read",
    ("events", "GET"): "customer.events_read",
    ("restore", "POST"): "entity.restored",
}


class MatrixPermission(BasePermission):
    """No: 403 for a role that may not, 401 for a caller who said nothing and would have to."""

    message = "You do not have permission to perform this action."

    def has_permission(self, request: Request, view: Any) -> bool:
        roles = MATRIX.get((view.endpoint, _method(request)))
        return roles is None or act_of(request).principal.role in roles


def action_of(request: Request, endpoint: str) -> str | None:
    return ACTIONS.get((endpoint, _method(request)))


def has_credentials(principal: Principal) -> bool:
    """In `header` mode, saying nothing means being a customer."""
    return principal.auth != "none" or settings.AUTH_MODE == "header"


def _method(request: Request) -> str:
    method = request.method or ""
    return "GET" if method == "HEAD" else method
