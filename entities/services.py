"""Writes to entities: lock, compare with what holds, record what is new, audit; all or nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from audit.entries import add_entry
from entities import rules, survivors, version_rows, vocabulary, wishes
from entities.assertions import ALIVE, ERASURE, MERGED_INTO
from entities.erasure_rules import RETENTION
from entities.refusals import (
    Deleted,
    Erased,
    ErasureScheduled,
    Exists,
    Invalid,
    Merged,
    NotFound,
    Reserved,
    check_match,
)
from entities.rules import Proposal
from entities.version_rows import Stored
from entities.what_holds import Holding
from entities.wishes import Assertion, DetailChange, Wish, read_wish
from events import recording
from events.event import Event
from events.principal import Act
from events.projectors import Head

__all__ = [
    "Creation",
    "DetailChange",
    "create_entity",
    "delete_entity",
    "restore_entity",
    "update_entity",
]


# What the audit notes of a creation that found its entity there already.
EXISTED = "existed"


@dataclass(frozen=True, slots=True)
class Creation:
    """`events` is empty when an entity with this uid and content was there already."""

    entity_uid: UUID
    events: list[Event]

    @property
    def is_new(self) -> bool:
        return bool(self.events)


def create_entity(
    act: Act,
    *,
    entity_type: str,
    display_name: str | None = None,
    details: Iterable[DetailChange] = (),
    entity_uid: UUID | None = None,
    valid_from: int | None = None,
    reason: str | None = None,
    is_bulk: bool = False,
    overriding: Collection[str] = (),
) -> Creation:
    """A new entity; with a uid that exists and the same current content nothing is recorded.

    `overriding`: codes of refusals that the rules then let pass. Raises Invalid, Exists, Deleted,
    Merged, Erased and what rules refuse.
    """
    wish = _read(act, entity_type, display_name, details, valid_from, reason)
    uid = entity_uid or uuid7()
    with transaction.atomic():
        head, stored = locked(uid)
        assertions = wishes.creation(wish, _types_of(wish))
        if head.revision:
            _check_same(stored, assertions)
            _audit(act, "entity.created", uid, [], [EXISTED])
            return Creation(uid, [])
        notes = _ask_rules(act, uid, assertions, Holding(stored), overriding)
        verbs = ["entity.created.v1"] + ["entity.updated.v1"] * (len(assertions) - 1)
        drafts = [
            recording.Draft(uid, verb, one.data(wish.reason))
            for verb, one in zip(verbs, assertions, strict=True)
        ]
        events = recording.record(act, drafts, is_bulk=is_bulk, heads={uid: head})
        _audit(act, "entity.created", uid, events, [*_codes(assertions), *notes])
    return Creation(uid, events)


def update_entity(
    act: Act,
    *,
    entity_uid: UUID,
    entity_type: str | None = None,
    display_name: str | None = None,
    details: Iterable[DetailChange] = (),
    valid_from: int | None = None,
    reason: str | None = None,
    if_match: str | None = None,
    is_bulk: bool = False,
    overriding: Collection[str] = (),
) -> list[Event]:
    """Change what differs from what holds at the write's instants; an event for each instant.

    Returns no events when nothing differs. Raises Invalid, NotFound, Deleted, Merged, Erased,
    Stale and what rules refuse (but for the codes in `overriding`).
    """
    wish = _read(act, entity_type, display_name, details, valid_from, reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        if not is_alive(head, stored):
            raise Deleted
        check_match(head, if_match)
        holding = Holding(stored)
        assertions = wishes.change(wish, holding, _types_of(wish))
        events: list[Event] = []
        notes: list[str] = []
        if assertions:
            notes = _ask_rules(act, entity_uid, assertions, holding, overriding)
            drafts = [
                recording.Draft(entity_uid, "entity.updated.v1", one.data(wish.reason))
                for one in assertions
            ]
            heads = {entity_uid: head}
            events = recording.record(act, drafts, is_bulk=is_bulk, heads=heads)
        _audit(act, "entity.updated", entity_uid, events, [*_codes(assertions), *notes])
    return events


def delete_entity(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> list[Event]:
    """End its life now; its history stays. Raises NotFound (of a deleted one, too), Merged,
    Erased, Stale."""
    wish = _read(act, None, None, (), None, reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        if not is_alive(head, stored):
            raise NotFound
        check_match(head, if_match)
        events = _record_one(act, head, "entity.deleted.v1", wish)
        _audit(act, "entity.deleted", entity_uid, events, [])
    return events


def restore_entity(
    act: Act, *, entity_uid: UUID, reason: str | None = None, if_match: str | None = None
) -> list[Event]:
    """Bring a deleted one back as it was; a living one stays as it is. Raises NotFound, Merged,
    Erased, ErasureScheduled, Stale."""
    wish = _read(act, None, None, (), None, reason)
    with transaction.atomic():
        head, stored = locked(entity_uid)
        is_listed = is_alive(head, stored)
        check_match(head, if_match)
        events = []
        if not is_listed:
            _check_erasure(stored)
            events = _record_one(act, head, "entity.restored.v1", wish)
        _audit(act, "entity.restored", entity_uid, events, [])
    return events


def _read(
    act: Act,
    entity_type: str | None,
    display_name: str | None,
    details: Iterable[DetailChange],
    valid_from: int | None,
    reason: str | None,
) -> Wish:
    wish = read_wish(
        now_us=act.now_us,
        entity_type=entity_type,
        display_name=display_name,
        details=details,
        valid_from=valid_from,
        reason=reason,
    )
    if wish.entity_type is not None and not vocabulary.is_entity_type(wish.entity_type):
        raise Invalid({"entity_type": [vocabulary.unknown_type_sentence()]})
    return wish


def _check_erasure(stored: Stored) -> None:
    """An erasure by retention is taken back by itself when the entity changes; one that was asked
    for is not. Raises ErasureScheduled."""
    state = {value.attribute: value.value for value in stored.state}
    if ERASURE in state and state[ERASURE]["basis"] != RETENTION:
        raise ErasureScheduled


def locked(uid: UUID) -> tuple[Head, Stored]:
    """Raises Erased and Reserved."""
    head = recording.lock([uid])[uid]
    if head.erased_event:
        raise Erased
    stored = version_rows.load([uid])[uid] if head.revision else Stored()
    if any(row.version.entity_type in vocabulary.RESERVED_TYPES for row in stored.entity_rows):
        raise Reserved
    return head, stored


def is_alive(head: Head, stored: Stored) -> bool:
    """Raises NotFound and Merged."""
    if not head.revision:
        raise NotFound
    state = {value.attribute: value.value for value in stored.state}
    if MERGED_INTO in state:
        check_stands(head.entity_uid)
    return state.get(ALIVE) is True


def check_stands(uid: UUID) -> None:
    """Raises Merged, when another record stands for it."""
    survivor = survivors.survivors_of([uid]).get(uid)
    if survivor is not None:
        raise Merged(survivor)


def _check_same(stored: Stored, assertions: Sequence[Assertion]) -> None:
    holding = Holding(stored)
    version = holding.entity_at(None)
    if version is None:
        raise Deleted
    held = (version.entity_type, version.display_name, holding.details_now())
    if held != wishes.content(assertions):
        raise Exists


def _types_of(wish: Wish) -> dict[str, vocabulary.DetailType]:
    if not wish.details:
        return {}
    return vocabulary.authorised_types()


def _ask_rules(
    act: Act,
    uid: UUID,
    assertions: Sequence[Assertion],
    holding: Holding,
    overriding: Collection[str],
) -> list[str]:
    """Further codes for the audit entry."""
    outcome = wishes.outcome(assertions, holding)
    now = holding.entity_at(None)
    is_of_its_type = now is not None and now.entity_type == outcome.entity_type
    return rules.check(
        Proposal(
            act=act,
            entity_uid=uid,
            entity_type=outcome.entity_type,
            display_name=outcome.asserted_name,
            details=outcome.details,
            held=holding.details_now() if is_of_its_type else {},
            overriding=frozenset(overriding),
        )
    )


def _record_one(act: Act, head: Head, verb: str, wish: Wish) -> list[Event]:
    data = {} if wish.reason is None else {"reason": wish.reason}
    draft = recording.Draft(head.entity_uid, verb, data)
    return recording.record(act, [draft], heads={head.entity_uid: head})


def _codes(assertions: Sequence[Assertion]) -> list[str]:
    return sorted({code for one in assertions for code in one.codes})


def _audit(
    act: Act, action: str, uid: UUID, events: Collection[Event], codes: Sequence[str]
) -> None:
    add_entry(
        act,
        action=action,
        entity_uid=uid,
        event_ids=[event.event_id for event in events],
        codes=codes,
        result_count=len(events),
    )
