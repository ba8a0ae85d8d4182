"""Rules per entity type, registered by the apps that know the type, asked at the local door.

They hold whatever face a write comes through; what peers send has passed them there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from events.principal import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an entity would be now, after a write that has not been committed yet.

    `display_name`: the one asserted by the client or by an earlier write, not the one computed from
    details. `details`: code → value of those that would hold, nulls left out. `held`: those that
    held before, and passed the rules of this type then; none of a new or re-typed entity.
    `overriding`: the refusals that the caller has seen and overrides, by their code.
    """

    act: Act
    entity_uid: UUID
    entity_type: str
    display_name: str | None
    details: Mapping[str, Any]
    held: Mapping[str, Any]
    overriding: frozenset[str]


class Rule(Protocol):
    """Raises `Refused` if the entity must not be so. What it gives back are further codes for the
    audit entry ("a duplicate was allowed")."""

    def __call__(self, proposal: Proposal) -> Collection[str]: ...


_rules: dict[str, list[Rule]] = {}


def register_rules(entity_type: str, rule: Rule) -> None:
    rules = _rules.setdefault(entity_type, [])
    if rule not in rules:
        rules.append(rule)


def check(proposal: Proposal) -> list[str]:
    """Let every rule of the resulting type look, in the order in which they were registered; the
    first refusal wins."""
    return [code for rule in _rules.get(proposal.entity_type, ()) for code in rule(proposal)]
