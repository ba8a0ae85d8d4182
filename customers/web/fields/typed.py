"""Between the form of a field and its parts: what was typed, what is held, what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from customers.web.edge import text_of
from customers.web.fields.words import CLASSES
from customers.web.inputs import Field as Input
from customers.web.inputs import Kind
from entities.definitions import (
    DEFAULTS,
    FIELD_PARTS,
    MAX_FORM_LENGTH,
    MAX_HELP_LENGTH,
    MAX_KEY_LENGTH,
    MAX_LABEL_LENGTH,
    OPTIONS,
    ORDER,
    TYPE,
)
from entities.fields import Field
from entities.value_rules import FORM_IN_WORDS, MAX_LENGTH
from entities.values import VALUE_TYPES

NAMES = {part.lower(): part for part in FIELD_PARTS}
MAX_REASON = 2_000
_NUMBERS = (ORDER, MAX_LENGTH)
_CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "type": tuple((one, one) for one in VALUE_TYPES),
    "class": tuple(CLASSES.items()),
}
_LABELS: Mapping[str, tuple[str, str]] = {
    "label": ("Label", "What people will read beside it."),
    "key": ("Key", "Its name for programs, for ever: small letters, digits and underscores."),
    "type": ("Type", "Cannot change once the field was authorised."),
    "options": ("Options", "Of a choice only: one on each line."),
    "class": ("Personal data", "Retention goes by it, and the decision should."),
    "help": ("Help text", "Stands below the field in the form."),
    "order": ("Place in the form", "A number; blank: after those that have one."),
    "min": ("At least", "Of a number or a date."),
    "max": ("At most", "Of a number or a date."),
    "max_length": ("Longest", "Of a text, e-mail or web address, in characters."),
    "format": ("Looks like", f"Of a text, as in AA-999: {FORM_IN_WORDS}."),
}
_LIMITS = {"label": MAX_LABEL_LENGTH, "key": MAX_KEY_LENGTH, "help": MAX_HELP_LENGTH}
_RULES = ("min", "max", "max_length", "format")

FIXED_TYPE = "It was authorised with this type, which cannot change any more."


@dataclass(frozen=True, slots=True)
class Shown:
    """The inputs of a form: what it is, and what its values have to be."""

    main: list[Input]
    rules: list[Input]


def read(request: HttpRequest) -> dict[str, str]:
    """As it was typed, by name."""
    return {name: text_of(request.POST, name) for name in ("key", "reason", *NAMES)}


def parts_of(typed: Mapping[str, str], *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What the services are told; blank = nothing."""
    return {part: _part(part, typed[name]) for name, part in NAMES.items() if name not in but}


def _part(part: str, text: str) -> Any:
    if part == OPTIONS:
        return [line.strip() for line in text.splitlines() if line.strip()] or None
    if part in _NUMBERS and text.isascii() and text.isdigit():
        return int(text[:18])
    return text or None


def of_field(field: Field) -> dict[str, str]:
    """What is held, as a form shows it."""
    held: dict[str, Any] = {
        "key": field.key,
        "label": field.label,
        "type": field.type,
        "options": "\n".join(field.options),
        "class": field.data_class,
        "help": field.help,
        "order": field.order,
        **{name: field.rules.get(name.upper()) for name in _RULES},
    }
    return {name: "" if value is None else str(value) for name, value in held.items()}


def nothing() -> dict[str, str]:
    """A form that nobody has filled in."""
    return {"type": str(DEFAULTS[TYPE]), "class": ""}


def inputs(
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    is_new: bool,
    is_type_fixed: bool = False,
) -> Shown:
    main = ["label", *(["key"] if is_new else []), "type", "class", "options", "help", "order"]
    made = {
        name: _input(name, typed.get(name, ""), errors.get(name, ""))
        for name in (*main, *_RULES)
        if not (is_type_fixed and name == "type")
    }
    return Shown([made[name] for name in main if name in made], [made[name] for name in _RULES])


def labels() -> dict[str, str]:
    return {name: label for name, (label, _) in _LABELS.items()} | {"reason": "Why"}


def _input(name: str, value: str, error: str) -> Input:
    label, hint = _LABELS[name]
    choices = _CHOICES.get(name, ())
    if name == "class" and not value:
        choices = (("", "choose"), *choices)
    kind: Kind = "choice" if choices else "long" if name == "options" else "text"
    return Input(
        name=name,
        label=label,
        value=value,
        hint=hint,
        error=error,
        kind=kind,
        limit=_LIMITS.get(name, MAX_FORM_LENGTH if kind == "text" else 40_000),
        choices=choices,
    )
