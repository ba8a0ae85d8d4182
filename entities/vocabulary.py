"""Which entity types and detail types there are: constants, and those defined by events."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from audit.entries import add_entry
from entities import values
from entities.models import DetailType, DetailVersion, EntityVersion
from events import recording, sql
from events.errors import Refused
from events.event import NAMESPACE, InvalidValue, canonical
from events.payload import DETAIL_CODE_PATTERN
from events.principal import Act

PERSON = "PERSON"
INSTITUTION = "INSTITUTION"
BUILT_IN_TYPES: Mapping[str, str] = {PERSON: "Person", INSTITUTION: "Institution"}

DETAIL_TYPE = "DETAIL_TYPE"
ENTITY_TYPE = "ENTITY_TYPE"
LOCATION = "LOCATION"
RESERVED_TYPES = frozenset({DETAIL_TYPE, ENTITY_TYPE, LOCATION})

AUTHORISED = "authorised"
MAX_LABEL_LENGTH = 200


class BuiltIn(NamedTuple):
    code: str
    label: str
    value_type: str


BUILT_IN_DETAIL_TYPES = (
    BuiltIn("SURNAME", "Surname", "text"),
    BuiltIn("NAME", "Name", "text"),
    BuiltIn("DOB", "Date of birth", "date"),
    BuiltIn("DOCUMENT_NUMBER", "Document number", "text"),
    BuiltIn("EMAIL", "E-mail", "email"),
    BuiltIn("PHONE", "Phone", "phone"),
    BuiltIn("ADDRESS", "Address", "text"),
    BuiltIn("WEBSITE", "Website", "url"),
    BuiltIn("NOTES", "Notes", "text"),
)
BUILT_IN_CODES = frozenset(built_in.code for built_in in BUILT_IN_DETAIL_TYPES)


class InvalidField(Refused):
    """What was sent for a field cannot be one; `extra["errors"]` names it."""

    code = "invalid"
    status = 400


class FieldExists(Refused):
    """The code is taken by another field."""

    code = "exists"
    status = 409


def vocabulary_uid(kind: str, code: str) -> UUID:
    """The same entity at every location, e.g. of ("DETAIL_TYPE", "MIDDLE_NAME")."""
    return uuid5(NAMESPACE, f"{kind}:{code}")


def detail_types() -> list[DetailType]:
    """All of them, of any status, by code."""
    return list(DetailType.objects.order_by("code"))


def detail_type(code: str) -> DetailType | None:
    return DetailType.objects.filter(code=code).first()


def known_codes() -> frozenset[str]:
    """The codes that a write may use."""
    return frozenset(
        DetailType.objects.filter(status=AUTHORISED).order_by("code").values_list("code", flat=True)
    )


def entity_types() -> dict[str, str]:
    """{code: label} of the types an entity may have: the built-in ones, then those defined."""
    defined = EntityVersion.objects.filter(entity_type=ENTITY_TYPE, is_current=True)
    details = DetailVersion.objects.filter(
        entity_uid__in=defined.values("entity_uid"),
        is_current=True,
        detail_code__in=("CODE", "LABEL", "STATUS"),
    ).order_by("entity_uid")
    by_entity: dict[UUID, dict[str, str]] = {}
    for row in details:
        by_entity.setdefault(row.entity_uid, {})[row.detail_code] = str(row.value)
    types = {
        found["CODE"]: found.get("LABEL", found["CODE"])
        for found in by_entity.values()
        if "CODE" in found and found.get("STATUS") == AUTHORISED
    }
    return {**BUILT_IN_TYPES, **dict(sorted(types.items()))}


def is_entity_type(code: str) -> bool:
    return code in BUILT_IN_TYPES or code in entity_types()


def define_detail_type(
    act: Act,
    *,
    code: str,
    label: str,
    value_type: str,
    options: Sequence[str] = (),
) -> UUID:
    """Define and authorise a field for all locations; what is already so stays as it is.

    Raises InvalidField, and FieldExists when the code means something else.
    """
    code = code.strip().upper()
    details = _definition(code, label, value_type, options)
    uid = vocabulary_uid(DETAIL_TYPE, code)
    with transaction.atomic():
        recording.lock([uid])
        changes = _missing_parts(uid, code, details)
        if changes is not None:
            draft = recording.Draft(uid, "detail_type.authorised.v1", {"details": changes})
            events = recording.record(act, [draft])
            add_entry(
                act,
                action="detail_type.defined",
                kind="write",
                entity_uid=uid,
                event_ids=[event.event_id for event in events],
                codes=[code],
            )
    return uid


def _definition(
    code: str, label: str, value_type: str, options: Sequence[str]
) -> dict[str, str | list[str]]:
    if not DETAIL_CODE_PATTERN.fullmatch(code):
        raise _invalid("code", "Use 1 to 64 letters, digits and underscores; begin with a letter.")
    if value_type not in values.VALUE_TYPES:
        raise _invalid("type", f"Must be one of: {', '.join(values.VALUE_TYPES)}.")
    if bool(options) != (value_type == "choice"):
        raise _invalid("options", "A choice needs options; other types have none.")
    try:
        shown = canonical(label)
        listed = [text for option in options if (text := canonical(option))]
    except InvalidValue as error:
        raise _invalid("label", str(error)) from error
    if not isinstance(shown, str) or len(shown) > MAX_LABEL_LENGTH:
        raise _invalid("label", f"Must be a text of 1 to {MAX_LABEL_LENGTH} characters.")
    definition: dict[str, str | list[str]] = {"CODE": code, "LABEL": shown, "TYPE": value_type}
    return definition | ({"OPTIONS": [str(option) for option in listed]} if listed else {})


def _missing_parts(
    uid: UUID, code: str, wanted: Mapping[str, str | list[str]]
) -> dict[str, str | list[str]] | None:
    """What the event has to say; None when the field is authorised with just these parts."""
    known = detail_type(code)
    if known is None:
        return dict(wanted)
    if known.entity_uid != uid:
        raise FieldExists(f"{code} is built in.")
    if known.status == AUTHORISED and known.value_type != wanted["TYPE"]:
        raise FieldExists(
            f"{code} is a field of type {known.value_type}; its type cannot change any more."
        )
    held = {
        "CODE": known.code,
        "LABEL": known.label,
        "TYPE": known.value_type,
        "OPTIONS": known.options,
    }
    changes = {part: value for part, value in wanted.items() if held[part] != value}
    return changes if changes or known.status != AUTHORISED else None


def _invalid(field: str, sentence: str) -> InvalidField:
    return InvalidField(sentence, extra={"errors": {field: [sentence]}})


# Definitions are few among the entities of a batch: look first, write only then.
DEFINITIONS_SQL = """
SELECT entity_uid FROM entities_entity
WHERE entity_uid = ANY(%(uids)b::uuid[]) AND entity_type = 'DETAIL_TYPE'
UNION SELECT entity_uid FROM entities_detailtype WHERE entity_uid = ANY(%(uids)b::uuid[])
"""

FORGET_DEFINITIONS_SQL = """
DELETE FROM entities_detailtype WHERE entity_uid = ANY(%(uids)b::uuid[])
"""

# A code that is built in, or taken by another definition, stays with whom it belongs to.
WRITE_DEFINITIONS_SQL = """
INSERT INTO entities_detailtype (code, entity_uid, label, value_type, options, data_class, status,
                                 created_hlc)
SELECT details ->> 'CODE', entity_uid, coalesce(details ->> 'LABEL', details ->> 'CODE'),
       coalesce(details ->> 'TYPE', 'text'), coalesce(details -> 'OPTIONS', '[]'),
       coalesce(details ->> 'CLASS', 'personal'), coalesce(details ->> 'STATUS', 'proposed'), born
FROM (
    SELECT entity_uid, jsonb_object_agg(detail_code, value) AS details
    FROM entities_entitydetail
    WHERE entity_uid = ANY(%(uids)b::uuid[]) AND is_current GROUP BY entity_uid
) AS current
JOIN (
    SELECT entity_uid, (extract(epoch FROM min(valid_from)) * 1000000)::bigint AS born
    FROM entities_entity WHERE entity_uid = ANY(%(uids)b::uuid[]) GROUP BY entity_uid
) AS life USING (entity_uid)
WHERE details ->> 'CODE' IS NOT NULL
ORDER BY entity_uid
ON CONFLICT DO NOTHING
"""


def refresh(uids: Collection[UUID]) -> None:
    """The read model of detail types, for those of these entities that define one."""
    found = [row[0] for row in sql.fetch_bound(DEFINITIONS_SQL, {"uids": list(uids)})]
    if found:
        sql.execute_bound(FORGET_DEFINITIONS_SQL, {"uids": found})
        sql.execute_bound(WRITE_DEFINITIONS_SQL, {"uids": found})


def write_built_ins(**_: object) -> None:
    """After migrations: the built-in detail types stand in their table like the others."""
    DetailType.objects.bulk_create(
        [
            DetailType(
                code=built_in.code,
                label=built_in.label,
                value_type=built_in.value_type,
                status=AUTHORISED,
            )
            for built_in in BUILT_IN_DETAIL_TYPES
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "value_type", "status", "entity_uid"],
    )
