"""Who may do what in the admin: the table role x model x action, as data."""

from collections.abc import Mapping

from entities.roles import PROVIDERS, STAFF
from events.principal import Principal

# (model, action) -> roles; what is not here nobody may. Of facts (events, audit entries, dead
# letters) there is only `view`: their pages can do nothing else.
TABLE: Mapping[tuple[str, str], frozenset[str]] = {
    ("entities.entityversion", "view"): STAFF,
    ("entities.entityversion", "add"): STAFF,
    ("entities.entityversion", "change"): STAFF,
    ("entities.entityversion", "delete"): STAFF,
    ("entities.detailversion", "view"): STAFF,
    ("entities.detailversion", "add"): STAFF,
    ("entities.detailversion", "change"): STAFF,
    ("entities.detailversion", "delete"): STAFF,
    ("entities.detailtype", "view"): STAFF,
    ("entities.detailtype", "add"): PROVIDERS,
    ("entities.detailtype", "change"): PROVIDERS,
    ("entities.entitytype", "view"): STAFF,
    ("entities.entitytype", "add"): PROVIDERS,
    ("entities.entitytype", "change"): PROVIDERS,
    ("events.loggedevent", "view"): PROVIDERS,
    ("events.deadletter", "view"): PROVIDERS,
    ("audit.auditentry", "view"): PROVIDERS,
    ("audit.refuseddocument", "view"): PROVIDERS,
}


def may_enter(principal: Principal) -> bool:
    """Somebody who logged in and is staff: a role header alone opens nothing here."""
    return principal.auth == "session" and principal.role in STAFF


def may(principal: Principal, *, model: str, action: str) -> bool:
    return may_enter(principal) and principal.role in TABLE.get((model, action), frozenset())
