"""Merges as a customer's pages tell them on both sides: who came to it, and where it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers import merging, queries
from customers.other_names import Replaced, replaced_by_merges
from customers.web.sentences import MERGED, kind_of
from entities.assertions import DISTINCT_PREFIX, MERGED_INTO
from events import log

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Merges:
    """`acts` = the customer's events, each with what it says of another customer, and those of
    others that say something of it. `losers` = of the latter the merges: who came to it.
    `replaced` = the values that gave way to some of theirs."""

    acts: list[Row]
    losers: list[Row]
    replaced: list[Replaced]


def merges_of(uid: UUID, events: Sequence[Row]) -> Merges:
    """Around this customer, whose events as `history` gives them are at hand."""
    told = _told(uid, events)
    names = queries.names_of(set(told.values())) if told else {}
    acts = [_with_other(event, told, names) for event in events]
    come = [_come(row, events) for row in merging.other_side(entity_uid=uid)]
    losers = [row for row in come if kind_of(row) == MERGED]
    replaced = replaced_by_merges([uid]).get(uid, []) if losers else []
    return Merges([*acts, *come], losers, replaced)


def _told(uid: UUID, events: Sequence[Row]) -> dict[str, UUID]:
    """Event id → whom it is about beside the customer itself."""
    told = {
        str(event["event_id"]): UUID(code.removeprefix(DISTINCT_PREFIX))
        for event in events
        for code in event["codes"]
        if code.startswith(DISTINCT_PREFIX)
    }
    if any(kind_of(event) == MERGED for event in events):
        merges = log.events_of([uid], attributes=[MERGED_INTO])[uid]
        told |= {str(one.event_id): UUID(one.data["into"]) for one in merges if "into" in one.data}
    return told


def _with_other(event: Row, told: Mapping[str, UUID], names: Mapping[UUID, str]) -> Row:
    other = told.get(str(event["event_id"]))
    if other is None:
        return event
    return {**event, "side": "loser", "other_uid": str(other), "other": names.get(other, "")}


def _come(row: Row, events: Sequence[Row]) -> Row:
    """`taken` = how many values came with it: those of the survivor's events of that request."""
    beside = [one for one in events if one["request_id"] == row["request_id"]]
    return {
        **row,
        "side": "survivor",
        "other_uid": str(row["other"]),
        "other": row["other_name"] or "",
        "taken": sum(len(one["details"]) for one in beside),
    }
