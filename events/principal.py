"""Who acts, in which role and request: made once at the edge and passed down to every service."""

from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

ROLES = ("customer", "service_agent", "service_provider")


@dataclass(frozen=True, slots=True)
class Principal:
    """`auth` is how the caller proved who it is: header, session, command or none."""

    actor: str
    role: str
    location_id: str
    auth: str


@dataclass(frozen=True, slots=True)
class Act:
    """One transaction as the edge sees it. `now_us` is the wall clock in microseconds since 1970;
    `started_ns` is a monotonic reading, only good for measuring the duration."""

    principal: Principal
    request_id: UUID
    now_us: int
    address: str = ""
    started_ns: int = 0


def roles_held(groups: Container[str], *, is_superuser: bool) -> tuple[str, ...]:
    """The roles of a user, weakest first: groups of these names, a superuser all. Whoever is in no
    such group is a customer."""
    if is_superuser:
        return ROLES
    return tuple(role for role in ROLES if role in groups) or ROLES[:1]
