"""Between the forms of customers and values: what was typed, what is held, what to say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from uuid_utils.compat import uuid7

from customers.extra_fields import ExtraFieldType
from customers.person_rules import DuplicateDocument
from customers.rows import CustomerRow
from customers.rules import CODE_OF_KEY, MAX_EXTRA_LENGTH, MAX_LENGTH
from customers.search.query_reading import read_query
from customers.search.search import MAX_QUERY_LENGTH
from customers.web import suggestions, wording
from customers.web.edge import text_of
from customers.web.inputs import Field, Kind, UnreadableDateError, read_date
from entities.refusals import Exists, Invalid

EXTRA = "x-"
WAS = "was:"
CHOOSE = "choose:"
NOT_NEEDED = "Or leave the date out for now."
DOCUMENT_HINT = "Compared without spaces, case and separators"
TWIN = "A listed customer has this document number: see “Already on the list?”."
LOOK_FIRST = (
    "Someone on the list is very much alike. Open them, mark them as a different person, or create "
    "anyway."
)
LONG_FIELDS = frozenset({"notes", "address"})
# Of what is typed in one line: the kind of its input.
KINDS: Mapping[str, Kind] = {
    "date": "date",
    "integer": "whole",
    "decimal": "number",
    "email": "email",
    "phone": "tel",
    "url": "url",
    "choice": "choice",
    "boolean": "choice",
}
NOT_RECORDED = ("", "not recorded")
YES_OR_NO = (("true", "yes"), ("false", "no"))
MAX_DATE = 30  # characters
MAX_DIFFERENT = 20  # more than a panel shows


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, as typed and as read ("" = nothing), and what is wrong with it by field."""

    raw: Mapping[str, str]
    values: Mapping[str, str]
    errors: Mapping[str, str]


def labels(types: Iterable[ExtraFieldType]) -> dict[str, str]:
    """Form name → label, in the order of the form."""
    named = {key: wording.label(code) for key, code in CODE_OF_KEY.items()}
    for one in types:
        named[EXTRA + one.key] = wording.LABELS.get(one.key.upper(), one.label)
    return named


def held_values(customer: CustomerRow, types: Iterable[ExtraFieldType]) -> dict[str, str]:
    """The customer's values now, by form name; "" for what is not recorded."""
    core = {
        "surname": customer.surname,
        "name": customer.name,
        "dob": customer.dob.isoformat() if customer.dob else None,
        "document_number": customer.document_number,
    }
    extras = {EXTRA + one.key: customer.extra_fields.get(one.key) for one in types}
    return {name: _as_text(value) for name, value in {**core, **extras}.items()}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def worded(values: Mapping[str, str]) -> dict[str, str]:
    """As the form shows them: a birth date in words, which it reads as well."""
    return {**values, "dob": wording.in_words(values.get("dob", ""))}


def filled_in(request: HttpRequest) -> dict[str, str]:
    """The values a search hands over: its words, and in `as` where each of its parts shall go."""
    q = text_of(request.POST, "q")[:MAX_QUERY_LENGTH]
    parts = suggestions.parts(q, read_query(q=q, today=timezone.localdate()))
    filled = suggestions.values(parts, request.POST.getlist("as"))
    return worded(filled) if "dob" in filled else filled


def read_form(request: HttpRequest, types: Iterable[ExtraFieldType]) -> Typed:
    raw = {name: text_of(request.POST, name) for name in labels(types)}
    values, errors = dict(raw), {}
    days = {"dob"} | {EXTRA + one.key for one in types if one.type == "date"}
    for name in days:
        if raw.get(name):
            try:
                values[name] = read_date(raw[name], today=timezone.localdate()).isoformat()
            except UnreadableDateError as error:
                errors[name] = f"{error} {NOT_NEEDED}"
    return Typed(raw, values, errors)


def posted(request: HttpRequest, prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): text_of(request.POST, name)
        for name in request.POST
        if name.startswith(prefix)
    }


def core_values(values: Mapping[str, str]) -> dict[str, str | None]:
    return {name: value or None for name, value in values.items() if name in CODE_OF_KEY}


def extra_values(values: Mapping[str, str], was: Mapping[str, str]) -> dict[str, str | None]:
    """Extra fields that differ from what was there; "" takes a value away."""
    return {
        name.removeprefix(EXTRA): value or None
        for name, value in values.items()
        if name.startswith(EXTRA) and value != was.get(name, "")
    }


def different(request: HttpRequest) -> set[str]:
    """Ids of those who were marked as different persons."""
    uids = map(uid_of, request.POST.getlist("different")[:MAX_DIFFERENT])
    return {str(uid) for uid in uids if uid}


def uid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def key_of(request: HttpRequest) -> UUID:
    """The id made with the form, so that sending it twice creates one customer."""
    return uid_of(request.POST.get("key", "")) or uuid7()


def etag_of(customer: CustomerRow) -> str:
    return (customer.digest or b"").hex()


def sentences_of(refusal: Invalid | DuplicateDocument | Exists) -> dict[str, str]:
    """Form name → what is wrong; "" for what belongs to no field."""
    if isinstance(refusal, DuplicateDocument):
        return {"document_number": TWIN}
    if isinstance(refusal, Exists):
        return {"": "This form was sent before with other values. Open that customer to edit it."}
    found: dict[str, str] = {}
    for key, sentences in refusal.errors.items():
        for sentence in sentences:
            name, said = key, sentence
            if key == "extra_fields" and ": " in sentence:
                field, said = sentence.split(": ", 1)
                name = EXTRA + field
            found[name if name != "non_field_errors" else ""] = said
    return found


def field_of(
    name: str,
    label: str,
    shown: Mapping[str, str],
    errors: Mapping[str, str],
    kind: ExtraFieldType | None = None,
) -> Field:
    """`kind`: of an extra field."""
    if kind is not None:
        return _extra_field(kind, name, label, shown.get(name, ""), errors.get(name, ""))
    return Field(
        name=name,
        label=label,
        value=shown.get(name, ""),
        hint=DOCUMENT_HINT if name == "document_number" else "",
        error=errors.get(name, ""),
        kind="date" if name == "dob" else "text",
        limit=MAX_DATE if name == "dob" else MAX_LENGTH[CODE_OF_KEY[name]],
    )


def _extra_field(kind: ExtraFieldType, name: str, label: str, value: str, error: str) -> Field:
    """Below it what belongs there, in the words of whoever proposed it and by its rules."""
    shown_as: Kind = "long" if kind.key in LONG_FIELDS else KINDS.get(kind.type, "text")
    limit = MAX_DATE if shown_as == "date" else MAX_EXTRA_LENGTH
    return Field(
        name=name,
        label=label,
        value=value,
        hint=" ".join(f"{said.rstrip('.')}." for said in (kind.help, kind.check) if said),
        error=error,
        kind=shown_as,
        limit=limit,
        choices=_choices(kind, value) if shown_as == "choice" else (),
    )


def _choices(kind: ExtraFieldType, value: str) -> tuple[tuple[str, str], ...]:
    """A value that is offered no more stays to be chosen: it was not this form that took it."""
    offered = YES_OR_NO if kind.type == "boolean" else tuple((one, one) for one in kind.options)
    is_gone = value and value not in dict(offered)
    return (NOT_RECORDED, *offered, *([(value, f"{value} (not offered any more)")] * bool(is_gone)))


def example_of(kind: ExtraFieldType) -> Field:
    """The field as the form of customers will have it."""
    return _extra_field(kind, EXTRA + kind.key, kind.label, "", "")


def long_last(fields: Iterable[Field]) -> list[Field]:
    """The extra fields, those over the whole width after those of half a width."""
    extras = [field for field in fields if field.name.startswith(EXTRA)]
    return sorted(extras, key=lambda field: field.kind == "long")
