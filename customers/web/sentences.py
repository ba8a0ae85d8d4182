"""A customer's events as sentences by day ("agent7 at loc2 changed surname from … to …"): pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from customers.web import wording

Row = Mapping[str, Any]
Labels = Mapping[str, str]

# A value said to be true this much before it was recorded is worth a word.
BACK_DATED = timedelta(minutes=1)

MERGED = "entity.merged"
UNMERGED = "entity.unmerged"
DISTINGUISHED = "entity.distinguished"

# Icon and tone per event type without its version; the rest is said by `_told`.
ICONS = {
    "entity.created": ("plus", "plus"),
    "entity.updated": ("pencil", ""),
    "entity.deleted": ("trash-2", "bad"),
    "entity.restored": ("rotate-ccw", "plus"),
    "entity.merged": ("merge", "past"),
    "entity.unmerged": ("split", "past"),
    "entity.distinguished": ("users-round", ""),
    "entity.erased": ("eraser", "bad"),
    "erasure.scheduled": ("eraser", "bad"),
    "erasure.cancelled": ("undo-2", ""),
    "hold.placed": ("shield", ""),
    "entity.restricted": ("lock", ""),
    "entity.unrestricted": ("lock", ""),
    "hold.lifted": ("shield", ""),
    "conflict.resolved": ("git-compare-arrows", ""),
    "event.voided": ("undo-2", "past"),
}
PLAIN = {
    "entity.deleted": "took this customer off the list",
    "entity.restored": "put this customer back on the list",
    "entity.merged": "merged this customer into another",
    "entity.unmerged": "took the merge of this customer back",
    "entity.distinguished": "said that this customer and another are different persons",
    "entity.erased": "erased this customer",
    "erasure.scheduled": "scheduled the erasure of this customer",
    "erasure.cancelled": "cancelled the erasure of this customer",
    "hold.placed": "placed a hold on this customer",
    "entity.restricted": "restricted the processing of this customer",
    "entity.unrestricted": "lifted the restriction of this customer",
    "hold.lifted": "lifted a hold from this customer",
    "event.voided": "took one event back",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence. kind: text, actor, location, name, customer, old, new, day, quote."""

    kind: str
    text: str
    other: str = ""  # what an old or new value is compared with; the id of a customer

    @property
    def runs(self) -> wording.Runs:
        return wording.marked(self.text, self.other) or ((self.text, False),)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of the timeline. `holds` = codes whose value of this event still holds; `unmerge` =
    the id of the one that came by it and could be taken out again."""

    event_id: str
    at: datetime
    icon: str
    tone: str
    pieces: tuple[Piece, ...]
    location_id: str
    sequence: int | None
    codes: tuple[str, ...]
    holds: tuple[str, ...]
    unmerge: str = ""

    @property
    def sentence(self) -> str:
        """The sentence as plain text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def undo_code(self) -> str:
        """The one field that undoing this act would bring back; empty when it cannot be undone."""
        return self.holds[0] if len(self.codes) == 1 and self.holds else ""

    @property
    def is_replaced(self) -> bool:
        return bool(self.codes) and not self.holds


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    entries: tuple[Entry, ...]


def timeline(
    *, events: Sequence[Row], history: Iterable[Row], labels: Labels, zone: tzinfo
) -> list[Day]:
    """All acts about one customer, newest first, by day in `zone`. Events in any order."""
    holds = {str(row["event_id"]) + row["detail_code"] for row in history if _holds_now(row)}
    befores = values_before(events)
    entries = [_entry(event, befores[str(event["event_id"])], holds, labels) for event in events]
    entries.sort(key=lambda entry: (entry.at, entry.event_id), reverse=True)
    days = groupby(entries, key=lambda entry: entry.at.astimezone(zone).date())
    return [Day(day, tuple(found)) for day, found in days]


def values_before(events: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Per event id the values that its fields had before it, in the order of valid time."""
    ordered = sorted(events, key=lambda event: (_true_from(event), _at(event), _order(event)))
    held: dict[str, Any] = {}
    before: dict[str, dict[str, Any]] = {}
    for event in ordered:
        details = event.get("details") or {}
        before[str(event["event_id"])] = {code: held.get(code) for code in details}
        held.update(details)
    return before


def _order(event: Row) -> tuple[str, str]:
    return str(event.get("origin") or ""), str(event["event_id"])


def _holds_now(row: Row) -> bool:
    return row["type"] == "detail" and row["valid_to"] is None


def _at(event: Row) -> datetime:
    return wording.instant(event["at"])


def _true_from(event: Row) -> datetime:
    return wording.instant(event.get("valid_from") or event["at"])


def kind_of(event: Row) -> str:
    """The event's type without its version."""
    return str(event["type"]).rsplit(".v", 1)[0]


def _entry(event: Row, before: Row, holds: set[str], labels: Labels) -> Entry:
    icon, tone = ICONS.get(kind_of(event), ("info", ""))
    details = event.get("details") or {}
    event_id = str(event["event_id"])
    is_change = kind_of(event) in ("entity.updated", "conflict.resolved")
    return Entry(
        event_id=event_id,
        at=_at(event),
        icon=icon,
        tone=tone,
        pieces=sentence(event=event, before=before, labels=labels),
        location_id=event["location_id"],
        sequence=event.get("sequence"),
        codes=tuple(details) if is_change else (),
        holds=tuple(code for code in details if event_id + code in holds),
        unmerge=event["other_uid"] if _came_here(event) else "",
    )


def _came_here(event: Row) -> bool:
    return kind_of(event) == MERGED and event.get("side") == "survivor"


def sentence(*, event: Row, before: Row, labels: Labels) -> tuple[Piece, ...]:
    """Who at where did what, since when it is true, and why."""
    pieces = [
        Piece("actor", event["actor"]),
        Piece("text", " at "),
        Piece("location", event["location_id"]),
        Piece("text", " "),
        *_told(event, before, labels),
    ]
    if _at(event) - _true_from(event) >= BACK_DATED:
        pieces += [Piece("text", ", true since "), Piece("day", _true_from(event).isoformat())]
    pieces.append(Piece("text", "."))
    if event.get("reason"):
        pieces += [Piece("text", " "), Piece("quote", event["reason"])]
    return tuple(pieces)


def _told(event: Row, before: Row, labels: Labels) -> list[Piece]:
    kind = kind_of(event)
    if kind == "entity.created":
        return _created(event)
    if kind in ("entity.updated", "conflict.resolved"):
        lead = [Piece("text", "decided: ")] if kind == "conflict.resolved" else []
        return lead + _changed(event, before, labels)
    if event.get("other"):
        return _told_of_another(kind, event)
    return [Piece("text", PLAIN.get(kind, f"recorded {kind}"))]


def _told_of_another(kind: str, event: Row) -> list[Piece]:
    other = Piece("customer", event["other"], event["other_uid"])
    if kind == DISTINGUISHED:
        return [
            Piece("text", "said that this customer and "),
            other,
            Piece("text", " are different persons"),
        ]
    if not _came_here(event):
        return [Piece("text", "merged this customer into "), other]
    taken = event.get("taken", 0)
    values = f"; {taken} value{'s' if taken != 1 else ''} came with it" if taken else ""
    return [Piece("text", "merged "), other, Piece("text", f" into this customer{values}")]


def _created(event: Row) -> list[Piece]:
    details = {code: value for code, value in (event.get("details") or {}).items() if value}
    parts = [wording.in_words(details[code]) for code in ("SURNAME", "NAME") if code in details]
    name = ", ".join(parts) or event.get("display_name") or "this customer"
    count = f" with {len(details)} value{'s' if len(details) != 1 else ''}" if details else ""
    return [Piece("text", "put "), Piece("name", name), Piece("text", f" on the list{count}")]


def _changed(event: Row, before: Row, labels: Labels) -> list[Piece]:
    changes = [
        _change(code, before.get(code), value, labels)
        for code, value in (event.get("details") or {}).items()
    ]
    if event.get("display_name"):
        changes.append([Piece("text", "named it "), Piece("name", event["display_name"])])
    return _joined(changes) or [Piece("text", "changed nothing that is shown here")]


def _change(code: str, was: Any, value: Any, labels: Labels) -> list[Piece]:
    field = wording.within_sentence(wording.label(code, labels))
    old, new = wording.in_words(was), wording.in_words(value)
    if not new:
        tail = [Piece("text", " (was "), Piece("old", old), Piece("text", ")")] if old else []
        return [Piece("text", f"removed {field}"), *tail]
    if not old or old == new:
        return [Piece("text", f"set {field} to "), Piece("new", new)]
    return [
        Piece("text", f"changed {field} from "),
        Piece("old", old, new),
        Piece("text", " to "),
        Piece("new", new, old),
    ]


def _joined(parts: Sequence[list[Piece]]) -> list[Piece]:
    joined: list[Piece] = []
    for place, part in enumerate(parts):
        if place:
            joined.append(Piece("text", " and " if place == len(parts) - 1 else ", "))
        joined += part
    return joined
