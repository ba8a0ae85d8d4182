"""An audit entry as a sentence: its action's telling with what the entry knows. Pure.

Names are given by the caller, who reads them at the moment of showing: none is in the entry.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from customers.web import wording
from customers.web.sentences import Piece
from customers.web.transactions.tellings import EVENTS, REASONS, TELLINGS, Telling

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# What is counted, as the tellings write it: of many.
COUNTED = re.compile(r"(?<={count} )((?:audit )?[a-z]+?)(ies|s)\b")
SOMEBODY = "a customer"
ANOTHER = "another customer"
# Of a change with more fields their number is said.
MOST_FIELDS = 3
# What codes say beside the names of fields, in a word after the sentence.
NOTES: Mapping[str, str] = {
    "replayed": "asked again with the same key, answered as before",
    "duplicate_allowed": "although the document was listed already",
}

Labels = Mapping[str, str]
Pieces = tuple[Piece, ...]


class Told(Protocol):
    """What of an entry its sentence needs."""

    @property
    def action(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def entity_uid(self) -> UUID | None: ...
    @property
    def codes(self) -> Sequence[str]: ...
    @property
    def hit_ids(self) -> Sequence[UUID]: ...
    @property
    def event_ids(self) -> Sequence[UUID]: ...
    @property
    def result_count(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Received:
    """A change told as if it had been made here: what of it a sentence needs."""

    action: str
    entity_uid: UUID | None
    codes: Sequence[str]
    hit_ids: Sequence[UUID] = ()
    event_ids: Sequence[UUID] = ()
    outcome: str = "ok"
    result_count: int | None = 1


@dataclass(frozen=True, slots=True)
class Name:
    """What may be shown of an entity now. `text` is empty for what has no name any more; `said`
    is a word about it ("taken off the list")."""

    uid: UUID
    text: str
    said: str = ""
    is_customer: bool = True

    @property
    def pieces(self) -> Pieces:
        if not self.text:
            return (Piece("text", self.said or f"an unknown entity {str(self.uid)[:8]}…"),)
        kind = "customer" if self.is_customer else "name"
        after = (Piece("text", f" ({self.said})"),) if self.said else ()
        return (Piece(kind, self.text, str(self.uid)), *after)


Names = Mapping[UUID, Name]


def sentence(entry: Told, *, names: Names, labels: Labels, origins: Sequence[str] = ()) -> Pieces:
    """What was done, or tried: "Changed surname of Smith, Alice"."""
    telling = telling_of(entry.action)
    is_done = entry.outcome == "ok"
    template = telling.done if is_done else telling.attempt
    lead = () if is_done else (Piece("text", "Tried to "),)
    pieces = (*lead, *_filled(template, entry, names, labels, origins))
    if entry.entity_uid and "{subject}" not in template and "{codes}" not in telling.done:
        pieces += (Piece("text", ", about "), *_name(entry.entity_uid, names))
    notes = [NOTES[code] for code in entry.codes if code in NOTES]
    return (*pieces, Piece("text", f"; {'; '.join(notes)}")) if notes else pieces


def plain(pieces: Pieces) -> str:
    return "".join(piece.text for piece in pieces)


def reason(entry: Told) -> str:
    """Why it was refused or failed: "document already listed"."""
    is_named = "{codes}" in telling_of(entry.action).attempt  # of what was tried itself
    codes = entry.codes[1:] if is_named else entry.codes
    return ", ".join(REASONS.get(code, code.replace("_", " ")) for code in codes)


def uids_in(entry: Told) -> set[UUID]:
    """Whose names the sentence shows."""
    other = _other(entry)
    return {uid for uid in (entry.entity_uid, other) if uid}


def name_of_action(action: str) -> str:
    """What the filter calls it."""
    return telling_of(action).name


def telling_of(action: str) -> Telling:
    """Also of an action of a later version, or one that was taken off the list since."""
    known = TELLINGS.get(action) or EVENTS.get(action)
    if known:
        return known
    words = action.replace("_", " ").replace(".", ": ")
    return Telling(words, f"Did {words}", f"do {words}")


def _filled(
    template: str, entry: Told, names: Names, labels: Labels, origins: Sequence[str]
) -> Pieces:
    if entry.result_count == 1:
        template = COUNTED.sub(
            lambda found: found[1] + ("y" if found[2] == "ies" else ""), template
        )
    pieces: list[Piece] = []
    for place, part in enumerate(PLACEHOLDER.split(template)):
        if not place % 2:
            pieces += [Piece("text", part)] if part else []
        elif part == "subject":
            pieces += _name(entry.entity_uid, names)
        elif part == "other":
            pieces += _name(_other(entry), names, nobody=ANOTHER)
        else:
            pieces.append(Piece("text", _words(part, entry, labels, origins)))
    return tuple(pieces)


def _of_one(found: re.Match[str]) -> str:
    return found[1] + ("y" if found[2] == "ies" else "")


def _words(part: str, entry: Told, labels: Labels, origins: Sequence[str]) -> str:
    count = entry.result_count
    if part == "fields":
        return _fields(entry.codes, labels)
    if part == "codes":
        return listed(entry.codes if entry.outcome == "ok" else entry.codes[:1]) or "nothing"
    if part == "found":
        return f"found {count:,}" if count else "found nothing"
    if part == "shown":
        return f"{count:,} shown" if count else "none shown"
    if part == "changes":
        changes = len(entry.event_ids) or count or 0
        return f"{changes:,} change{'s' if changes != 1 else ''}"
    if part == "origins":
        return listed(origins) or "another location"
    return f"{count or 0:,}"


def _fields(codes: Collection[str], labels: Labels) -> str:
    fields = [code for code in codes if code not in NOTES]
    if not fields:
        return "nothing"
    if len(fields) > MOST_FIELDS:
        return f"{len(fields)} values"
    return listed([wording.within_sentence(wording.label(code, labels)) for code in fields])


def listed(words: Sequence[str]) -> str:
    """ "loc2 and loc3"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _other(entry: Told) -> UUID | None:
    """The second of those whom a merge or a telling apart is about."""
    if "{other}" not in telling_of(entry.action).done:
        return None
    return next((uid for uid in entry.hit_ids if uid != entry.entity_uid), None)


def _name(uid: UUID | None, names: Names, *, nobody: str = SOMEBODY) -> Pieces:
    if uid is None:
        return (Piece("text", nobody),)
    return (names.get(uid) or Name(uid, "")).pieces
