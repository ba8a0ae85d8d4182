"""Between rows and JSON: explicit lists of what goes out and of what may come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.masking import masked_customer, masked_hit
from customers.rows import CustomerRow
from customers.rules import CODE_OF_KEY, Errors, check_value
from customers.search import Hit
from entities.http.serializers import instant, json_object
from entities.refusals import Invalid

READ_ONLY_KEYS = ("id", "created_at", "updated_at", "location_id", "display_name")


@dataclass(frozen=True, slots=True)
class CustomerBody:
    """What a caller says about a customer; `extra_fields` None = nothing said about them."""

    values: Mapping[str, Any]
    extra_fields: Mapping[str, Any] | None


def customer(row: CustomerRow, *, is_masked: bool = False) -> dict[str, Any]:
    shown = {
        "id": str(row.entity_uid),
        "surname": row.surname,
        "name": row.name,
        "dob": row.dob.isoformat() if row.dob else None,
        "document_number": row.document_number,
        "extra_fields": dict(row.extra_fields),
        "created_at": instant(row.created_at),
        "updated_at": instant(row.updated_at),
        "location_id": row.location_id,
        "display_name": row.shown_name,
    }
    return masked_customer(shown) if is_masked else shown


def hit(found: Hit, *, is_masked: bool = False) -> dict[str, Any]:
    """A customer with its score and, field by field, why it was found."""
    shown = {
        **customer(found.customer),
        "score": found.score,
        "why": [
            {"field": why.field, "verdict": why.verdict, "query": why.query, "value": why.value}
            for why in found.why
        ],
    }
    return masked_hit(shown) if is_masked else shown


def read_customer(body: Any) -> CustomerBody:
    """Keys of one's own GET answer that cannot be written are ignored; unknown ones are refused.

    Raises Invalid, ParseError.
    """
    body = json_object(body)
    errors: Errors = {
        key: ["Unknown field."]
        for key in body
        if key not in CODE_OF_KEY and key not in READ_ONLY_KEYS and key != "extra_fields"
    }
    extra_fields = body.get("extra_fields")
    if extra_fields is not None and not isinstance(extra_fields, dict):
        errors["extra_fields"] = ['Must be an object, like {"email": "name@example.org"}.']
    if errors:
        raise Invalid(errors)
    return CustomerBody({key: body[key] for key in CODE_OF_KEY if key in body}, extra_fields)


def read_check(body: Any) -> dict[str, str]:
    """The customer's question: a document number or both names, and the birth date.

    Raises Invalid, ParseError.
    """
    body = json_object(body)
    errors: Errors = {key: ["Unknown field."] for key in body if key not in CODE_OF_KEY}
    asked = {}
    for key in CODE_OF_KEY:
        value = body.get(key)
        value = value.strip() or None if isinstance(value, str) else value
        if found := check_value(CODE_OF_KEY[key], value):
            errors[key] = found
        elif value:
            asked[key] = value
    has_document = "document_number" in asked or "document_number" in errors
    needed = ("dob",) if has_document else ("surname", "name", "dob")
    for key in needed:
        if key not in asked:
            errors.setdefault(key, ["This field is required."])
    if errors:
        raise Invalid(errors)
    return asked
