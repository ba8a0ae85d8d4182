"""Rules per entity type, registered by the apps that know the type, checked at the local door."""

from collections.abc import Mapping
from typing import Any, Protocol


class Rule(Protocol):
    """Looks at what an entity would be now, after the write; raises `Refused` if it must not be.

    `details`: code → value of the details that would hold, nulls left out. `display_name`: the
    one asserted by the client or by an earlier write, not the one computed from details.
    """

    def __call__(self, *, details: Mapping[str, Any], display_name: str | None) -> None: ...


_rules: dict[str, list[Rule]] = {}


def register_rules(entity_type: str, rule: Rule) -> None:
    rules = _rules.setdefault(entity_type, [])
    if rule not in rules:
        rules.append(rule)


def check(entity_type: str, *, details: Mapping[str, Any], display_name: str | None) -> None:
    """Let every registered rule look; the first refusal wins."""
    for rule in _rules.get(entity_type, ()):
        rule(details=details, display_name=display_name)
