"""Users by session or token, each with the roles that it holds: one query, asked anew each time."""

import re
from typing import Any

from django.apps import apps as installed
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from events.principal import ROLES, roles_held

TOKEN_SCHEMES = ("token", "bearer")
# What can be a key at all; anything else is refused without asking the database.
_KEY = re.compile(r"[!-~]{1,40}")


class RoleBackend(ModelBackend):
    """Django's own, which brings the user of a session together with its roles."""

    def get_user(self, user_id: int) -> Any:
        user = _users().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


def user_of_token(key: str) -> User | None:
    """The active user to whom the key was given."""
    if not _KEY.fullmatch(key):
        return None
    return _users().filter(auth_token__key=key, is_active=True).first()


def token_of(header: str) -> str | None:
    """The key in an `Authorization` header, "" when it or the scheme is missing; None for other
    schemes, which are not ours to judge."""
    scheme, _, key = header.strip().partition(" ")
    if scheme and not key:
        return ""
    return key.strip() if scheme.lower() in TOKEN_SCHEMES else None


def roles_of(user: Any) -> tuple[str, ...]:
    """The roles that a user from here holds, weakest first."""
    return roles_held(user.role_names, is_superuser=user.is_superuser)


def make_groups(*, using: str, apps: Any = installed, **kwargs: Any) -> None:
    """After `migrate`: a group for each role, so that there is something to be put in. `flush`
    names no apps."""
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
    except LookupError:  # migrated back to nothing
        return
    for role in ROLES:
        groups.get_or_create(name=role)


def _users() -> QuerySet[User]:
    groups = Group.objects.filter(user=OuterRef("pk"), name__in=ROLES).values("name")
    return User.objects.annotate(role_names=ArraySubquery(groups))
