"""Fields by consent: agents propose, providers decide; each act is an event for all locations.

    propose ──▶ proposed ──▶ authorised ◀──▶ retired
                   │ ▲           ▲
                   ▼ │ propose   │ a provider thinks again
                 rejected ───────┘

A provider's proposal is authorised at once. Two decisions that did not know of each other: the
later one holds (rule 3 of the fold) and the inbox shows both (docs/fields.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from entities.built_in import BUILT_IN_CODES
from entities.definitions import (
    AUTHORISED,
    CODE,
    DEFAULTS,
    LABEL,
    OPTIONS,
    PROPOSED,
    REASON,
    REJECTED,
    RETIRED,
    STATUS,
    TYPE,
    Parts,
)
from entities.field_parts import changes_of, checked_given, completed_by, parts_of, said_reason
from entities.models import Conflict, DetailType
from entities.refusals import Deleted, Erased, Invalid, NotFound, check_match
from entities.roles import PROVIDERS, STAFF
from entities.vocabulary import (
    DETAIL_TYPE,
    CodeTaken,
    Definition,
    detail_type,
    detail_type_row,
    vocabulary_uid,
)
from events import recording, sql
from events.errors import Refused
from events.principal import Act
from events.projectors import Head

# Which status may become which by a decision; proposing is another matter.
DECISIONS: Mapping[str, tuple[str, ...]] = {
    PROPOSED: (AUTHORISED, REJECTED),
    AUTHORISED: (RETIRED,),
    RETIRED: (AUTHORISED,),
    REJECTED: (AUTHORISED,),
}
_INSTEAD: Mapping[tuple[str, str], str] = {
    (PROPOSED, RETIRED): "It is only proposed; reject it instead.",
    (AUTHORISED, REJECTED): "It is authorised; retire it instead.",
    (RETIRED, REJECTED): "It was in use, so that it is retired for good or authorised again.",
    (REJECTED, RETIRED): "It was rejected, so that nobody uses it.",
}
_TAKEN: Mapping[str, str] = {
    PROPOSED: "{} is proposed already and waits for a decision.",
    AUTHORISED: "{} is a field already.",
    RETIRED: "{} was retired; a service provider can authorise it again.",
}

# Whoever authorised it has let values of its type in, wherever that was.
WAS_AUTHORISED_SQL = """
SELECT EXISTS (SELECT FROM events_event WHERE entity_uid = %(uid)s
               AND type = 'detail_type.authorised.v1')
"""


class NotYours(Refused):
    """The role of the caller does not do this."""

    code = "forbidden"
    status = 403


class BuiltInField(Refused):
    """A constant of the program; nobody decides about it."""

    code = "built_in"
    status = 409

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is built in and stays as it is.")


class NotPossible(Refused):
    """The field's status does not lead there."""

    code = "wrong_status"
    status = 409


class TypeIsFixed(Refused):
    """Values of the type may have been written since the field was authorised."""

    code = "type_is_fixed"
    status = 409

    def __init__(self, code: str, value_type: str) -> None:
        super().__init__(
            f"{code} is a field of type {value_type}; its type cannot change any more. Retire it "
            "and propose another field."
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A field under the lock of its head."""

    head: Head
    field: DetailType

    @property
    def uid(self) -> UUID:
        return self.head.entity_uid


def propose(
    act: Act, *, code: str, parts: Mapping[str, Any], reason: str | None = None, again: bool = False
) -> Definition:
    """A new field, or a rejected one once more: proposed by an agent, authorised by a provider.

    `parts` of `definitions.FIELD_PARTS`, at least LABEL. `again`: a caller who repeats a request
    finds what it came to. Raises Invalid, CodeTaken, TypeIsFixed, Deleted, Erased, NotYours.
    """
    _check_role(act, STAFF, "Only agents and service providers propose fields.")
    given = checked_given({**DEFAULTS, LABEL: None, **parts}, code=code)
    code, said = str(given.pop(CODE)), said_reason(reason)
    uid = vocabulary_uid(DETAIL_TYPE, code)
    if code in BUILT_IN_CODES:
        raise CodeTaken(f"{code} is built in.")
    verb = AUTHORISED if act.principal.role in PROVIDERS else PROPOSED
    with transaction.atomic():
        known = _known(_locked(uid), code)
        whole = completed_by(given, {})
        if known is not None and known.status != REJECTED:
            if again and whole == parts_of(known):
                return _recorded(act, uid, code, verb, None, None, is_new=False)
            raise CodeTaken(_TAKEN[known.status].format(code))
        changes = changes_of(whole, known)
        if said != (known.reason or None if known else None):
            changes[REASON] = said
        if known is None:
            changes[CODE] = code
        else:
            _check_type(known, changes)
        return _recorded(act, uid, code, verb, changes, None, is_new=known is None)


def authorise(
    act: Act,
    *,
    entity_uid: UUID,
    changes: Mapping[str, Any] | None = None,
    reason: str | None = None,
    if_match: str | None = None,
) -> Definition:
    """From now on every location accepts values of it; `changes` as in `amend`.

    Raises NotFound, Invalid, NotPossible, TypeIsFixed, BuiltInField, Stale, NotYours.
    """
    return _decide(act, entity_uid, AUTHORISED, changes or {}, reason, if_match)


def reject(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> Definition:
    """No location accepts values of it; it may be proposed again. Raises as `authorise` does."""
    return _decide(act, entity_uid, REJECTED, {}, reason, if_match)


def retire(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> Definition:
    """It is shown no more and takes no new values; those it has stay, with their history. Raises
    as `authorise` does."""
    return _decide(act, entity_uid, RETIRED, {}, reason, if_match)


def amend(
    act: Act,
    *,
    entity_uid: UUID,
    changes: Mapping[str, Any],
    reason: str | None = None,
    if_match: str | None = None,
) -> Definition:
    """Another label, other options, rules, …: parts of `definitions.FIELD_PARTS`, None takes one
    away. Values that a new rule refuses stay (entities/field_values.py). Raises as `authorise`."""
    return _decide(act, entity_uid, None, changes, reason, if_match)


def decide(
    act: Act,
    *,
    entity_uid: UUID,
    status: str | None,
    changes: Mapping[str, Any],
    reason: str | None = None,
    if_match: str | None = None,
) -> Definition:
    """One of the above, by the status that shall be; None = as it is. Raises as they do; Invalid
    for `proposed`."""
    if status == PROPOSED:
        raise Invalid({"status": ["A field is proposed by POST, with its key."]})
    return _decide(act, entity_uid, status, changes, reason, if_match)


def define_detail_type(
    act: Act,
    *,
    code: str,
    label: str,
    value_type: str,
    options: Sequence[str] = (),
) -> Definition:
    """Have a field that is authorised and just so; what is so already stays as it is.

    Raises Invalid, CodeTaken when the code means something else, Deleted, Erased, NotYours.
    """
    _check_role(act, PROVIDERS, "Only a service provider defines fields.")
    parts = {LABEL: label, TYPE: value_type, OPTIONS: list(options) or None}
    given = checked_given(parts, code=code)
    code = str(given.pop(CODE))
    uid = vocabulary_uid(DETAIL_TYPE, code)
    if code in BUILT_IN_CODES:
        raise CodeTaken(f"{code} is built in.")
    with transaction.atomic():
        known = _known(_locked(uid), code)
        whole = completed_by(given, parts_of(known) if known else DEFAULTS)
        changes = changes_of(whole, known)
        if known is None:
            changes[CODE] = code
            return _recorded(act, uid, code, AUTHORISED, changes, None, is_new=True)
        try:
            _check_type(known, changes)
        except TypeIsFixed as error:
            raise CodeTaken(error.detail) from error
        is_so = known.status == AUTHORISED
        verb = "amended" if is_so and changes else AUTHORISED
        said = None if is_so and not changes else changes
        return _recorded(act, uid, code, verb, said, None, is_new=False)


def is_type_fixed(uid: UUID) -> bool:
    """Was the field ever authorised, here or elsewhere?"""
    return bool(sql.fetch(WAS_AUTHORISED_SQL, {"uid": uid})[0][0])


def _decide(
    act: Act,
    uid: UUID,
    status: str | None,
    changes: Mapping[str, Any],
    reason: str | None,
    if_match: str | None,
) -> Definition:
    """`status` None: it stays. What is so already is only audited."""
    _check_role(act, PROVIDERS, "Only a service provider decides about fields.")
    given, said = checked_given(changes), said_reason(reason)
    with transaction.atomic():
        found = _found(uid)
        check_match(found.head, if_match)
        field = found.field
        is_moving = status is not None and status != field.status
        is_said = is_moving or (status is not None and _is_disputed(uid))
        if is_moving and status not in DECISIONS[field.status]:
            raise NotPossible(_INSTEAD[field.status, str(status)])
        whole = completed_by(given, parts_of(field)) if given else parts_of(field)
        changed = changes_of(whole, field)
        _check_type(field, changed)
        details = changed if changed or is_said else None
        is_amendment = status is None or (changed and not is_said)
        verb = "amended" if is_amendment else str(status)
        return _recorded(act, uid, field.code, verb, details, said, is_new=False)


def _check_role(act: Act, roles: frozenset[str], sentence: str) -> None:
    """Raises NotYours."""
    if act.principal.role not in roles:
        raise NotYours(sentence)


def _check_type(field: DetailType, changes: Parts) -> None:
    """Raises TypeIsFixed."""
    if TYPE in changes and field.entity_uid and is_type_fixed(field.entity_uid):
        raise TypeIsFixed(field.code, field.value_type)


def _is_disputed(uid: UUID) -> bool:
    """Did another location decide differently? Then a decision counts though it holds already."""
    return Conflict.objects.filter(entity_uid=uid, attribute=STATUS, closed_event=None).exists()


def _locked(uid: UUID) -> Head:
    """Raises Erased."""
    head = recording.lock([uid])[uid]
    if head.erased_event:
        raise Erased
    return head


def _known(head: Head, code: str) -> DetailType | None:
    """Raises Deleted: what a peer deleted, no proposal brings back; CodeTaken when another
    definition calls itself so."""
    field = detail_type(code)
    if field is None and head.revision:
        raise Deleted
    if field is not None and field.entity_uid != head.entity_uid:
        raise CodeTaken(f"{code} is the code of another field.")
    return field


def _found(uid: UUID) -> Found:
    """Raises NotFound, BuiltInField, Erased."""
    built_in = {vocabulary_uid(DETAIL_TYPE, code): code for code in BUILT_IN_CODES}
    if uid in built_in:
        raise BuiltInField(built_in[uid])
    if not DetailType.objects.filter(entity_uid=uid).exists():  # locks no head for nothing
        raise NotFound
    head = _locked(uid)
    field = DetailType.objects.filter(entity_uid=uid).first()
    if field is None:
        raise NotFound
    return Found(head, field)


def _recorded(
    act: Act,
    uid: UUID,
    code: str,
    verb: str,
    details: Parts | None,
    reason: str | None,
    *,
    is_new: bool,
) -> Definition:
    """`details` None: it was so already, but somebody asked."""
    data = {"details": dict(details or {})} | ({"reason": reason} if reason else {})
    drafts = [] if details is None else [recording.Draft(uid, f"detail_type.{verb}.v1", data)]
    events = recording.record(act, drafts)
    add_entry(
        act,
        action=f"detail_type.{verb}",
        entity_uid=uid,
        event_ids=[event.event_id for event in events],
        codes=[code],
        result_count=len(events),
    )
    field = detail_type(code)
    if field is None:
        raise Deleted
    return Definition(uid, detail_type_row(field), is_new, bool(events))
