"""Who may do what: the matrix role x endpoint x method of a face, as data, and its one check."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from entities.http.authentication import act_of
from events.principal import Principal

NOBODY = "nobody"  # beside the roles: a caller who has not said who it is


@dataclass(frozen=True, slots=True)
class Access:
    """One row of a matrix: the roles that may, and what the audit calls it."""

    roles: frozenset[str]
    action: str


# (endpoint, method) → access. HEAD is GET; a method that is not there is 405 for everybody.
Matrix = Mapping[tuple[str, str], Access]


class MatrixPermission(BasePermission):
    """Looks the view's endpoint up in its face's matrix; `deny` says why not."""

    message = "You do not have permission to perform this action."

    def has_permission(self, request: Request, view: Any) -> bool:
        access = access_of(request, view)
        principal = act_of(request).principal
        if access is None or NOBODY in access.roles:
            return True
        if principal.auth == "none" and settings.AUTH_MODE != "header":
            return False
        return principal.role in access.roles


def access_of(request: Request, view: Any) -> Access | None:
    """None for a method that the endpoint does not have."""
    method = request.method or ""
    matrix: Matrix = view.matrix
    return matrix.get((view.endpoint, "GET" if method == "HEAD" else method))


def deny(principal: Principal, *, is_nobody_a_customer: bool) -> NoReturn:
    """403 for a role that may not; 401 for a caller who said nothing and would have to.

    `is_nobody_a_customer`: in `header` mode the registry reads no header as the customer's role.
    """
    is_known = principal.auth != "none"
    if is_known or (is_nobody_a_customer and settings.AUTH_MODE == "header"):
        raise PermissionDenied(MatrixPermission.message)
    raise NotAuthenticated
