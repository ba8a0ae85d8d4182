"""Which event says what an attribute is from now on, when people settle a conflict. Pure."""

from typing import Any, NamedTuple
from uuid import UUID

from entities.assertions import (
    ALIVE,
    DISPLAY_NAME,
    DISTINCT_PREFIX,
    ENTITY_TYPE,
    ERASURE,
    HOLD_PREFIX,
    LABEL,
    MERGED_INTO,
    RESTRICTED,
    STATUS,
)
from entities.definitions import AUTHORISED, STATUSES
from events.errors import Refused


class Settlement(NamedTuple):
    """Type and data of the event."""

    type: str
    data: dict[str, Any]


class NotSettledHere(Refused):
    """What is in conflict is not decided by choosing a value."""

    code = "not_settled_here"
    status = 409


def settlement(
    *,
    attribute: str,
    value: Any,
    reserved_type: str | None,
    scheduled: UUID | None = None,
) -> Settlement:
    """`reserved_type`: of a definition of the vocabulary, which changes by its own events only;
    `scheduled`: the event by which an erasure is scheduled.

    Raises NotSettledHere.
    """
    is_ending = (attribute, value) == (ALIVE, False) or (attribute == MERGED_INTO and value)
    if reserved_type is not None and is_ending:
        raise NotSettledHere("A definition is neither deleted nor merged; retire it instead.")
    if attribute == ALIVE:
        return Settlement("entity.restored.v1" if value else "entity.deleted.v1", {})
    if attribute == MERGED_INTO:
        if value is None:
            return Settlement("entity.unmerged.v1", {})
        return Settlement("entity.merged.v1", {"into": value})
    if attribute.startswith(DISTINCT_PREFIX):
        other = attribute.removeprefix(DISTINCT_PREFIX)
        return Settlement("entity.distinguished.v1", {"other": other, "same": value is None})
    if attribute.startswith(HOLD_PREFIX):
        verb = "hold.lifted.v1" if value is None else "hold.placed.v1"
        return Settlement(verb, {"hold_id": attribute.removeprefix(HOLD_PREFIX)})
    if attribute == RESTRICTED:
        return Settlement("entity.restricted.v1" if value else "entity.unrestricted.v1", {})
    if attribute == ERASURE:
        return _erasure(value, scheduled)
    if reserved_type is not None:
        return _definition(reserved_type, attribute, value)
    if attribute in (ENTITY_TYPE, DISPLAY_NAME):
        return Settlement("conflict.resolved.v1", {attribute: value})
    return Settlement("conflict.resolved.v1", {"details": {attribute: value}})


def has_legal_weight(attribute: str) -> bool:
    """Holds, erasures, restrictions: their own events decide them, and service providers alone."""
    return attribute in (ERASURE, RESTRICTED) or attribute.startswith(HOLD_PREFIX)


def _erasure(value: Any, scheduled: UUID | None) -> Settlement:
    if value is not None:
        return Settlement("erasure.scheduled.v1", dict(value))
    if scheduled is None:
        raise NotSettledHere("What scheduled the erasure has not arrived here yet.")
    return Settlement("erasure.cancelled.v1", {"scheduled": str(scheduled)})


def _definition(reserved_type: str, attribute: str, value: Any) -> Settlement:
    """An event of a definition says its label as the display name, too, and its type always."""
    if attribute == ENTITY_TYPE:
        if value != reserved_type:
            raise NotSettledHere(f"A definition stays one; choose {reserved_type}.")
        parts: dict[str, Any] = {}
    elif attribute == STATUS:
        parts = {}
    else:
        parts = {LABEL if attribute == DISPLAY_NAME else attribute: value}
    verb = _VERBS.get((reserved_type, value if attribute == STATUS else None))
    if verb is None:
        raise NotSettledHere(
            f"No event of this definition can settle its {attribute}. Define it again."
        )
    return Settlement(verb, {"details": parts})


# (reserved type, new status; None = it stays) → event.
_VERBS: dict[tuple[str, str | None], str] = {
    ("DETAIL_TYPE", None): "detail_type.amended.v1",
    ("ENTITY_TYPE", None): "entity_type.defined.v1",
    ("ENTITY_TYPE", AUTHORISED): "entity_type.defined.v1",
    ("LOCATION", AUTHORISED): "location.joined.v1",
    ("LOCATION", "retired"): "location.retired.v1",
    ("RETENTION_POLICY", None): "retention_policy.defined.v1",
    ("RETENTION_POLICY", AUTHORISED): "retention_policy.defined.v1",
    ("RETENTION_POLICY", "retired"): "retention_policy.retired.v1",
} | {("DETAIL_TYPE", status): f"detail_type.{status}.v1" for status in STATUSES}
