"""Many entities with their histories at once: one call of the local door per slice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from entities import values, vocabulary
from entities.load_input import History, Step
from entities.refusals import Invalid
from events import recording
from events.event import InvalidValue, canonical
from events.principal import Act
from events.recording import Draft


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many entities were written, with how many events, and how many were there already."""

    entities: int = 0
    events: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.entities + other.entities,
            self.events + other.events,
            self.unchanged + other.unchanged,
        )


def load(act: Act, *, histories: Sequence[History], batch_id: UUID | None = None) -> Loaded:
    """Record the histories whose uid is not known here, in one transaction; the others are left
    as they are, deleted and erased ones, too.

    Bulk: sealed after interactive writes. No audit entry: the caller writes one for its load.
    The rules of entity types are not asked: a history tells what was, and who loads it answers for
    that. Raises Invalid when a value or code would be refused in a single write.
    """
    types = vocabulary.authorised_types()
    with transaction.atomic():
        heads = recording.lock([history.entity_uid for history in histories])
        new = [history for history in histories if not heads[history.entity_uid].revision]
        drafts = [draft for history in new for draft in _drafts(history, types)]
        recording.record(act, drafts, is_bulk=True, batch_id=batch_id)
    return Loaded(len(new), len(drafts), len(histories) - len(new))


def _drafts(history: History, types: dict[str, vocabulary.DetailType]) -> Iterator[Draft]:
    for step in history.steps:
        data = _data(history, step, types)
        yield Draft(history.entity_uid, f"entity.{step.verb}.v1", data)


def _data(history: History, step: Step, types: dict[str, vocabulary.DetailType]) -> dict[str, Any]:
    data: dict[str, Any] = {"valid_from": step.valid_from}
    if step.verb == "created":
        data["entity_type"] = history.entity_type
    try:
        if step.display_name is not None:
            data["display_name"] = canonical(values.collapsed(step.display_name))
        if step.details:
            data["details"] = {
                code: _value(code, value, types) for code, value in step.details.items()
            }
    except InvalidValue as error:
        raise Invalid({str(history.entity_uid): [str(error)]}) from error
    return data


def _value(code: str, value: Any, types: dict[str, vocabulary.DetailType]) -> values.Value:
    if code not in types:
        raise InvalidValue(f"Unknown field {code}. Known fields: {', '.join(sorted(types))}.")
    plain = values.canonical_detail(code, value)
    known = types[code]
    return values.checked(
        plain, value_type=known.value_type, options=known.options, rules=known.rules
    )
