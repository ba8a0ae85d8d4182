"""Rules 3 to 5 of the fold: the assertions of one entity become intervals with their provenance."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
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
from events.clock import MAX_INSTANT_US
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
    """A run (rule 5): consecutive equal winners, known by their first assertion, up to the next."""

    head: Assertion
    end: int


class Naming(NamedTuple):
    """What an Entity version shows, and the newest run head it is made of."""

    entity_type: str | None
    display_name: str | None
    origin: Assertion | None


Winners = Mapping[str, list[Assertion]]
Timeline = list[Span]

# The end of what still holds; only the rows call it None.
FOREVER = MAX_INSTANT_US + 1

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
    lines = {
        attribute: _timeline(winners[attribute])
        for attribute in NAMING_ATTRIBUTES
        if attribute in winners
    }
    changes = sorted({span.head.valid_from for line in lines.values() for span in line})
    return tuple(
        version for life in _lives(winners) for version in _versions_of_life(life, lines, changes)
    )


def detail_versions(
    winners: Winners, codes: Collection[str] | None = None
) -> tuple[DetailVersion, ...]:
    """By code and valid_from; only of these codes, if given."""
    lives = _lives(winners)
    wanted = winners if codes is None else winners.keys() & codes
    return tuple(
        DetailVersion(code, span.head.value, start, _row_end(end), span.head.event_id)
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
    if len(winners) == 1:
        return [Span(winners[0], FOREVER)]
    heads = winners[:1]
    for winner in winners:
        if not is_same_value(winner.value, heads[-1].value):
            heads.append(winner)
    ends = [head.valid_from for head in heads[1:]]
    return list(map(Span, heads, [*ends, FOREVER]))


def _lives(winners: Winners) -> Timeline:
    claims = winners.get(ALIVE)
    return [span for span in _timeline(claims) if span.head.value] if claims else []


def _alive_parts(span: Span, lives: Timeline) -> list[tuple[int, int]]:
    parts = [
        (max(span.head.valid_from, life.head.valid_from), min(span.end, life.end)) for life in lives
    ]
    return [(start, end) for start, end in parts if start < end]


def _versions_of_life(
    life: Span, lines: Mapping[str, Timeline], changes: Sequence[int]
) -> Iterator[EntityVersion]:
    born = life.head.valid_from
    shown: list[tuple[int, Naming]] = []
    for at in [born, *(at for at in changes if born < at < life.end)]:
        naming = _naming_at(lines, at)
        if not shown or naming[:2] != shown[-1][1][:2]:
            shown.append((at, naming))
    ends = [at for at, _ in shown[1:]] + [life.end]
    for (at, naming), end in zip(shown, ends, strict=True):
        # Alive without any type or name: only the birth can be the origin.
        origin = naming.origin or life.head
        entity_type, display_name = naming[:2]
        yield EntityVersion(entity_type, display_name, at, _row_end(end), origin.event_id)


def _naming_at(lines: Mapping[str, Timeline], at: int) -> Naming:
    type_head, name_head, surname, given_name = (
        _head_at(lines.get(attribute), at) for attribute in NAMING_ATTRIBUTES
    )
    entity_type = type_head and type_head.value
    display_name = name_head and name_head.value
    made_of = [type_head, name_head]
    if entity_type == PERSON:
        computed = person_name(surname and surname.value, given_name and given_name.value)
        made_of = [type_head, surname, given_name]
        if computed is None:
            made_of.append(name_head)
        else:
            display_name = computed
    origin = max(filter(None, made_of), key=_rank, default=None)
    return Naming(entity_type, display_name, origin)


def _head_at(timeline: Timeline | None, at: int) -> Assertion | None:
    if timeline is None:
        return None
    if timeline[-1].head.valid_from <= at:
        return timeline[-1].head
    index = bisect_right(timeline, at, key=lambda span: span.head.valid_from)
    return timeline[index - 1].head if index else None


def _row_end(end: int) -> int | None:
    return None if end == FOREVER else end
