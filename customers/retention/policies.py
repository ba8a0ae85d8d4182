"""Which retention policies there are: defined and retired by events, the same at every location."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction

from audit.entries import add_entry
from customers.retention.policy import (
    CHANGED,
    MAX_REASON_LENGTH,
    Part,
    Policy,
    checked_parts,
    policy_of,
)
from entities import reasons
from entities.refusals import NotFound
from entities.vocabulary import RETENTION_POLICY, detail_type, vocabulary_uid
from events import recording, sql
from events.errors import Refused
from events.principal import Act

STANDARD = "STANDARD"
# Each is looked through for every list: more would be no policy any more.
MAX_POLICIES = 50


class TooManyPolicies(Refused):
    """There is no room for another one."""

    code = "too_many"
    status = 409

    def __init__(self) -> None:
        super().__init__(f"There are {MAX_POLICIES} policies, which is the most. Change one.")


class NoDateField(Refused):
    """The policy counts from a field that holds no dates, or that is not defined here yet."""

    code = "no_date_field"
    status = 409

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is no field with dates. Define it first, or choose another.")


class Defined(NamedTuple):
    policy: Policy
    is_new: bool


POLICIES_SQL = """
SELECT definition.entity_uid, parts::text
FROM entities_entity AS definition
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(detail_code, value) AS parts FROM entities_entitydetail AS detail
    WHERE detail.entity_uid = definition.entity_uid AND detail.valid_to IS NULL
) AS current
WHERE definition.entity_type = 'RETENTION_POLICY' AND definition.valid_to IS NULL
ORDER BY parts ->> 'CODE', definition.entity_uid LIMIT %(limit)s
"""


def policies() -> list[Policy]:
    """All of them by code, retired ones as well. Until somebody defines STANDARD, there is one of
    this program with RETENTION_DAYS."""
    rows = sql.fetch(POLICIES_SQL, {"limit": MAX_POLICIES * 2})
    found = (_policy(uid, orjson.loads(parts or "{}")) for uid, parts in rows)
    defined = {policy.code: policy for policy in found if policy}
    if STANDARD not in defined and settings.RETENTION_DAYS:
        defined[STANDARD] = standard(settings.RETENTION_DAYS)
    return [defined[code] for code in sorted(defined)]


def active_policies() -> list[Policy]:
    return [policy for policy in policies() if policy.is_active]


def standard(days: int) -> Policy:
    """The policy that holds where nobody has defined one."""
    return Policy(STANDARD, "Standard", CHANGED, days, is_built_in=True)


def get_policy(code: str) -> Policy:
    """Raises NotFound."""
    found = next((one for one in policies() if one.code == code.upper()), None)
    if found is None:
        raise NotFound
    return found


def define_policy(act: Act, *, parts: Mapping[str, Any], reason: str | None = None) -> Defined:
    """Define a policy for all locations, or give one of this code other parts; what is already so
    stays as it is. `parts`: upper-case names as in PARTS of policy.py; without LABEL the code is
    the label. Raises Invalid, NoDateField, TooManyPolicies."""
    checked = checked_parts({**parts, "LABEL": parts.get("LABEL") or parts.get("CODE")})
    _check_field(checked["FIELD"])
    said = _said(reason)
    code = str(checked["CODE"])
    uid = vocabulary_uid(RETENTION_POLICY, code)
    with transaction.atomic():
        recording.lock([uid])
        known = {policy.code: policy for policy in policies()}
        now = known.get(code)
        if now is None and len(known) >= MAX_POLICIES:
            raise TooManyPolicies
        is_defined = now is not None and not now.is_built_in
        held = now.parts() if now is not None and is_defined else {}
        changed = {name: value for name, value in checked.items() if held.get(name) != value}
        is_change = bool(changed) or now is None or not now.is_active or now.is_built_in
        data = {"details": changed, **said}
        _record(act, uid, "defined", data, code, is_change=is_change)
        return Defined(get_policy(code), is_new=not is_defined)


def retire_policy(act: Act, *, code: str, reason: str | None = None) -> None:
    """From now on nobody is due by it. Raises NotFound, Invalid."""
    said = _said(reason)
    code = code.upper()
    uid = vocabulary_uid(RETENTION_POLICY, code)
    with transaction.atomic():
        recording.lock([uid])
        policy = get_policy(code)
        if policy.is_built_in:  # what no event has defined, none can retire
            recording.record(act, [_draft(uid, "defined", {"details": policy.parts(), **said})])
        data = {"details": {}, **said}
        _record(act, uid, "retired", data, code, is_change=policy.is_active)


def _policy(uid: UUID, parts: Mapping[str, Any]) -> Policy | None:
    """A definition counts under the code that its uid is of."""
    found = policy_of(parts)
    if found is None or uid != vocabulary_uid(RETENTION_POLICY, found.code):
        return None
    return found


def _check_field(field: Part) -> None:
    """Raises NoDateField."""
    known = detail_type(str(field)) if field else None
    if field and (known is None or known.value_type != "date"):
        raise NoDateField(str(field))


def _said(reason: str | None) -> dict[str, str]:
    """Raises Invalid."""
    return reasons.said(reason=reason, is_reason_needed=False, longest=MAX_REASON_LENGTH)


def _record(
    act: Act,
    uid: UUID,
    verb: str,
    data: Mapping[str, Any],
    code: str,
    *,
    is_change: bool,
) -> None:
    """An entry also when it was so already: somebody asked."""
    events = recording.record(act, [_draft(uid, verb, data)] if is_change else [])
    add_entry(
        act,
        action=f"retention_policy.{verb}",
        entity_uid=uid,
        event_ids=[event.event_id for event in events],
        codes=[code],
        result_count=len(events),
    )


def _draft(uid: UUID, verb: str, data: Mapping[str, Any]) -> recording.Draft:
    return recording.Draft(uid, f"retention_policy.{verb}.v1", dict(data))
