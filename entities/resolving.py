"""Ends conflicts: one event that has seen all sides says what holds from now on; audited."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from audit.entries import add_entry
from entities import merging, rules, stranding, survivors, version_rows, vocabulary
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
    SURVIVOR,
    contested,
    is_detail_code,
    is_state_attribute,
)
from entities.definitions import checked_part
from entities.hold_hours import check_may_be_held
from entities.models import Conflict
from entities.refusals import Erased, Invalid, NotFound, check_match
from entities.restricted import check_open
from entities.rules import Proposal
from entities.settling import Settlement, has_legal_weight, settlement
from entities.timelines import PERSON
from entities.what_holds import Holding
from entities.wishes import DetailChange, asserted_name, checked_details, read_wish
from events import in_flight, log, recording
from events.errors import Refused
from events.event import Event, InvalidValue
from events.payload import is_uuid
from events.principal import Act

NOT_GIVEN: Final = object()
KEEP_OR_VALUE = "Give keep, the id of one of the events, or value, but not both."
NO_OTHER_ERASURE = "Must be null (cancelled), or keep one of the schedules there are."
NAME_IS_MISSING = "An entity of this type needs a display name; change both with one PATCH."


class DecidedByProviders(Refused):
    """Definitions hold for all locations."""

    code = "forbidden"
    status = 403

    def __init__(self) -> None:
        super().__init__("Only a service provider decides on definitions of the vocabulary.")


class HeldByProviders(Refused):
    """Holds and erasures have legal weight."""

    code = "forbidden"
    status = 403

    def __init__(self) -> None:
        super().__init__("Only a service provider decides on holds and erasures.")


class NotAllHere(Refused):
    """An event of the entity is still on its way, and nobody can have seen it."""

    code = "not_all_here"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            "Some events of this entity have not arrived here yet. Try again when they have, or "
            "settle the conflict at another location."
        )


def resolve_conflict(
    act: Act,
    *,
    conflict_id: UUID,
    keep: UUID | None = None,
    value: Any = NOT_GIVEN,
    if_match: str | None = None,
    overriding: Collection[str] = (),
) -> UUID:
    """Record what holds: what the event `keep` said, or another `value`; also when it holds
    already. Returns the entity.

    Raises NotFound (of a closed one, too), Invalid, NotSettledHere, NotAllHere,
    DecidedByProviders, HeldByProviders, ErasureDue, Erased, Stale, and what rules refuse.
    """
    if (keep is None) == (value is NOT_GIVEN):
        raise Invalid({"non_field_errors": [KEEP_OR_VALUE]})
    with transaction.atomic():
        in_flight.announce()
        conflict = _locked(conflict_id, if_match)
        uid = conflict.entity_uid
        check_open(act.principal, [uid])
        before = _holding(uid)
        if not before.stored.entity_rows:  # its creation is still on its way
            raise NotAllHere
        events = recording.record(act, _drafts(act, conflict, before, keep, value))
        _check_closed(conflict)
        notes = _ask_rules(act, conflict, before, overriding)
        add_entry(
            act,
            action="conflict.resolved",
            entity_uid=uid,
            hit_ids=sorted({event.entity_uid for event in events} - {uid}),
            event_ids=[event.event_id for event in events],
            codes=[conflict.attribute, *notes],
            result_count=len(events),
        )
    return uid


def _locked(conflict_id: UUID, if_match: str | None) -> Conflict:
    """The open conflict, its entity's head locked. Raises NotFound, Erased, Stale."""
    is_open = Conflict.objects.filter(conflict_id=conflict_id, closed_event=None)
    found = is_open.first()
    if found is None:
        raise NotFound
    if found.attribute in (MERGED_INTO, SURVIVOR):
        survivors.lock()
    head = recording.lock([found.entity_uid])[found.entity_uid]
    if head.erased_event:
        raise Erased
    if not is_open.exists():  # somebody was faster
        raise NotFound
    check_match(head, if_match)
    return found


def _drafts(
    act: Act, conflict: Conflict, before: Holding, keep: UUID | None, value: Any
) -> list[recording.Draft]:
    """A merge that holds no more gives back what it took. Raises as `resolve_conflict` does."""
    uid = conflict.entity_uid
    if conflict.attribute == SURVIVOR:
        if keep is not None:
            return stranding.kept(uid, _event_of(keep, conflict))
        try:
            return stranding.decided(uid, value, entity_type=before.last_type)
        except InvalidValue as error:
            raise Invalid({"value": [str(error)]}) from error
    settled = _settled(act, conflict, before, keep, value)
    draft = recording.Draft(uid, *settled)
    if conflict.attribute != MERGED_INTO:
        return [draft]
    into = settled.data.get("into")
    return [draft, *merging.taken_back(uid, {}, but=UUID(into) if into else None)]


def _settled(
    act: Act, conflict: Conflict, before: Holding, keep: UUID | None, value: Any
) -> Settlement:
    reserved_type = _reserved_type(act, before)
    if has_legal_weight(conflict.attribute) and act.principal.role != "service_provider":
        raise HeldByProviders
    if keep is not None:
        chosen = _said_by(keep, conflict)
    else:
        chosen = _checked(act, conflict, value, before, reserved_type)
    if conflict.attribute.startswith(HOLD_PREFIX) and chosen is not None:
        _check_may_be_held(act, conflict.attribute, before)
    return settlement(
        attribute=conflict.attribute,
        value=chosen,
        reserved_type=reserved_type,
        scheduled=_scheduled(conflict),
    )


def _check_may_be_held(act: Act, attribute: str, before: Holding) -> None:
    """What stands may stay; to place it anew is to place a hold. Raises ErasureDue."""
    if attribute not in {value.attribute for value in before.stored.state}:
        check_may_be_held(act, before.stored)


def _scheduled(conflict: Conflict) -> UUID | None:
    """Which of the sides says that an erasure is due; the last one, if they differ in when."""
    events = log.events_by_id(conflict.heads) if conflict.attribute == ERASURE else {}
    said = [event for event in events.values() if event.type == "erasure.scheduled.v1"]
    return max(said, key=lambda event: event.key).event_id if said else None


def _holding(uid: UUID) -> Holding:
    return Holding(version_rows.load([uid])[uid])


def _reserved_type(act: Act, holding: Holding) -> str | None:
    """Of a definition of the vocabulary. Raises DecidedByProviders."""
    types = {row.version.entity_type for row in holding.stored.entity_rows}
    found = next(iter(types & vocabulary.RESERVED_TYPES), None)
    if found and act.principal.role != "service_provider":
        raise DecidedByProviders
    return found


def _said_by(event_id: UUID, conflict: Conflict) -> Any:
    """Somebody wrote it, so it may stay whatever the vocabulary says by now. Raises Invalid."""
    return contested(_event_of(event_id, conflict))[conflict.attribute]


def _event_of(event_id: UUID, conflict: Conflict) -> Event:
    """Raises Invalid."""
    events = log.events_by_id([event_id]) if event_id in conflict.heads else {}
    if event_id not in events:
        heads = ", ".join(map(str, conflict.heads))
        raise Invalid({"keep": [f"Must be the id of one of the conflict's events: {heads}."]})
    return events[event_id]


def _checked(
    act: Act, conflict: Conflict, value: Any, holding: Holding, reserved_type: str | None
) -> Any:
    """A value given by people, in canonical form. Raises Invalid, NotSettledHere."""
    attribute = conflict.attribute
    try:
        if attribute.startswith(HOLD_PREFIX):
            return _one_of((True, None), value, "Must be true (it stands) or null (lifted).")
        if attribute == RESTRICTED:
            return _one_of((True, None), value, "Must be true (it stands) or null (lifted).")
        if attribute == ERASURE:
            return _one_of((None,), value, NO_OTHER_ERASURE)
        if attribute == ALIVE:
            return _one_of((True, False), value, "Must be true (it stands) or false (deleted).")
        if attribute == MERGED_INTO:
            return _survivor(value, but=conflict.entity_uid, entity_type=holding.last_type)
        if attribute.startswith(DISTINCT_PREFIX):
            return _one_of((True, None), value, "Must be true (they differ) or null (they do not).")
        if reserved_type is not None:
            return _part(attribute, value)
        return _content(act, attribute, value, holding)
    except InvalidValue as error:
        raise Invalid({"value": [str(error)]}) from error
    except Invalid as error:
        found = [sentence for sentences in error.errors.values() for sentence in sentences]
        raise Invalid({"value": found}) from error


def _one_of(known: tuple[bool | None, ...], value: Any, sentence: str) -> bool | None:
    if not (value is None or isinstance(value, bool)) or value not in known:
        raise InvalidValue(sentence)
    return value


def _survivor(value: Any, *, but: UUID, entity_type: str | None) -> str | None:
    """Raises InvalidValue."""
    if value is None:
        return None
    survivor = UUID(value) if is_uuid(value) else None
    if (
        survivor is None
        or survivor == but
        or not stranding.may_stand(survivor, entity_type=entity_type)
    ):
        raise InvalidValue(
            "Must be the id of another entity of the same type that is there and not merged, or "
            "null (not merged)."
        )
    return str(survivor)


def _part(attribute: str, value: Any) -> Any:
    """Of a definition. Raises InvalidValue."""
    if attribute == ENTITY_TYPE:
        return value
    return checked_part(LABEL if attribute == DISPLAY_NAME else attribute, value)


def _content(act: Act, attribute: str, value: Any, holding: Holding) -> Any:
    """Raises Invalid, InvalidValue."""
    is_detail = is_detail_code(attribute)
    if attribute == ENTITY_TYPE and not isinstance(value, str):
        raise InvalidValue("Must be a text.")
    wish = read_wish(
        now_us=act.now_us,
        entity_type=value if attribute == ENTITY_TYPE else None,
        display_name=value if attribute == DISPLAY_NAME else None,
        details=[DetailChange(attribute, value)] if is_detail else [],
        valid_from=None,
        reason=None,
    )
    if is_detail:
        [detail] = checked_details(wish, holding, vocabulary.authorised_types())
        return detail.value
    if attribute == DISPLAY_NAME:
        return wish.display_name
    if wish.entity_type is None or not vocabulary.is_entity_type(wish.entity_type):
        raise InvalidValue(vocabulary.unknown_type_sentence())
    return wish.entity_type


def _check_closed(conflict: Conflict) -> None:
    """Raises NotAllHere."""
    if Conflict.objects.filter(
        entity_uid=conflict.entity_uid, attribute=conflict.attribute, closed_event=None
    ).exists():
        raise NotAllHere


def _ask_rules(
    act: Act, conflict: Conflict, before: Holding, overriding: Collection[str]
) -> list[str]:
    """About what the entity is now; not about life and merging, as when one is restored, nor when
    nothing changed. Raises what rules refuse, and Invalid for an entity that lost its name."""
    if is_state_attribute(conflict.attribute):
        return []
    after = _holding(conflict.entity_uid)
    was, now = before.entity_at(None), after.entity_at(None)
    if now is None or (_shown(before) == _shown(after)):
        return []
    if now.entity_type != PERSON and now.display_name is None:
        raise Invalid({"value": [NAME_IS_MISSING]})
    is_of_its_type = was is not None and was.entity_type == now.entity_type
    return rules.check(
        Proposal(
            act=act,
            entity_uid=conflict.entity_uid,
            entity_type=now.entity_type or "",
            display_name=asserted_name(after),
            details=after.details_now(),
            held=before.details_now() if is_of_its_type else {},
            overriding=frozenset(overriding),
        )
    )


def _shown(holding: Holding) -> tuple[str | None, str | None, Mapping[str, Any]]:
    now = holding.entity_at(None)
    if now is None:
        return None, None, {}
    return now.entity_type, now.display_name, holding.details_now()
