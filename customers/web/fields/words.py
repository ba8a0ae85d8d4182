"""Fields in words: their classes, statuses and history as sentences. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from customers.web import wording
from entities.definitions import AUTHORISED, PROPOSED, REJECTED, RETIRED
from entities.fields import Field

# In the order of the page: what waits for somebody comes first.
STATUSES: Mapping[str, str] = {
    PROPOSED: "Proposed",
    AUTHORISED: "Authorised",
    RETIRED: "Retired",
    REJECTED: "Rejected",
}
TAGS: Mapping[str, str] = {PROPOSED: "tag-new", AUTHORISED: "tag-ok", REJECTED: "tag-bad"}

CLASSES: Mapping[str, str] = {
    "ordinary": "ordinary",
    "identifier": "identifier",
    "special_category": "special category",
    "of_another_person": "of another person",
    "may_hold_anything": "may hold anything",
    "not_personal": "not personal",
}
ATTRIBUTES: Mapping[str, str] = {
    "STATUS": "the decision",
    "LABEL": "the label",
    "display_name": "the name in lists",
    "TYPE": "the type",
    "OPTIONS": "the options",
    "CLASS": "the class of personal data",
    "HELP": "the help text",
    "ORDER": "the place in forms",
    "MIN": "the least value",
    "MAX": "the greatest value",
    "MAX_LENGTH": "the length",
    "FORMAT": "the form of its values",
    "REASON": "the reason",
}
_VERBS: Mapping[str, str] = {
    "detail_type.proposed.v1": "proposed it",
    "detail_type.authorised.v1": "authorised it",
    "detail_type.rejected.v1": "rejected it",
    "detail_type.retired.v1": "retired it",
    "detail_type.amended.v1": "changed",
    "conflict.resolved.v1": "settled",
}
LEAST_LIKENESS = 0.72


@dataclass(frozen=True, slots=True)
class Told:
    """One act about a field: who did what, why. `changes` = what else it said."""

    at: datetime
    actor: str
    location_id: str
    said: str
    changes: tuple[str, ...]
    reason: str


def told(events: Iterable[Mapping[str, Any]]) -> list[Told]:
    """The newest first."""
    return [_told(event) for event in events][::-1]


def _told(event: Mapping[str, Any]) -> Told:
    parts = [part for part in event["details"] if part not in ("CODE", "REASON", "STATUS")]
    is_first = "CODE" in event["details"]
    said = _VERBS.get(event["type"], event["type"])
    is_amended = event["type"] == "detail_type.amended.v1"
    named = tuple(ATTRIBUTES.get(part, part) for part in parts)
    return Told(
        at=event["at"],
        actor=event["actor"],
        location_id=event["location_id"],
        said=f"{said} {listed(named)}" if is_amended else said,
        changes=() if is_first or is_amended else named,
        reason=event["reason"] or event["details"].get("REASON") or "",
    )


def listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def shown(attribute: str, value: Any) -> str:
    """One side of a conflict."""
    if attribute == "STATUS":
        return STATUSES.get(str(value), str(value)).lower()
    if isinstance(value, list):
        return ", ".join(value)
    return "nothing" if value is None else wording.in_words(value)


def alike(field: Field, others: Iterable[Field]) -> list[Field]:
    """Those whose label or key is nearly the same: perhaps there is no need of another."""
    return [
        other
        for other in others
        if other.id != field.id
        and max(_likeness(field.label, other.label), _likeness(field.key, other.key))
        >= LEAST_LIKENESS
    ]


def _likeness(one: str, other: str) -> float:
    if set(_words(one)) & set(_words(other)):
        return 1.0
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def _words(text: str) -> list[str]:
    """Long enough to say something."""
    return [word for word in text.casefold().replace("_", " ").split() if len(word) > 4]
