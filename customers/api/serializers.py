"""Between rows and JSON: explicit lists of what goes out and of what may come in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.duplicates.work_list import Pair
from customers.masking import masked_customer, masked_hit
from customers.merging import Preview
from customers.rows import CustomerRow
from customers.rules import CODE_OF_KEY, MAX_LENGTH, Errors, check_value
from customers.search.search import MAX_QUERY_LENGTH, Hit, Why
from entities.http.parameters import uid_of
from entities.http.serializers import NO_TEXT, instant, json_object
from entities.refusals import Invalid, NotFound

READ_ONLY_KEYS = ("id", "created_at", "updated_at", "location_id", "display_name")
MERGE_KEYS = ("into", "take", "reason")
NO_UID = "Must be the id of a customer."
NO_EVIDENCE = "Give at least a surname, a name, a birth date or a document number."


@dataclass(frozen=True, slots=True)
class CustomerBody:
    """What a caller says about a customer; `extra_fields` None = nothing said about them."""

    values: Mapping[str, Any]
    extra_fields: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class MergeBody:
    """Into which customer; `take` = the keys whose values come from the merged one."""

    into: UUID
    take: tuple[str, ...]
    reason: str | None


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
        "why": _reasons(found.why),
        "also_named": found.also_named,
    }
    return masked_hit(shown) if is_masked else shown


def pair(found: Pair) -> dict[str, Any]:
    """Two customers who may be one person, and why."""
    return {
        "a": customer(found.a),
        "b": customer(found.b),
        "score": found.score,
        "why": _reasons(found.why),
        "found_at": instant(found.found_at),
    }


def preview(found: Preview) -> dict[str, Any]:
    """What a merge would do."""
    return {
        "survivor": customer(found.survivor),
        "loser": customer(found.loser),
        "fields": [
            {
                "key": field.key,
                "survivor": field.survivor,
                "loser": field.loser,
                "result": field.result,
                "is_same": field.is_same,
                "taken_from": field.taken_from,
            }
            for field in found.fields
        ],
        "taken": list(found.taken),
        "also": list(found.also),
    }


def _reasons(whys: Iterable[Why]) -> list[dict[str, Any]]:
    return [
        {"field": why.field, "verdict": why.verdict, "query": why.query, "value": why.value}
        for why in whys
    ]


def read_customer(body: Any) -> CustomerBody:
    """Keys of one's own GET answer that cannot be written are ignored; unknown ones are refused.

    Raises Invalid, ParseError.
    """
    body = json_object(body)
    errors = _unknown_keys(body)
    extra_fields = body.get("extra_fields")
    if extra_fields is not None and not isinstance(extra_fields, dict):
        errors["extra_fields"] = ['Must be an object, like {"email": "name@example.org"}.']
    if errors:
        raise Invalid(errors)
    return CustomerBody({key: body[key] for key in CODE_OF_KEY if key in body}, extra_fields)


def read_match(body: Any) -> dict[str, str]:
    """The evidence in a customer who may not exist yet: a birth date that is no date counts as far
    as it goes, extra fields not at all. Raises Invalid, ParseError."""
    body = json_object(body)
    errors = _unknown_keys(body)
    asked = {}
    for key, code in CODE_OF_KEY.items():
        value = body.get(key)
        if value is not None and not isinstance(value, str):
            errors[key] = [NO_TEXT]
        elif value and len(value) > (most := MAX_LENGTH.get(code, MAX_QUERY_LENGTH)):
            errors[key] = [f"Ensure this field has no more than {most} characters."]
        elif value and value.strip():
            asked[key] = value.strip()
    if not asked and not errors:
        errors["non_field_errors"] = [NO_EVIDENCE]
    if errors:
        raise Invalid(errors)
    return asked


def read_merge(body: Any) -> MergeBody:
    """Raises Invalid, ParseError."""
    body = json_object(body)
    errors: Errors = {key: ["Unknown field."] for key in body if key not in MERGE_KEYS}
    into, take, reason = body.get("into"), body.get("take"), body.get("reason")
    try:
        into = uid_of(into if isinstance(into, str) else "")
    except NotFound:
        errors["into"] = [NO_UID if "into" in body else "This field is required."]
    if take is None:
        take = []
    if not isinstance(take, list) or not all(isinstance(key, str) for key in take):
        errors["take"] = ['Must be a list of keys, like ["name", "dob"].']
    if reason is not None and not isinstance(reason, str):
        errors["reason"] = [NO_TEXT]
    if errors:
        raise Invalid(errors)
    return MergeBody(into, tuple(take), reason)


def _unknown_keys(body: Mapping[str, Any]) -> Errors:
    """Read-only keys of one's own GET answer are known, though nobody reads them."""
    known = {*CODE_OF_KEY, *READ_ONLY_KEYS, "extra_fields"}
    return {key: ["Unknown field."] for key in body if key not in known}


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
