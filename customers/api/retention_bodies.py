"""Between retention and JSON: explicit lists of what goes out and of what may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from customers.retention.due import Due
from customers.retention.policy import DEFAULT_DELAY_DAYS, Policy, reason_in_words
from customers.retention.progress import RunProgress
from customers.retention.runs import Preview
from customers.rules import Errors
from entities.http.serializers import NO_TEXT, instant, json_object
from entities.refusals import Invalid
from events.clock import instant_of

POLICY_KEYS = ("code", "label", "basis", "days", "field", "class", "delay_days", "approval")
RUN_KEYS = ("dry_run", "policy")
ASKED_FOR = "asked for erasure"


@dataclass(frozen=True, slots=True)
class RunBody:
    policy: str | None
    is_dry_run: bool


def policy(one: Policy) -> dict[str, Any]:
    return {
        "code": one.code,
        "label": one.label,
        "basis": one.basis,
        "days": one.days,
        "field": one.field,
        "class": one.data_class,
        "delay_days": one.delay_days,
        "approval": one.needs_approval,
        "active": one.is_active,
        "built_in": one.is_built_in,
    }


def due(row: Due) -> dict[str, Any]:
    return {
        "id": str(row.entity_uid),
        "display_name": row.display_name or "(no name)",
        "deleted": row.state == "deleted",
        "due_at": instant(instant_of(row.due_us)),
        "policy": row.policy.code if row.policy else None,
        "reason": reason_in_words(row.policy) if row.policy else ASKED_FOR,
        "held": row.is_held,
        "updated_at": instant(instant_of(row.updated_us)),
        "location_id": row.location_id,
        "erased_by": row.created_location,
        "execute_after": _us(row.execute_after_us),
    }


def unjudged(uid: UUID, display_name: str | None) -> dict[str, Any]:
    return {"id": str(uid), "display_name": display_name or "(no name)"}


def preview(found: Preview) -> dict[str, Any]:
    return {
        "id": found.run_id,
        "due": found.due,
        "held": found.held,
        "elsewhere": found.elsewhere,
        "dry_run": found.run_id is None,
    }


def run(found: RunProgress) -> dict[str, Any]:
    return {
        "id": found.id,
        "state": found.state,
        "policy": found.policy_code,
        "previewed_by": found.previewed_by,
        "previewed_at": instant(found.previewed_at),
        "approved_by": found.approved_by,
        "approved_at": _at(found.approved_at),
        "withdrawn_by": found.withdrawn_by,
        "withdrawn_at": _at(found.withdrawn_at),
        "execute_after": _at(found.execute_after),
        "due": found.due,
        "held": found.held,
        "scheduled": found.scheduled,
        "no_longer_due": found.no_longer_due,
        "erased": found.erased,
        "elsewhere": found.elsewhere,
        "confirmed": [
            {"location_id": one.location_id, "count": one.count, "last_at": _at(one.at)}
            for one in found.confirmed
        ],
    }


def read_policy(body: Any) -> tuple[dict[str, Any], str | None]:
    """The parts as `define_policy` takes them, and the reason. Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, (*POLICY_KEYS, "reason"))
    reason = given.get("reason")
    if reason is not None and not isinstance(reason, str):
        errors["reason"] = [NO_TEXT]
    if errors:
        raise Invalid(errors)
    parts = {key.upper(): given.get(key) for key in POLICY_KEYS}
    parts["DELAY_DAYS"] = given.get("delay_days", DEFAULT_DELAY_DAYS)
    parts["APPROVAL"] = given.get("approval", True)
    return parts, reason


def read_run(body: Any) -> RunBody:
    """Raises Invalid, ParseError."""
    given = json_object(body)
    errors = _unknown(given, RUN_KEYS)
    code, is_dry_run = given.get("policy"), given.get("dry_run", False)
    if code is not None and not (isinstance(code, str) and len(code) <= 64):
        errors["policy"] = ["Must be the code of a policy."]
    if not isinstance(is_dry_run, bool):
        errors["dry_run"] = ["Must be true or false."]
    if errors:
        raise Invalid(errors)
    return RunBody(code, is_dry_run)


def read_nothing(body: Any) -> None:
    """Raises Invalid for whatever it says, ParseError."""
    if errors := _unknown(json_object(body), ()):
        raise Invalid(errors)


def _unknown(given: Mapping[str, Any], known: tuple[str, ...]) -> Errors:
    return {key: ["Unknown field."] for key in given if key not in known}


def _at(value: datetime | None) -> str | None:
    return None if value is None else instant(value)


def _us(value: int | None) -> str | None:
    return None if value is None else instant(instant_of(value))
