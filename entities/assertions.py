"""Rule 2 of the fold: which values an event asserts for which attributes of its entity.

Attributes are the detail codes (upper case) and, in lower case, `alive`, `entity_type`,
`display_name`, `merged_into`, `hold:<id>`, `erasure`, `distinct:<uid>` and `restricted`. What they
are worth:

    alive             true, false (deleted)
    merged_into       the other entity_uid as text, null (unmerged)
    hold:<id>         true, null (lifted); the reason stays in the event
    erasure           {"execute_after": µs, "basis": text}, null (cancelled)
    distinct:<uid>    true, null (the same person after all)
    restricted        true, null (unrestricted); the reason stays in the event

`survivor` is none of them: it names an inbox item about a record that was merged into one that was
deleted or erased (entities/survivors.py). The merge says who should stand for it, the end of the
other one's life that nobody does.

Two names that are no attributes stand in `attributes_of` so that the log finds these events when
it reads by attribute: `voided` and `erased`.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from events.event import Event

ALIVE = "alive"
ENTITY_TYPE = "entity_type"
DISPLAY_NAME = "display_name"
MERGED_INTO = "merged_into"
ERASURE = "erasure"
HOLD_PREFIX = "hold:"
DISTINCT_PREFIX = "distinct:"
RESTRICTED = "restricted"
SURVIVOR = "survivor"
VOIDED = "voided"
ERASED = "erased"
STATUS = "STATUS"
LABEL = "LABEL"

VOID_TYPE = "event.voided.v1"
ERASED_TYPE = "entity.erased.v1"
MERGED_TYPE = "entity.merged.v1"

# Rule 9: vocabulary event -> the reserved entity type and, unless it is kept, the new STATUS.
_VOCABULARY: dict[str, tuple[str, str | None]] = {
    "detail_type.proposed.v1": ("DETAIL_TYPE", "proposed"),
    "detail_type.authorised.v1": ("DETAIL_TYPE", "authorised"),
    "detail_type.rejected.v1": ("DETAIL_TYPE", "rejected"),
    "detail_type.retired.v1": ("DETAIL_TYPE", "retired"),
    "detail_type.amended.v1": ("DETAIL_TYPE", None),
    "entity_type.defined.v1": ("ENTITY_TYPE", "authorised"),
    "location.joined.v1": ("LOCATION", "authorised"),
    "location.retired.v1": ("LOCATION", "retired"),
    "retention_policy.defined.v1": ("RETENTION_POLICY", "authorised"),
    "retention_policy.retired.v1": ("RETENTION_POLICY", "retired"),
}

CREATED_TYPES = frozenset(
    {
        "entity.created.v1",
        "detail_type.proposed.v1",
        "detail_type.authorised.v1",
        "entity_type.defined.v1",
        "location.joined.v1",
        "retention_policy.defined.v1",
    }
)
_LIFE_CLAIMING_TYPES = CREATED_TYPES | {"entity.updated.v1"}

Assertions = dict[str, Any]


def asserted(event: Event) -> Assertions:
    """{attribute: value} of rule 2. Of several `created` events only the earliest gives life; the
    fold, which sees them all, takes `alive` from the others."""
    reader = _READERS.get(event.type)
    return reader(event) if reader else {}


def contested(event: Event) -> Assertions:
    """As `asserted`, and what rule 7 adds: who writes to an entity takes it for alive and unmerged.
    So an update that races a delete or a merge is shown."""
    assertions = asserted(event)
    if event.type in _LIFE_CLAIMING_TYPES:
        assertions[ALIVE] = True
        assertions[MERGED_INTO] = None
    return assertions


def attributes_of(event: Event) -> frozenset[str]:
    """What the log stores with the event, to find it by attribute."""
    if event.type == VOID_TYPE:
        return frozenset({VOIDED})
    if event.type == ERASED_TYPE:
        return frozenset({ERASED})
    return frozenset(asserted(event))


def claimed_survivor(event: Event) -> str | None:
    """Who stands for a merged one, as the merge or the end of the other one's life has it."""
    into: str | None = asserted(event).get(MERGED_INTO)
    return into


def is_detail_code(attribute: str) -> bool:
    return attribute[:1].isupper()


def is_state_attribute(attribute: str) -> bool:
    """Neither type nor name nor a detail: those are told by their versions."""
    return attribute not in (ENTITY_TYPE, DISPLAY_NAME) and not is_detail_code(attribute)


def is_same_value(a: Any, b: Any) -> bool:
    """Equal as JSON: true is not 1, although Python says so."""
    return type(a) is type(b) and bool(a == b)


def voided_among(events: Iterable[Event]) -> frozenset[UUID]:
    """The ids of those events that another of them takes back. Voids and erasures cannot be."""
    by_id = {event.event_id: event for event in events}
    targets = (
        by_id.get(UUID(event.data["event_id"]))
        for event in by_id.values()
        if event.type == VOID_TYPE
    )
    return frozenset(
        target.event_id for target in targets if target and target.type not in _UNVOIDABLE_TYPES
    )


def _values_given(event: Event) -> Assertions:
    assertions = dict(event.data.get("details", ()))
    for attribute in (ENTITY_TYPE, DISPLAY_NAME):
        if attribute in event.data:
            assertions[attribute] = event.data[attribute]
    return assertions


def _creation(event: Event) -> Assertions:
    return _values_given(event) | {ALIVE: True}


def _vocabulary(event: Event) -> Assertions:
    entity_type, status = _VOCABULARY[event.type]
    assertions = dict(event.data["details"])
    assertions[ENTITY_TYPE] = entity_type
    if status is not None:
        assertions[STATUS] = status
    if LABEL in assertions:
        label = assertions[LABEL]
        assertions[DISPLAY_NAME] = label if isinstance(label, str) else None
    if event.type in CREATED_TYPES:
        assertions[ALIVE] = True
    return assertions


def _scheduled_erasure(event: Event) -> Assertions:
    data = event.data
    return {ERASURE: {"execute_after": data["execute_after"], "basis": data["basis"]}}


def _distinction(event: Event) -> Assertions:
    attribute = DISTINCT_PREFIX + event.data["other"].lower()
    return {attribute: None if event.data["same"] else True}


_UNVOIDABLE_TYPES = (VOID_TYPE, ERASED_TYPE)

_READERS: dict[str, Callable[[Event], Assertions]] = {
    "entity.created.v1": _creation,
    "entity.updated.v1": _values_given,
    "conflict.resolved.v1": _values_given,
    "entity.deleted.v1": lambda event: {ALIVE: False},
    "entity.restored.v1": lambda event: {ALIVE: True},
    MERGED_TYPE: lambda event: {MERGED_INTO: event.data["into"].lower()},
    "entity.unmerged.v1": lambda event: {MERGED_INTO: None},
    "entity.distinguished.v1": _distinction,
    "hold.placed.v1": lambda event: {HOLD_PREFIX + event.data["hold_id"]: True},
    "hold.lifted.v1": lambda event: {HOLD_PREFIX + event.data["hold_id"]: None},
    "erasure.scheduled.v1": _scheduled_erasure,
    "erasure.cancelled.v1": lambda event: {ERASURE: None},
    "entity.restricted.v1": lambda event: {RESTRICTED: True},
    "entity.unrestricted.v1": lambda event: {RESTRICTED: None},
    **dict.fromkeys(_VOCABULARY, _vocabulary),
}

KNOWN_TYPES = frozenset(_READERS) | {VOID_TYPE, ERASED_TYPE}
