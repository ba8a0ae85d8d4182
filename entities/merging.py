"""Merges, un-merges and "not the same": two entities, one transaction, one projection; audited.

docs/decisions/0017 says why an un-merge takes the chosen values back by a void.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import add_entry
from entities import refusals, rules, survivors, version_rows, vocabulary, wishes
from entities.assertions import ALIVE, DISTINCT_PREFIX, MERGED_INTO, MERGED_TYPE, VOID_TYPE
from entities.refusals import Deleted, NotFound, Reserved, check_match
from entities.restricted import check_unrestricted
from entities.rules import Proposal
from entities.version_rows import Stored
from entities.what_holds import Holding
from entities.wishes import Assertion, DetailChange, read_wish
from events import log, recording
from events.errors import Refused
from events.event import Event
from events.models import EventState, LoggedEvent
from events.principal import Act
from events.projectors import Head


class Same(Refused):
    code = "same"
    status = 409

    def __init__(self) -> None:
        super().__init__("These are one and the same record; choose another one.")


class Erased(refusals.Erased):
    """Of two records one was erased; asking for it alone is 410."""

    status = 409


class AlreadyMerged(Refused):
    """Another record stands for one of the two."""

    code = "already_merged"
    status = 409

    def __init__(self, entity_uid: UUID, survivor: UUID) -> None:
        super().__init__(
            f"{entity_uid} was merged already; choose the record that stands for it.",
            extra={"entity_uid": str(entity_uid), "merged_into": str(survivor)},
        )


class NotMerged(Refused):
    code = "not_merged"
    status = 409

    def __init__(self) -> None:
        super().__init__("This record is not merged into another one.")


class OtherType(Refused):
    """Merged ones are of one type."""

    code = "other_type"
    status = 409

    def __init__(self) -> None:
        super().__init__("Only records of the same type can be merged.")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, its head locked."""

    head: Head
    stored: Stored

    @property
    def uid(self) -> UUID:
        return self.head.entity_uid

    @property
    def holding(self) -> Holding:
        return Holding(self.stored)

    @property
    def state(self) -> dict[str, Any]:
        return {value.attribute: value.value for value in self.stored.state}


def hold(*uids: UUID) -> None:
    """Until the transaction ends nobody else changes or merges these. For who reads before it
    merges."""
    survivors.lock()
    recording.lock(uids)


def merge_entities(
    act: Act,
    *,
    loser: UUID,
    into: UUID,
    chosen: Iterable[DetailChange] = (),
    reason: str | None = None,
    if_match: str | None = None,
    into_if_match: str | None = None,
    overriding: Collection[str] = (),
) -> list[Event]:
    """From now on `into` stands for `loser`; `chosen` are the details that it takes over.

    `if_match`, `into_if_match`: the digests that the caller has seen. Raises Same, NotFound,
    Deleted, Erased, AlreadyMerged, OtherType, Reserved, Stale, Invalid and what rules refuse.
    """
    wish = read_wish(
        now_us=act.now_us,
        entity_type=None,
        display_name=None,
        details=chosen,
        valid_from=None,
        reason=reason,
    )
    with transaction.atomic():
        survivors.lock()
        lost, kept = _sides(loser, into)
        check_match(lost.head, if_match)
        check_match(kept.head, into_if_match)
        if _type_of(lost) != _type_of(kept):
            raise OtherType
        types = vocabulary.authorised_types() if wish.details else {}
        assertions = wishes.change(wish, kept.holding, types)
        events = recording.record(act, _merge_drafts(lost, kept, assertions, wish.reason))
        notes = _ask_rules(act, kept, assertions, overriding)
        codes = sorted({code for one in assertions for code in one.codes})
        _audit(act, "entity.merged", (loser, into), events, [*codes, *notes])
    return events


def unmerge_entity(act: Act, *, entity_uid: UUID, reason: str | None = None) -> list[Event]:
    """Both stand again as if they had never been merged: what the merge had the other take over
    and nobody has changed since is again what it was.

    Raises NotFound, Erased, NotMerged, Reserved, Invalid.
    """
    data = _reasoned({}, _reason(act, reason))
    with transaction.atomic():
        survivors.lock()
        merged = _locked([entity_uid])[0]
        if MERGED_INTO not in merged.state:
            raise NotMerged
        into = UUID(merged.state[MERGED_INTO])
        events = recording.record(act, unmerge_drafts(entity_uid, data))
        others = {into, *(event.entity_uid for event in events)} - {entity_uid}
        _audit(act, "entity.unmerged", (entity_uid, *sorted(others)), events, [])
    return events


def distinguish_entities(
    act: Act, *, a: UUID, b: UUID, is_same: bool = False, reason: str | None = None
) -> list[Event]:
    """They are different (or, `is_same`, not said to be so any more), at every location. No events
    when that was said already.

    Raises Same, NotFound, Deleted, Erased, AlreadyMerged, Reserved, Invalid.
    """
    # Always about the smaller one: two locations that say it say the same of the same entity.
    least, greatest = sorted((a, b))
    told = _reason(act, reason)
    with transaction.atomic():
        first, _ = _sides(least, greatest)
        events: list[Event] = []
        if (f"{DISTINCT_PREFIX}{greatest}" in first.state) == is_same:
            data = _reasoned({"other": str(greatest), "same": is_same}, told)
            draft = recording.Draft(least, "entity.distinguished.v1", data)
            events = recording.record(act, [draft])
        _audit(act, "entity.distinguished", (a, b), events, [])
    return events


def unmerge_drafts(loser: UUID, data: Mapping[str, Any]) -> list[recording.Draft]:
    """In a ring of merges the one that stands was merged as well, which would count from now on:
    that merge is taken back, too."""
    other = survivors.stands_in_ring_with(loser)
    return [
        draft
        for uid in (loser, other)
        if uid is not None
        for draft in (
            recording.Draft(uid, "entity.unmerged.v1", data),
            *taken_back(uid, data),
        )
    ]


def taken_back(
    loser: UUID, data: Mapping[str, Any], *, but: UUID | None = None
) -> list[recording.Draft]:
    """Drafts of voids of what its merges had others take over, unless it was taken back before;
    `but`: the one it stays merged into. An event that has not arrived yet is void when it does."""
    merges = [
        event
        for event in log.events_of([loser], attributes=[MERGED_INTO])[loser]
        if event.type == MERGED_TYPE and "chosen" in event.data
    ]
    chosen = {UUID(event.data["chosen"]): UUID(event.data["into"]) for event in merges}
    voided = LoggedEvent.objects.filter(event_id__in=chosen, state=EventState.VOIDED)
    gone = set(voided.values_list("event_id", flat=True))
    heads = recording.lock(set(chosen.values()))
    return [
        recording.Draft(into, VOID_TYPE, {"event_id": str(event_id), **data})
        for event_id, into in sorted(chosen.items())
        if event_id not in gone and into != but and not heads[into].erased_event
    ]


def _sides(a: UUID, b: UUID) -> tuple[Side, Side]:
    """Both, living and standing for themselves, in the order given. Raises Same, NotFound,
    Deleted, Erased, AlreadyMerged, Reserved."""
    if a == b:
        raise Same
    first, second = _locked([a, b])
    check_unrestricted([a, b])
    standing = survivors.survivors_of([a, b])
    for side in (first, second):
        if side.uid in standing:
            raise AlreadyMerged(side.uid, standing[side.uid])
        if side.state.get(ALIVE) is not True:
            raise Deleted
    return first, second


def _locked(uids: Sequence[UUID]) -> list[Side]:
    """Raises NotFound, Erased, Reserved."""
    heads = recording.lock(uids)
    stored = version_rows.load(uids)
    sides = [Side(heads[uid], stored[uid]) for uid in uids]
    for side in sides:
        if side.head.erased_event:
            raise Erased
        if not side.head.revision:
            raise NotFound
        types = {row.version.entity_type for row in side.stored.entity_rows}
        if types & vocabulary.RESERVED_TYPES:
            raise Reserved
    return sides


def _type_of(side: Side) -> str | None:
    now = side.holding.entity_at(None)
    return now.entity_type if now else None


def _merge_drafts(
    lost: Side, kept: Side, assertions: Sequence[Assertion], reason: str | None
) -> list[recording.Draft]:
    """The merge names the event of the values that it brought along."""
    data = _reasoned({"into": str(kept.uid)}, reason)
    updates = [
        recording.Draft(kept.uid, "entity.updated.v1", one.data(reason), event_id=uuid7())
        for one in assertions
    ]
    for update in updates:
        data["chosen"] = str(update.event_id)
    return [recording.Draft(lost.uid, MERGED_TYPE, data), *updates]


def _ask_rules(
    act: Act, before: Side, assertions: Sequence[Assertion], overriding: Collection[str]
) -> list[str]:
    """About what the survivor is by now: a number that it took over from the loser is its own."""
    if not assertions:
        return []
    after = Holding(version_rows.load([before.uid])[before.uid])
    return rules.check(
        Proposal(
            act=act,
            entity_uid=before.uid,
            entity_type=_type_of(before) or "",
            display_name=wishes.asserted_name(after),
            details=after.details_now(),
            held=before.holding.details_now(),
            overriding=frozenset(overriding),
        )
    )


def _reason(act: Act, reason: str | None) -> str | None:
    """In canonical form. Raises Invalid."""
    return read_wish(
        now_us=act.now_us,
        entity_type=None,
        display_name=None,
        details=(),
        valid_from=None,
        reason=reason,
    ).reason


def _reasoned(data: dict[str, Any], reason: str | None) -> dict[str, Any]:
    return data if reason is None else {**data, "reason": reason}


def _audit(
    act: Act, action: str, uids: Sequence[UUID], events: Collection[Event], codes: Sequence[str]
) -> None:
    """The entry is about the first of them; `hit_ids` names all."""
    add_entry(
        act,
        action=action,
        entity_uid=uids[0],
        hit_ids=uids,
        event_ids=[event.event_id for event in events],
        codes=codes,
        result_count=len(events),
    )
