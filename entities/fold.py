"""The heart: all events of one entity fold into its versions, state and conflicts. Pure.

The input is a set (any order, repeats allowed), so arrival order, duplicates and batch borders
cannot matter. `refold` gives the same with only the events of some attributes at hand, `advance`
(entities/succession.py) with only the last result.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from entities.assertions import (
    ALIVE,
    ENTITY_TYPE,
    ERASED,
    ERASED_TYPE,
    KNOWN_TYPES,
    MERGED_INTO,
    VOIDED,
    asserted,
    attributes_of,
    voided_among,
)
from entities.conflicts import closing_event, open_conflicts
from entities.folded import (
    EMPTY,
    Conflict,
    DetailVersion,
    EntityVersion,
    Folded,
    StateValue,
    details_in_order,
    digest,
    hashdiff,
    state_in_order,
)
from entities.succession import advance, is_fast, succeeds
from entities.timelines import (
    NAMING_ATTRIBUTES,
    detail_versions,
    entity_versions,
    state_values,
    winners_of,
)
from events.event import Event

__all__ = [
    "EMPTY",
    "FOLD_VERSION",
    "KNOWN_TYPES",
    "Conflict",
    "DetailVersion",
    "EntityVersion",
    "Folded",
    "StateValue",
    "advance",
    "attributes_of",
    "closing_event",
    "closure",
    "digest",
    "fold",
    "hashdiff",
    "is_enough",
    "is_fast",
    "refold",
    "succeeds",
]

# Locations compare their digests only at the same version of these rules (naming included).
FOLD_VERSION = 1

# Asserting one of these can change everything else: life, type, merge, void, erasure.
_WHOLE_ENTITY = frozenset({ALIVE, ENTITY_TYPE, MERGED_INTO, VOIDED, ERASED})
# What tells whether events by attribute are enough, and what they are worth.
_ALWAYS_NEEDED = frozenset({ALIVE, MERGED_INTO, VOIDED, ERASED})


def fold(events: Iterable[Event]) -> Folded:
    """All events of ONE entity, any order, repeats allowed. Unknown types assert nothing."""
    distinct = _distinct(events)
    erasures = [event for event in distinct if event.type == ERASED_TYPE]
    if erasures:
        return Folded(erased_event=min(erasures, key=lambda event: event.key).event_id)
    voided = voided_among(distinct)
    standing = _without(distinct, voided)
    winners = winners_of(standing)
    return Folded(
        entity_versions=entity_versions(winners),
        detail_versions=detail_versions(winners),
        state=state_values(winners),
        conflicts=open_conflicts(standing),
        voided=voided,
    )


def closure(attributes: Collection[str]) -> frozenset[str] | None:
    """The attributes whose events must be read to refold these, or None: the whole entity.
    Beside themselves: what they are shown with, and the rare events that end or undo them."""
    asked = frozenset(attributes)
    if asked & _WHOLE_ENTITY:
        return None
    naming = frozenset(NAMING_ATTRIBUTES) if asked & frozenset(NAMING_ATTRIBUTES) else frozenset()
    return asked | naming | _ALWAYS_NEEDED


def is_enough(events: Iterable[Event], attributes: Collection[str]) -> bool:
    """May these events, read by `closure(attributes)`, be refolded? Not when there is a delete or a
    merge among them: against those rule 7 weighs every update, so read all events and fold."""
    if closure(attributes) is None:
        return True
    return not any(_ends_life_or_merges(event) for event in events)


def refold(folded: Folded, events: Iterable[Event], attributes: Collection[str]) -> Folded:
    """`folded` with these attributes (and what is shown with them) computed anew.

    Events: all of the entity that assert any of `closure(attributes)`, and the arrivals themselves
    (one that asserts nothing is not found by attribute, but may be voided); all there are, when the
    closure is None. The caller has asked `is_enough`.
    """
    affected = closure(attributes)
    distinct = _distinct(events)
    if affected is None or any(event.type == ERASED_TYPE for event in distinct):
        return fold(distinct)
    if not is_enough(distinct, attributes):
        raise ValueError("A deleted or merged entity cannot be refolded by attribute; fold it.")
    voided = voided_among(distinct)
    standing = _without(distinct, voided)
    winners = winners_of(standing)
    is_renamed = bool(affected & frozenset(NAMING_ATTRIBUTES))
    kept_details = [row for row in folded.detail_versions if row.detail_code not in affected]
    kept_state = [row for row in folded.state if row.attribute not in affected]
    kept_conflicts = [row for row in folded.conflicts if row.attribute not in affected]
    new_state = [row for row in state_values(winners) if row.attribute in affected]
    new_conflicts = [row for row in open_conflicts(standing) if row.attribute in affected]
    return replace(
        folded,
        entity_versions=entity_versions(winners) if is_renamed else folded.entity_versions,
        detail_versions=details_in_order([*kept_details, *detail_versions(winners, affected)]),
        state=state_in_order([*kept_state, *new_state]),
        conflicts=tuple(sorted([*kept_conflicts, *new_conflicts], key=lambda row: row.attribute)),
        voided=folded.voided | voided,
    )


def _distinct(events: Iterable[Event]) -> list[Event]:
    return list({event.event_id: event for event in events}.values())


def _without(events: list[Event], voided: frozenset[UUID]) -> list[Event]:
    return [event for event in events if event.event_id not in voided] if voided else events


def _ends_life_or_merges(event: Event) -> bool:
    assertions = asserted(event)
    return assertions.get(ALIVE) is False or assertions.get(MERGED_INTO) is not None
