"""Rule 7 of the fold: concurrent events on one attribute with different values.

Which value holds is decided by rule 3 alone; a conflict only tells people that somebody did not
know of the other. Conflicts are a pure function of the set of events.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID, uuid5

from entities.assertions import ERASED_TYPE, VOID_TYPE, contested, is_same_value, voided_among
from entities.folded import Conflict
from events.event import Event

Claim = tuple[Event, Any]


def has_seen(event: Event, other: Event) -> bool:
    """Did the writer of `event` have `other`?"""
    return other.entity_seq <= event.basevv.get(other.origin, 0)


def open_conflicts(events: Collection[Event]) -> tuple[Conflict, ...]:
    """The open conflicts of one entity, by attribute. Events: each once, voided ones taken out."""
    if len(events) < 2:
        return ()
    claims: defaultdict[str, list[Claim]] = defaultdict(list)
    for event in events:
        for attribute, value in contested(event).items():
            claims[attribute].append((event, value))
    disputed = sorted(attribute for attribute in claims if len(claims[attribute]) > 1)
    found = (_conflict(attribute, claims[attribute]) for attribute in disputed)
    return tuple(conflict for conflict in found if conflict)


def closing_event(events: Iterable[Event], attribute: str, heads: Collection[UUID]) -> UUID | None:
    """What made an end to the conflict between these heads: the smallest-key event that asserts the
    attribute and has seen one of them, or the void that removed one. Failing that, the event that
    joined them as a further head, then the erasure. None: nothing did.

    Events: all of the entity that assert the attribute (for alive and merged_into, updates too),
    and its voids and erasures.
    """
    by_id = {event.event_id: event for event in events}
    voided = voided_among(by_id.values())
    standing = [event for event in by_id.values() if event.event_id not in voided]
    claimants = [event for event in standing if attribute in contested(event)]
    ended = [by_id[head] for head in heads if head in by_id]
    closers = [event for event in claimants if any(has_seen(event, head) for head in ended)]
    closers += [event for event in standing if _is_void_of(event, heads)]
    joined = [event for event in causal_heads(claimants) if event.event_id not in heads]
    erasures = [event for event in standing if event.type == ERASED_TYPE]
    candidates = closers or joined or erasures
    return min(candidates, key=lambda event: event.key).event_id if candidates else None


def causal_heads(events: Collection[Event]) -> list[Event]:
    """Those that no other one has seen. Linear: an event never counts itself as seen (the codec
    refuses such), so the greatest view of each origin is enough."""
    seen: dict[str, int] = {}
    for event in events:
        for origin, entity_seq in event.basevv.items():
            if entity_seq > seen.get(origin, 0):
                seen[origin] = entity_seq
    return [event for event in events if event.entity_seq > seen.get(event.origin, 0)]


def _conflict(attribute: str, claims: list[Claim]) -> Conflict | None:
    if _is_unanimous(value for _, value in claims):
        return None
    values = {event.event_id: value for event, value in claims}
    heads = causal_heads([event for event, _ in claims])
    if _is_unanimous(values[head.event_id] for head in heads):
        return None
    ids = tuple(sorted(head.event_id for head in heads))
    return Conflict(
        conflict_id=uuid5(heads[0].entity_uid, "\n".join([attribute, *map(str, ids)])),
        attribute=attribute,
        heads=ids,
        opened_hlc=max(head.hlc for head in heads),
    )


def _is_unanimous(values: Iterable[Any]) -> bool:
    remaining = iter(values)
    first = next(remaining, None)
    return all(is_same_value(value, first) for value in remaining)


def _is_void_of(event: Event, heads: Collection[UUID]) -> bool:
    return event.type == VOID_TYPE and UUID(event.data["event_id"]) in heads
