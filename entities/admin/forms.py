"""What is typed in the admin → what the services are asked, and what they refuse → the form."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from entities import vocabulary
from entities.definitions import (
    CLASS,
    DATA_CLASSES,
    FIELD_PARTS,
    MAX_HELP_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_ORDER,
    OPTIONS,
    ORDINARY,
)
from entities.governance import DECISIONS
from entities.models import DetailType
from entities.value_rules import FORM_IN_WORDS
from entities.values import VALUE_TYPES
from events.clock import us_of
from events.errors import Refused

NOTHING = ("", "–")
AN_INSTANT = f"like 2024-01-15 10:30 ({settings.TIME_ZONE})"
SINCE = f"Blank: from now on. Otherwise since when it is true, {AN_INSTANT}."
NAMES = {CLASS: "field_class"}  # `class` is no name for Python
COMPUTED_NAME = "Made of surname and name; change those."


class Text(forms.CharField):
    """A text of any number of lines, whose ends browsers write in their own way."""

    widget = forms.Textarea(attrs={"rows": 1, "cols": 60})

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).replace("\r\n", "\n")


class ServiceForm(forms.Form):
    """Fields named as the services name them; `shown` in the order in which they are shown."""

    if_match = forms.CharField(required=False, widget=forms.HiddenInput)
    shown: tuple[str, ...] = ()
    is_stale = False  # would be refused however often it is sent

    @property
    def fieldsets(self) -> list[tuple[str | None, dict[str, Any]]]:
        return [(None, {"fields": [*self.shown, "if_match"]})]

    @property
    def expected(self) -> str | None:
        """The digest of what was seen when the form was opened."""
        return self.cleaned_data["if_match"] or None

    def field_of(self, name: str) -> str | None:
        """The field beside which an error of this name stands; None = above all."""
        return name if name in self.fields else None

    def tell(self, refusal: Refused) -> None:
        """What was refused, beside the fields it is about."""
        errors = refusal.extra.get("errors") if refusal.status == 400 else None
        if not isinstance(errors, Mapping):
            self.add_error(None, refusal.detail)
            return
        for name, sentences in errors.items():
            field = self.field_of(name)
            is_plain = field or name == "non_field_errors"
            told = [sentence if is_plain else f"{name}: {sentence}" for sentence in sentences]
            self.add_error(field, ValidationError(told))

    def tell_stale(self, name: str, address: str) -> None:
        """Who was changed meanwhile, with the way on; what was typed stays to be copied."""
        self.is_stale = True
        words = (
            "{} was changed by somebody else since you opened this page."
            ' <a href="{}">Open the page again</a>; nothing was saved.'
        )
        self.add_error(None, format_html(words, name, address))


class WishForm(ServiceForm):
    """A change, since when it is true, and why."""

    valid_from = forms.DateTimeField(
        required=False,
        label="Valid from",
        help_text=SINCE,
        error_messages={"invalid": f"Enter a date and a time {AN_INSTANT}."},
    )
    reason = forms.CharField(
        required=False, help_text="Kept with the event: it travels to all locations."
    )

    @property
    def since_us(self) -> int | None:
        instant = self.cleaned_data["valid_from"]
        return None if instant is None else us_of(instant)


class EntityForm(WishForm):
    entity_type = forms.ChoiceField(label="Entity type")
    display_name = forms.CharField(required=False, label="Display name")
    shown = ("entity_type", "display_name", "valid_from", "reason")

    def __init__(self, *args: Any, is_named: bool = False, **kwargs: Any) -> None:
        """`is_named`: the name follows from details."""
        super().__init__(*args, **kwargs)
        types = dict(vocabulary.entity_types())
        held = self.initial.get("entity_type")
        if held and held not in types:
            types[held] = f"{held} (not defined here yet)"
        self._field("entity_type").choices = list(types.items())
        self.fields["display_name"].required = bool(held) and not is_named
        if is_named:
            self.fields["display_name"].disabled = True
            self.fields["display_name"].help_text = COMPUTED_NAME

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def change_of(self, name: str) -> str | None:
        """Only what was changed: beside a computed name even the same one would be refused."""
        return self.cleaned_data[name] or None if name in self.changed_data else None


class NewEntityForm(EntityForm):
    """Here a person may be named by its details at once."""

    def __init__(self, *args: Any, types: Iterable[DetailType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = False  # details may make one
        self.codes = [one.code for one in types]
        for one in types:
            self.fields[one.code] = value_field(one)

    @property
    def fieldsets(self) -> list[tuple[str | None, dict[str, Any]]]:
        return [*super().fieldsets, ("Details", {"fields": self.codes})]

    def values(self) -> dict[str, str]:
        return {code: self.cleaned_data[code] for code in self.codes if self.cleaned_data[code]}


class DetailForm(WishForm):
    """A value that is there already. Services name its errors by its code."""

    shown = ("value", "valid_from", "reason")

    def __init__(self, *args: Any, code: str, kind: DetailType | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        field = value_field(kind) if kind else Text(help_text="This code is not defined here yet.")
        field.label, field.required = "Value", True
        self.fields["value"] = field

    def field_of(self, name: str) -> str | None:
        return "value" if name == self.code else super().field_of(name)


class NewDetailForm(WishForm):
    entity_uid = forms.UUIDField(label="Entity", help_text="The id of the entity.")
    detail_code = forms.ChoiceField(label="Detail type")
    value = Text(help_text="As its type has it: 1987-06-04, 12.50, true; of a choice an option.")
    shown = ("entity_uid", "detail_code", "value", "valid_from", "reason")

    def __init__(self, *args: Any, types: Iterable[DetailType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["detail_code"]
        choices.choices = [(one.code, f"{one.code} · {one.label}") for one in types]

    def field_of(self, name: str) -> str | None:
        is_value = name == self.cleaned_data.get("detail_code")
        return "value" if is_value else super().field_of(name)


class ReasonForm(ServiceForm):
    """The end of something, or its return, and why."""

    reason = forms.CharField(required=False)
    shown = ("reason",)


class DetailTypeForm(ServiceForm):
    """A new field, or one that is there: what it is, what it asks of values, what is decided."""

    code = forms.CharField(
        max_length=64, help_text="Letters, digits and underscores, like MIDDLE_NAME."
    )
    label = forms.CharField(max_length=MAX_LABEL_LENGTH)
    type = forms.ChoiceField(help_text="Cannot change any more once it was authorised.")
    options = Text(required=False, help_text="Of a choice only: one on each line.")
    field_class = forms.ChoiceField(label="Personal data", required=False, initial=ORDINARY)
    help = forms.CharField(required=False, label="Help text", max_length=MAX_HELP_LENGTH)
    order = forms.IntegerField(required=False, min_value=0, max_value=MAX_ORDER)
    min = forms.CharField(required=False, help_text="Of a number or a date.")
    max = forms.CharField(required=False, help_text="Of a number or a date.")
    max_length = forms.IntegerField(required=False, min_value=1, help_text="Of a text or address.")
    format = forms.CharField(required=False, help_text=f"Of a text: {FORM_IN_WORDS}.")
    decision = forms.ChoiceField(required=False)
    reason = forms.CharField(
        required=False, help_text="Kept with the event: it travels to all locations."
    )

    def __init__(self, *args: Any, status: str = "", is_type_fixed: bool = False, **kwargs: Any):
        """`status`: of one that is there; then it may be decided about."""
        super().__init__(*args, **kwargs)
        self._offer("type", [(one, one) for one in VALUE_TYPES])
        self._offer("field_class", [(one, one.replace("_", " ")) for one in DATA_CLASSES])
        self.fields["code"].disabled = bool(status)
        self.fields["type"].disabled = is_type_fixed
        decisions = [one for one in DECISIONS.get(status, ()) if one != status]
        self._offer("decision", [("", f"{status}, as it is"), *((one, one) for one in decisions)])
        if not status:
            del self.fields["decision"]
        self.shown = tuple(name for name in self.fields if name != "if_match")

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def field_of(self, name: str) -> str | None:
        return "field_class" if name == "class" else super().field_of(name)

    def parts(self) -> dict[str, Any]:
        """As the services are told; blank = nothing."""
        given = {part: self.cleaned_data.get(NAMES.get(part, part.lower())) for part in FIELD_PARTS}
        lines = str(given[OPTIONS] or "").split("\n")
        given[OPTIONS] = [line.strip() for line in lines if line.strip()]
        given[CLASS] = given[CLASS] or ORDINARY
        return {part: None if value in ("", []) else value for part, value in given.items()}


class EntityTypeForm(ServiceForm):
    code = forms.CharField(max_length=64, help_text="Letters, digits and underscores, like SCHOOL.")
    label = forms.CharField(max_length=MAX_LABEL_LENGTH)
    shown = ("code", "label")

    def __init__(self, *args: Any, is_defined: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = is_defined


def value_field(kind: DetailType) -> forms.Field:
    """A field for values of this type. It only helps to type; the service checks."""
    if kind.value_type == "choice":
        options = [(option, option) for option in kind.options]
        return forms.ChoiceField(required=False, label=kind.label, choices=[NOTHING, *options])
    if kind.value_type == "boolean":
        words = [(word, word) for word in ("true", "false")]
        return forms.ChoiceField(required=False, label=kind.label, choices=[NOTHING, *words])
    hint = "A date like 1987-06-04." if kind.value_type == "date" else ""
    if kind.value_type == "text":
        return Text(required=False, label=kind.label)
    return forms.CharField(required=False, label=kind.label, help_text=hint)


def as_text(value: Any) -> str:
    """A stored value as a field shows it, and as the service reads it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
