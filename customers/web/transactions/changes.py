"""What the events of one entry changed, in words: joined from the log at the moment of showing. The
entry itself holds no value, so what is erased since is gone here, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.web import wording
from customers.web.sentences import Piece
from customers.web.transactions import sentences
from customers.web.transactions.names import names_of
from customers.web.transactions.sentences import Name, Received
from entities.assertions import (
    ALIVE,
    DISPLAY_NAME,
    DISTINCT_PREFIX,
    ENTITY_TYPE,
    ERASURE,
    HOLD_PREFIX,
    MERGED_INTO,
)
from entities.event_changes import ERASED, PENDING, TOLD, EventChange, changes_of_events

PAGE_SIZE = 50
# Attributes that are no fields.
LABELS = {
    ALIVE: "On the list",
    DISPLAY_NAME: "Shown name",
    ENTITY_TYPE: "Type",
    ERASURE: "Erasure",
    MERGED_INTO: "Merged into",
}
GONE = {
    ERASED: "Erased: what it said is kept nowhere any more.",
    PENDING: "Received, and waiting for an earlier change of the same customer.",
}
UNKNOWN = "Not in the log of this location."


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One event. `gone` says why there is nothing to show of it."""

    event: EventChange
    pieces: tuple[Piece, ...]
    fields: tuple[Field, ...]
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """`uids` = whose names and values are shown."""

    changes: list[Change]
    uids: set[UUID]


def changes_of(event_ids: Sequence[UUID], labels: Mapping[str, str]) -> Shown:
    """In the order of the ids, of which there are at most PAGE_SIZE at a time."""
    events = changes_of_events(event_ids)
    told = [_told(event) for event in events]
    uids = set().union(*(sentences.uids_in(one) for one in told), *map(_mentioned, events))
    names = names_of(uids)
    changes = [
        Change(
            event=event,
            pieces=sentences.sentence(one, names=names, labels=labels) if event.type else (),
            fields=tuple(_field(change, names, labels) for change in event.changes),
            gone="" if event.state == TOLD else GONE.get(event.state, UNKNOWN),
        )
        for event, one in zip(events, told, strict=True)
    ]
    return Shown(changes, {uid for uid in uids if uid in names and names[uid].text})


def _told(event: EventChange) -> Received:
    other = next((one.after for one in event.changes if one.attribute == MERGED_INTO), None)
    return Received(
        action=event.type.rsplit(".v", 1)[0],
        entity_uid=event.entity_uid,
        codes=[code for code in event.codes if code == code.upper()],
        hit_ids=[*([UUID(other)] if other else []), *_mentioned(event)],
    )


def _mentioned(event: EventChange) -> list[UUID]:
    """The others of whom it says that they are other persons."""
    return [
        UUID(code.removeprefix(DISTINCT_PREFIX))
        for code in event.codes
        if code.startswith(DISTINCT_PREFIX)
    ]


def _field(change: Any, names: Mapping[UUID, Name], labels: Mapping[str, str]) -> Field:
    attribute = change.attribute
    if attribute.startswith(DISTINCT_PREFIX):
        uid = UUID(attribute.removeprefix(DISTINCT_PREFIX))
        label = f"Not the same as {_called(uid, names)}"
    elif attribute.startswith(HOLD_PREFIX):
        label = "Hold"
    else:
        label = LABELS.get(attribute) or wording.label(attribute, labels)
    before, after = (_value(attribute, value, names) for value in (change.before, change.after))
    return Field(label, before, after)


def _value(attribute: str, value: Any, names: Mapping[UUID, Name]) -> str:
    if attribute == MERGED_INTO and value:
        return _called(UUID(value), names)
    return "scheduled" if isinstance(value, dict) else wording.in_words(value)


def _called(uid: UUID, names: Mapping[UUID, Name]) -> str:
    return sentences.plain(names[uid].pieces) if uid in names else str(uid)
