"""The fold's fast path: the next event on top of the last result, without reading the log.

Only for an event that succeeds everything folded so far (`succeeds`) and whose effect can be told
from what shows (`is_fast`): then it closes, opens, and ends the conflicts of its attributes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from entities.assertions import (
    ALIVE,
    CREATED_TYPES,
    DISPLAY_NAME,
    ENTITY_TYPE,
    ERASED_TYPE,
    VOID_TYPE,
    Assertions,
    asserted,
    contested,
    is_detail_code,
    is_same_value,
    is_state_attribute,
)
from entities.folded import (
    DetailVersion,
    EntityVersion,
    Folded,
    StateValue,
    details_in_order,
    state_in_order,
)
from entities.timelines import NAME, PERSON, SURNAME, person_name
from events.event import Event


class _Unknown:
    """A name was asserted once, but the fold's result does not show which."""


_UNKNOWN: Final = _Unknown()


def succeeds(event: Event, *, last_hlc: int, vv: Mapping[str, int], revision: int) -> bool:
    """Is it newer than all that is folded, and has its writer seen all of it? The arguments are
    the head's counters before the event; a gap in them hides events that it has not seen."""
    return (
        event.valid_from > last_hlc
        and revision == sum(vv.values())
        and all(seen <= event.basevv.get(origin, 0) for origin, seen in vv.items())
    )


def is_fast(folded: Folded, event: Event) -> bool:
    """Can `advance` tell the effect of this successor? A new entity is folded from its events."""
    if folded.erased_event or event.type == ERASED_TYPE:
        return True
    if event.type == VOID_TYPE or event.type in CREATED_TYPES:
        return False
    assertions = asserted(event)
    current = _current(folded)
    if current is None:
        # Dead: values stay hidden, and only a restore brings back what the result does not show.
        return assertions.get(ALIVE) is not True
    is_retyped = assertions.get(ENTITY_TYPE, current.entity_type) != current.entity_type
    return not is_retyped and _next_name(folded, current, assertions) is not _UNKNOWN


def advance(folded: Folded, event: Event) -> Folded:
    """The fold of everything so far and this event, which `succeeds` and `is_fast`."""
    if folded.erased_event:
        return folded
    if event.type == ERASED_TYPE:
        return Folded(erased_event=event.event_id)
    assertions = asserted(event)
    disputed = contested(event)
    advanced = replace(
        folded,
        state=_next_state(folded, event, assertions),
        conflicts=tuple(row for row in folded.conflicts if row.attribute not in disputed),
    )
    current = _current(folded)
    if current is None:
        return advanced
    if assertions.get(ALIVE) is False:
        return _ended(advanced, event.valid_from)
    return replace(
        advanced,
        entity_versions=_next_entity_versions(folded, current, event, assertions),
        detail_versions=_next_detail_versions(folded, event, assertions),
    )


def _current(folded: Folded) -> EntityVersion | None:
    """The version that holds now; an entity has one exactly while it is alive."""
    last = folded.entity_versions[-1] if folded.entity_versions else None
    return last if last and last.valid_to is None else None


def _next_name(
    folded: Folded, current: EntityVersion, assertions: Assertions
) -> str | _Unknown | None:
    """The display name after these assertions. Once the names of a person are taken away, an older
    asserted name shows again, which only the log knows."""
    if current.entity_type != PERSON:
        name: str | None = assertions.get(DISPLAY_NAME, current.display_name)
        return name
    before = {row.detail_code: row.value for row in folded.detail_versions if row.valid_to is None}
    after = before | assertions
    computed = person_name(after.get(SURNAME), after.get(NAME))
    if computed is not None:
        return computed
    if DISPLAY_NAME in assertions:
        asserted_name: str | None = assertions[DISPLAY_NAME]
        return asserted_name
    was_computed = person_name(before.get(SURNAME), before.get(NAME)) is not None
    return _UNKNOWN if was_computed else current.display_name


def _next_state(folded: Folded, event: Event, assertions: Assertions) -> tuple[StateValue, ...]:
    kept = [row for row in folded.state if row.attribute not in assertions]
    new = [
        StateValue(attribute, value, event.event_id)
        for attribute, value in assertions.items()
        if is_state_attribute(attribute) and value is not None
    ]
    return state_in_order([*kept, *new])


def _next_entity_versions(
    folded: Folded, current: EntityVersion, event: Event, assertions: Assertions
) -> tuple[EntityVersion, ...]:
    name = _next_name(folded, current, assertions)
    if isinstance(name, _Unknown):
        raise ValueError("The name after this event cannot be told; ask is_fast first.")
    if name == current.display_name:
        return folded.entity_versions
    # Whatever changed the name is newer than all that it is made of.
    opened = EntityVersion(current.entity_type, name, event.valid_from, None, event.event_id)
    closed = replace(current, valid_to=event.valid_from)
    return (*folded.entity_versions[:-1], closed, opened)


def _next_detail_versions(
    folded: Folded, event: Event, assertions: Assertions
) -> tuple[DetailVersion, ...]:
    given = {code: value for code, value in assertions.items() if is_detail_code(code)}
    if not given:
        return folded.detail_versions
    rows: list[DetailVersion] = []
    for row in folded.detail_versions:
        if row.valid_to is None and row.detail_code in given:
            if is_same_value(row.value, given[row.detail_code]):
                del given[row.detail_code]
            else:
                row = replace(row, valid_to=event.valid_from)
        rows.append(row)
    rows += [
        DetailVersion(code, value, event.valid_from, None, event.event_id)
        for code, value in given.items()
        if value is not None
    ]
    return details_in_order(rows)


def _ended(folded: Folded, at: int) -> Folded:
    def closed(row: Any) -> Any:
        return replace(row, valid_to=at) if row.valid_to is None else row

    return replace(
        folded,
        entity_versions=tuple(map(closed, folded.entity_versions)),
        detail_versions=tuple(map(closed, folded.detail_versions)),
    )
