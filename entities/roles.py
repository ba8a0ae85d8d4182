"""Who is staff, and who sees customers whole: the same on the API, on the pages and in services."""

from django.conf import settings

from events.principal import ROLES, Principal

EVERYBODY = frozenset(ROLES)
STAFF = frozenset({"service_agent", "service_provider"})
PROVIDERS = frozenset({"service_provider"})


def sees_all(principal: Principal) -> bool:
    """Full view, or masked? Customers see the masked one unless this location shows them all."""
    return principal.role in STAFF or settings.CUSTOMER_VIEW == "full"
