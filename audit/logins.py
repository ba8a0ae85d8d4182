"""Logins, failed logins and logouts as audit entries, told by Django's signals; and who has failed
so often that it has to wait."""

import time
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from uuid_utils.compat import uuid7

from audit import limits
from audit.actions import Outcome
from audit.addresses import network_of
from audit.entries import add_entry
from audit.limits import Allowance
from events.clock import instant_of
from events.principal import ROLES, Act, Principal, roles_held

UNKNOWN_ACTOR = "unknown"
# Wrong tries from one network within WINDOW_S after which it has to wait. Whole offices share one.
MAX_FAILED = 20
WINDOW_S = 300


def wait_s(act: Act) -> int:
    """Seconds until somebody from there may try to log in again; 0 = now."""
    return limits.wait_s(_failures_from(act), now=instant_of(act.now_us))


def _failures_from(act: Act) -> Allowance:
    subject = f"failed login from {network_of(act.address)}"
    return Allowance(subject, MAX_FAILED, "Too many logins have failed.", WINDOW_S)


def note_token(act: Act, *, user: Any) -> None:
    """A login whose answer is a token."""
    principal = replace(act.principal, actor=user.get_username(), auth="token")
    _note_login(replace(act, principal=principal), user)


def on_login(*, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    _note_login(_act(request, actor=user.get_username(), auth="session"), user)


def _note_login(act: Act, user: Any) -> None:
    """In the strongest role it gives: the act itself began before anybody was known."""
    groups = set(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
    role = roles_held(groups, is_superuser=user.is_superuser)[-1]
    principal = replace(act.principal, role=role)
    add_entry(replace(act, principal=principal), action="login.succeeded")


def on_logout(*, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if user is None:  # nobody was logged in
        return
    act = _act(request, actor=user.get_username(), auth="session")
    add_entry(act, action="logout.done")


def on_failed_login(
    *, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    """People type passwords and names into the wrong box: what is no user's name is only hashed."""
    username = str(credentials.get("username") or "")
    users = get_user_model().objects
    is_known = "\x00" not in username and users.filter(username=username).exists()
    act = _act(request, actor=username if is_known else UNKNOWN_ACTOR, auth="none")
    limits.note([_failures_from(act)], now=instant_of(act.now_us))
    add_entry(
        act,
        action="login.failed",
        outcome=Outcome.REFUSED,
        query=None if is_known else username,
    )


def _act(request: HttpRequest | None, *, actor: str, auth: str) -> Act:
    act: Act | None = getattr(request, "act", None)
    if act is not None:
        return replace(act, principal=replace(act.principal, actor=actor, auth=auth))
    principal = Principal(actor, "customer", settings.LOCATION_ID, auth)
    return Act(principal, uuid7(), time.time_ns() // 1000)
