"""Two customers beside each other: who stays, which values are taken, what comes out. Pure.

The sides of the form are "a" (left) and "b" (right) and stay where they are; which of the two is
the survivor is chosen in the form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from customers.rules import CODE_OF_KEY
from customers.web import wording

A, B = "a", "b"
SIDES = (A, B)
STAYS = "stays"
TAKE = "take:"


@dataclass(frozen=True, slots=True)
class MergeField:
    """One field of both customers. `chosen`: the side whose value is kept; values as written."""

    key: str
    label: str
    a: str
    b: str
    chosen: str
    result: str
    is_same: bool

    @property
    def name(self) -> str:
        return TAKE + self.key

    @property
    def a_runs(self) -> wording.Runs:
        return wording.marked(self.a, self.b)

    @property
    def b_runs(self) -> wording.Runs:
        return wording.marked(self.b, self.a)


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen in the form: who stays, and by field the side whose value is kept."""

    stays: str
    sides: Mapping[str, str]

    @property
    def leaves(self) -> str:
        return B if self.stays == A else A

    def taken(self) -> tuple[str, ...]:
        """The fields whose value comes from the one that leaves."""
        return tuple(key for key, side in self.sides.items() if side == self.leaves)


def choices(posted: Mapping[str, Any], *, default: str) -> Choices:
    """What the form says; whatever is no choice counts as not chosen."""
    stays = posted.get(STAYS)
    sides = {
        name.removeprefix(TAKE): str(side)
        for name, side in posted.items()
        if name.startswith(TAKE) and side in SIDES
    }
    return Choices(str(stays) if stays in SIDES else default, sides)


def completed(chosen: Choices, fields: Iterable[Any]) -> Choices:
    """Every field that differs gets a side: the survivor's, or the other's if only that has one.

    `fields` = those of a dry run: key, survivor, loser, is_same.
    """
    sides = {}
    for field in fields:
        if not field.is_same:
            usual = chosen.leaves if _is_empty(field.survivor) else chosen.stays
            sides[field.key] = chosen.sides.get(field.key, usual)
    return Choices(chosen.stays, sides)


def table(
    fields: Iterable[Any], chosen: Choices, labels: Mapping[str, str] | None = None
) -> list[MergeField]:
    """The rows of the form, from a dry run with these choices."""
    rows = []
    for field in fields:
        kept, left = (wording.in_words(value) for value in (field.survivor, field.loser))
        a, b = (kept, left) if chosen.stays == A else (left, kept)
        rows.append(
            MergeField(
                key=field.key,
                label=label(field.key, labels),
                a=a,
                b=b,
                chosen=chosen.sides.get(field.key, ""),
                result=wording.in_words(field.result),
                is_same=field.is_same,
            )
        )
    return rows


def label(key: str, labels: Mapping[str, str] | None = None) -> str:
    return wording.label(CODE_OF_KEY.get(key, key.upper()), labels)


def _is_empty(value: Any) -> bool:
    return value is None or value == ""
