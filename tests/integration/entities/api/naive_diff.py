"""What differs between two instants, by the naive model: both are asked, and compared."""

from typing import Any

from tests.integration.entities.api.naive import (
    LIFE,
    NAME,
    TYPE,
    Claim,
    Entity,
    Row,
    Span,
    is_same,
    text_of,
)

FIELDS = (NAME, TYPE)


def shown(entity: Entity, part: str, at: int) -> Any:
    """A field or a detail as it is shown then; None = nothing."""
    if part == TYPE:
        return entity.value(TYPE, at) if entity.is_alive(at) else None
    if part == NAME:
        return entity.name(at) if entity.is_alive(at) else None
    return entity.detail(part, at)


def since(entity: Entity, part: str, at: int) -> int:
    """Since when what is shown there is so: its beginning or, of nothing, the end of the last."""
    spans = _spans(entity, part)
    for span in spans:
        if span.covers(at):
            return span.start
    ended = [span.end for span in spans if span.end is not None and span.end <= at]
    # There never was any name: it is missing for as long as there is or was a life.
    return max(ended) if ended else since(entity, LIFE, at)


def _spans(entity: Entity, part: str) -> list[Span]:
    if part == LIFE:
        return entity.spans(lambda at: entity.is_alive(at) or None)
    return entity.spans(lambda at: shown(entity, part, at))


def changes(entity: Entity, start: int, end: int) -> list[Row]:
    """Without `at`: what is other at the end than it was at the start."""
    was, is_ = entity.is_alive(start), entity.is_alive(end)
    found: list[Row] = []
    if was != is_:
        found.append({"type": "entity", "action": "created" if is_ else "deleted"})
    for part in (*FIELDS, *entity.codes):
        before, after = shown(entity, part, start), shown(entity, part, end)
        # Who comes or goes is told with both fields, also when there is no name.
        if not is_same(before, after) or (found and was != is_ and part in FIELDS):
            what = {"type": "field", "field": part}
            if part not in FIELDS:
                what = {"type": "detail", "detail_code": part}
            found.append({**what, "before": before, "after": after})
    return found


def net(entity: Entity, start: int, end: int) -> Row | None:
    """The entity's row of `diff`; None when both instants show the same."""
    found = changes(entity, start, end)
    if not found:
        return None
    return {
        "entity_uid": entity.uid,
        "display_name": name_by(entity, end),
        "changes": [
            change | {"at": text_of(_began(entity, change, start, end))} for change in found
        ],
    }


def _began(entity: Entity, change: Row, start: int, end: int) -> int:
    """Since when the end of the period has what the change tells."""
    at = since(entity, _part(change), end)
    if change["type"] != "field" or change["before"] is not None or change["after"] is not None:
        return at
    # There was no name at either end; it is told for the sake of the life.
    life = since(entity, LIFE, end)
    if entity.is_alive(end):
        return max(at, life)
    return at if at > start else life


def steps(entity: Entity, start: int, end: int) -> list[tuple[int, Row]]:
    """With their instants, the entity's rows of `diff?format=audit`."""
    return [
        (at, _step(entity, change, at))
        for at in entity.moments
        if start < at <= end
        for change in changes(entity, at - 1, at)
    ]


def name_by(entity: Entity, at: int) -> str | None:
    """At an instant; of one that is dead then, as it was last."""
    ended = [span for span in _spans(entity, LIFE) if span.start <= at]
    last = ended[-1]
    return entity.name(at if last.covers(at) else last.end - 1)


def _step(entity: Entity, change: Row, at: int) -> Row:
    claim = _teller(entity, _part(change), at)
    return {
        "at": text_of(at),
        "entity_uid": entity.uid,
        "display_name": name_by(entity, at),
        "before": None,
        "after": None,
        **change,
        "event_id": claim.event_id,
        "location_id": claim.location_id,
        "actor": claim.actor,
    }


def _teller(entity: Entity, part: str, at: int) -> Claim:
    """Whose event made it so: what was said of it for that very instant, else what gave or ended
    the life in which it is shown."""
    claims = [entity.winner(LIFE, at)]
    if part != LIFE and entity.is_alive(at):
        origin = entity.origin_of(TYPE if part in FIELDS else part, at)
        claims = [origin, entity.winner(part, at), *claims]
    return next(claim for claim in claims if claim and claim.valid_from == at)


def _part(change: Row) -> str:
    return change.get("field") or change.get("detail_code") or LIFE
