"""Loaders' door: whole histories → drafts → one set-based recording. Rules are not asked here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from entities.histories import History, Step
from events.event import canonical
from events.principal import Act
from events.recording import Draft, lock, record


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many entities and events were written; `unchanged` = those that were here already."""

    entities: int = 0
    events: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            entities=self.entities + other.entities,
            events=self.events + other.events,
            unchanged=self.unchanged + other.unchanged,
        )


def load(act: Act, *, histories: Sequence[History], batch_id: UUID) -> Loaded:
    """Record the histories of those entities of which nothing is known here.

    Runs in its caller's transaction, which also writes the audit entry. The caller vouches for the
    content: what it loads is the same at every location, and no part of it lies in the future.
    """
    # Locked before it is asked, so that two loaders at one location cannot both find nothing.
    heads = lock({history.entity_uid for history in histories})
    missing = [history for history in histories if not heads[history.entity_uid].revision]
    drafts = [draft_of(history, step) for history in missing for step in history.steps]
    record(act, drafts, is_bulk=True, batch_id=batch_id)
    return Loaded(len(missing), len(drafts), len(histories) - len(missing))


def draft_of(history: History, step: Step) -> Draft:
    data: dict[str, Any] = {"valid_from": step.valid_from}
    if step.verb == "created":
        data["entity_type"] = history.entity_type
    if step.display_name is not None:
        data["display_name"] = canonical(step.display_name)
    if step.details:
        data["details"] = {code: canonical(value) for code, value in step.details.items()}
    return Draft(history.entity_uid, f"entity.{step.verb}.v1", data)
