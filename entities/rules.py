"""Rules per entity type, registered by the apps that know the type and checked at the local door."""

from collections.abc import Callable, Mapping
from typing import Any

# Called with (entity_uid or None, resulting details, resulting asserted display name); raises `Refused`.
Rule = Callable[..., None]

_rules: dict[str, list[Rule]] = {}


def register_rules(entity_type: str, rule: Rule) -> None:
    _rules.setdefault(entity_type, []).append(rule)


def check(entity_type: str, *, details: Mapping[str, Any], display_name: str | None) -> None:
    """Let every registered rule look at what the entity would become; the first refusal wins."""
    for rule in _rules.get(entity_type, ()):
        rule(details=details, display_name=display_name)
