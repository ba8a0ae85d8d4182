"""Versions around a period → what it changed: net, or step by step. Pure.

Net is the state at the end less the state at the beginning. Instants are those of the versions,
`[valid_from, valid_to)`: a version that begins exactly at `to` holds at `to`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from entities.assertions import DISPLAY_NAME, ENTITY_TYPE

FIELDS = (DISPLAY_NAME, ENTITY_TYPE)

Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an entity's type and name, or (with a code) of one detail. `hashdiff` tells
    exactly equal values; `event_id` is its provenance."""

    entity_uid: UUID
    detail_code: str
    valid_from: datetime
    valid_to: datetime | None
    hashdiff: bytes
    event_id: UUID
    entity_type: str | None = None
    display_name: str | None = None
    value: Any = None

    def holds_at(self, at: datetime) -> bool:
        return self.valid_from <= at and (self.valid_to is None or self.valid_to > at)


class Step(NamedTuple):
    """One change of one attribute at one instant. `before` and `after` are what held right before
    and from then on; `event_id` is the provenance of what began, None where something only ended.
    """

    at: datetime
    kind: str
    attribute: str
    before: Any
    after: Any
    event_id: UUID | None


def net_changes(versions: Sequence[Version], *, start: datetime, end: datetime) -> list[Change]:
    """Of one entity: all its versions that held at some instant of `[start, end]`."""
    lives = _by_valid_from(version for version in versions if not version.detail_code)
    before, after = _at(lives, start), _at(lives, end)
    details = _details_of(versions)
    if before is None and after is None:
        return []
    if before is None and after is not None:
        born: Change = {"type": "entity", "action": "created", "at": _life_began(lives, after)}
        fields = [_field(lives, name, None, after, end) for name in FIELDS]
        return [born, *fields, *_net_details(details, start, end)]
    if after is None:
        died: Change = {"type": "entity", "action": "deleted", "at": _last_end(lives, end)}
        fields = [_field(lives, name, before, None, end) for name in FIELDS]
        return [died, *fields, *_net_details(details, start, end)]
    fields = [
        _field(lives, name, before, after, end)
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    ]
    return [*fields, *_net_details(details, start, end)]


def name_at(versions: Iterable[Version], at: datetime) -> str | None:
    """The display name at the instant or, of one that does not live then, as it was last."""
    lives = [version for version in versions if not version.detail_code]
    begun = [version for version in lives if version.valid_from <= at]
    return max(begun, key=lambda version: version.valid_from).display_name if begun else None


def steps_at(versions: Sequence[Version], at: datetime) -> list[Step]:
    """What changed at this instant, of one entity: all its versions that touch it. An entity's
    birth or death comes first, then its name and type, then its details by code."""
    lives = _by_valid_from(version for version in versions if not version.detail_code)
    ended = next((version for version in lives if version.valid_to == at), None)
    begun = next((version for version in lives if version.valid_from == at), None)
    provenance = begun.event_id if begun else None
    steps: list[Step] = []
    if (ended is None) != (begun is None):
        action = "created" if begun else "deleted"
        steps.append(Step(at, "entity", action, None, None, provenance))
    for name in FIELDS if ended or begun else ():
        old, new = _part(ended, name), _part(begun, name)
        if old != new or ended is None or begun is None:
            steps.append(Step(at, "field", name, old, new, provenance))
    return steps + _detail_steps(versions, at)


def _detail_steps(versions: Sequence[Version], at: datetime) -> list[Step]:
    steps = []
    for code, rows in sorted(_details_of(versions).items()):
        old = next((row for row in rows if row.valid_to == at), None)
        new = next((row for row in rows if row.valid_from == at), None)
        if old or new:
            provenance = new.event_id if new else None
            steps.append(Step(at, "detail", code, old and old.value, new and new.value, provenance))
    return steps


def _net_details(
    details: dict[str, list[Version]], start: datetime, end: datetime
) -> Iterator[Change]:
    for code, rows in sorted(details.items()):
        before, after = _at(rows, start), _at(rows, end)
        if before is None and after is None:
            continue
        if before and after and before.hashdiff == after.hashdiff:
            continue
        yield {
            "type": "detail",
            "detail_code": code,
            "before": before and before.value,
            "after": after and after.value,
            "at": after.valid_from if after else _last_end(rows, end),
        }


def _field(
    lives: Sequence[Version],
    name: str,
    before: Version | None,
    after: Version | None,
    end: datetime,
) -> Change:
    """`at`: since when the part at the end of the period has held without a break; of one that does
    not live then, when the last one ended."""
    if after is None:
        named = [version for version in lives if _part(version, name) is not None]
        since = _last_end(named or lives, end)
    else:
        since = _run_began(lives, after, name)
    return {
        "type": "field",
        "field": name,
        "before": _part(before, name),
        "after": _part(after, name),
        "at": since,
    }


def _part(version: Version | None, name: str) -> str | None:
    part: str | None = getattr(version, name) if version else None
    return part


def _life_began(lives: Sequence[Version], last: Version) -> datetime:
    began = last
    for version in reversed(lives):
        if version.valid_to == began.valid_from:
            began = version
    return began.valid_from


def _run_began(lives: Sequence[Version], last: Version, name: str) -> datetime:
    """Since when the name (or type) of this version has been the same without a break."""
    began = last
    for version in reversed(lives):
        if version.valid_to == began.valid_from:
            if _part(version, name) != _part(last, name):
                break
            began = version
    return began.valid_from


def _last_end(rows: Sequence[Version], end: datetime) -> datetime:
    return max(row.valid_to for row in rows if row.valid_to is not None and row.valid_to <= end)


def _at(rows: Iterable[Version], at: datetime) -> Version | None:
    return next((row for row in rows if row.holds_at(at)), None)


def _by_valid_from(versions: Iterable[Version]) -> list[Version]:
    return sorted(versions, key=lambda version: version.valid_from)


def _details_of(versions: Iterable[Version]) -> dict[str, list[Version]]:
    details: dict[str, list[Version]] = {}
    for version in versions:
        if version.detail_code:
            details.setdefault(version.detail_code, []).append(version)
    return details
