"""Rules 3 to 5 of the fold: the assertions of one entity become intervals with their provenance."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from entities.assertions import (
    ALIVE,
    CREATED_TYPES,
    DISPLAY_NAME,
    ENTITY_TYPE,
    asserted,
    is_detail_code,
    is_same_value,
    is_state_attribute,
)
from entities.folded import DetailVersion, EntityVersion, StateValue
from events.event import Event

PERSON = "PERSON"
SURNAME = "SURNAME"
NAME = "NAME"

# What an Entity version is made of, beside life.
NAMING_ATTRIBUTES = (ENTITY_TYPE, DISPLAY_NAME, SURNAME, NAME)


class Assertion(NamedTuple):
    """In the order of rule 3. Event ids differ, so that values are never compared."""

    valid_from: int
    hlc: int
    origin: str
    event_id: UUID
    value: Any


class Span(NamedTuple):
    """A run (rule 5): consecutive equal winners, known by their first assertion. `end` is None
    for the last one."""

    head: Assertion
    end: int | None


Winners = Mapping[str, list[Assertion]]
Timeline = list[Span]

_rank = itemgetter(0, 1, 2, 3)


def winners_of(events: Collection[Event]) -> dict[str, list[Assertion]]:
    """Per attribute the assertions that hold from their `valid_from` until the next one.

    Events: of one entity, each once, voided ones taken out, any order.
    """
    births = [event.valid_from for event in events if event.type in CREATED_TYPES]
    birth = min(births) if births else None
    assertions: defaultdict[str, list[Assertion]] = defaultdict(list)
    for event in events:
        valid_from = event.valid_from
        for attribute, value in asserted(event).items():
            if attribute == ALIVE and event.type in CREATED_TYPES and valid_from != birth:
                continue
            assertions[attribute].append(Assertion(valid_from, *event.key, value))
    return {attribute: _winners(claims) for attribute, claims in assertions.items()}


def entity_versions(winners: Winners) -> tuple[EntityVersion, ...]:
    naming = {
        attribute: _timeline(winners[attribute])
        for attribute in NAMING_ATTRIBUTES
        if attribute in winners
    }
    changes = sorted({span.head.valid_from for line in naming.values() for span in line})
    versions: list[EntityVersion] = []
    for life in _lives(winners):
        born, died = life.head.valid_from, life.end
        within = [at for at in changes if at > born and (died is None or at < died)]
        versions += _versions_of_life([born, *within], died, naming, life.head)
    return tuple(versions)


def detail_versions(
    winners: Winners, codes: Collection[str] | None = None
) -> tuple[DetailVersion, ...]:
    """By code and valid_from; only of these codes, if given."""
    lives = list(_lives(winners))
    wanted = winners if codes is None else winners.keys() & codes
    return tuple(
        DetailVersion(code, span.head.value, start, end, span.head.event_id)
        for code in sorted(filter(is_detail_code, wanted))
        for span in _timeline(winners[code])
        if span.head.value is not None
        for start, end in _alive_parts(span, lives)
    )


def state_values(winners: Winners) -> tuple[StateValue, ...]:
    """By attribute. Type, name and details are told by their versions."""
    return tuple(
        StateValue(attribute, winners[attribute][-1].value, winners[attribute][-1].event_id)
        for attribute in sorted(winners)
        if is_state_attribute(attribute) and winners[attribute][-1].value is not None
    )


def person_name(surname: Any, name: Any) -> str | None:
    """ "Surname, Name" or the one present. A peer's value that is no text names nobody."""
    parts = [part for part in (surname, name) if isinstance(part, str) and part]
    return ", ".join(parts) or None


def _winners(claims: list[Assertion]) -> list[Assertion]:
    if len(claims) == 1:
        return claims
    claims.sort()
    last = len(claims) - 1
    return [
        claim
        for index, claim in enumerate(claims)
        if index == last or claims[index + 1].valid_from != claim.valid_from
    ]


def _timeline(winners: list[Assertion]) -> Timeline:
    heads = winners[:1]
    for winner in winners[1:]:
        if not is_same_value(winner.value, heads[-1].value):
            heads.append(winner)
    ends = [head.valid_from for head in heads[1:]]
    return [Span(head, end) for head, end in zip(heads, [*ends, None], strict=True)]


def _lives(winners: Winners) -> Iterator[Span]:
    claims = winners.get(ALIVE)
    return (span for span in _timeline(claims) if span.head.value) if claims else iter(())


def _alive_parts(span: Span, lives: Iterable[Span]) -> Iterator[tuple[int, int | None]]:
    for life in lives:
        start = max(span.head.valid_from, life.head.valid_from)
        ends = [end for end in (span.end, life.end) if end is not None]
        end = min(ends) if ends else None
        if end is None or start < end:
            yield start, end


def _versions_of_life(
    starts: list[int], died: int | None, naming: Mapping[str, Timeline], birth: Assertion
) -> list[EntityVersion]:
    versions: list[EntityVersion] = []
    shown: list[tuple[int, str | None, str | None, UUID]] = []
    for at in starts:
        entity_type, display_name, made_of = _naming_at(naming, at)
        if not shown or shown[-1][1:3] != (entity_type, display_name):
            # Alive without any type or name: nothing but the birth itself can be its origin.
            origin = max(made_of, key=_rank, default=birth)
            shown.append((at, entity_type, display_name, origin.event_id))
    ends = [at for at, *_ in shown[1:]]
    for (at, entity_type, display_name, event_id), end in zip(shown, [*ends, died], strict=True):
        versions.append(EntityVersion(entity_type, display_name, at, end, event_id))
    return versions


def _naming_at(
    naming: Mapping[str, Timeline], at: int
) -> tuple[str | None, str | None, list[Assertion]]:
    """Type and name at an instant, and the run heads they are made of."""
    entity_type, display_name, surname, name = (
        _head_at(naming.get(attribute), at) for attribute in NAMING_ATTRIBUTES
    )
    made_of = [entity_type, display_name]
    shown = display_name and display_name.value
    if entity_type and entity_type.value == PERSON:
        computed = person_name(surname and surname.value, name and name.value)
        made_of = [entity_type, surname, name] + ([display_name] if computed is None else [])
        shown = shown if computed is None else computed
    return (
        entity_type and entity_type.value,
        shown,
        [head for head in made_of if head is not None],
    )


def _head_at(timeline: Timeline | None, at: int) -> Assertion | None:
    if not timeline:
        return None
    index = bisect_right(timeline, at, key=lambda span: span.head.valid_from)
    return timeline[index - 1].head if index else None
