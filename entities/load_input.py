"""Whole histories said at once: what loaders hand to the service that records them in bulk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Step:
    """One fact of a history, true from `valid_from` (µs) on; it becomes one event."""

    verb: Literal["created", "updated", "deleted", "restored"]
    valid_from: int
    details: Mapping[str, str | None] = field(default_factory=dict)
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """An entity's life in the order in which it was learned; the first step creates it."""

    entity_uid: UUID
    entity_type: str
    steps: tuple[Step, ...]
