"""Which entity types and detail types there are: constants, and those defined by events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from audit.entries import add_entry
from entities.built_in import BUILT_IN_CODES as BUILT_IN_CODES
from entities.built_in import BUILT_IN_DETAIL_TYPES as BUILT_IN_DETAIL_TYPES
from entities.definitions import AUTHORISED, PROPOSED, checked_parts
from entities.models import DetailType
from entities.refusals import Deleted, Invalid
from events import recording, sql
from events.clock import instant_of
from events.errors import Refused
from events.event import NAMESPACE
from events.principal import Act

PERSON = "PERSON"
INSTITUTION = "INSTITUTION"
BUILT_IN_TYPES: Mapping[str, str] = {PERSON: "Person", INSTITUTION: "Institution"}

DETAIL_TYPE = "DETAIL_TYPE"
ENTITY_TYPE = "ENTITY_TYPE"
LOCATION = "LOCATION"
RETENTION_POLICY = "RETENTION_POLICY"
RESERVED_TYPES = frozenset({DETAIL_TYPE, ENTITY_TYPE, LOCATION, RETENTION_POLICY})
_TAKEN = RESERVED_TYPES | BUILT_IN_TYPES.keys()

# Of the lists of the API.
MAX_ROWS = 1_000


Row = dict[str, Any]


class Definition(NamedTuple):
    """What a definition came to: its row as in the lists, whether the code was new here, and
    whether anything had to be recorded."""

    entity_uid: UUID
    row: Row
    is_new: bool
    is_recorded: bool = True


class CodeTaken(Refused):
    """The code means something else already."""

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


def authorised_types() -> dict[str, DetailType]:
    """By code: what a write has to know of the detail types that it may use."""
    return {one.code: one for one in detail_types() if one.status == AUTHORISED}


# Read by its own uid or, for lists, by the index on current entities of a type.
DEFINED_TYPES_SQL = """
SELECT definition.entity_uid, parts ->> 'CODE', parts ->> 'LABEL', parts ->> 'STATUS',
       (SELECT min(valid_from) FROM entities_entity AS life
        WHERE life.entity_uid = definition.entity_uid)
FROM entities_entity AS definition
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(detail_code, value) AS parts FROM entities_entitydetail AS detail
    WHERE detail.entity_uid = definition.entity_uid AND detail.valid_to IS NULL
) AS current
WHERE definition.entity_type = 'ENTITY_TYPE' AND definition.valid_to IS NULL
    AND (%(uid)s::uuid IS NULL OR definition.entity_uid = %(uid)s::uuid)
ORDER BY 2, 1 LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class DefinedType:
    """An entity type defined by events, of whatever status."""

    code: str
    label: str
    status: str
    created_at: datetime


def defined_types(*, code: str | None = None) -> list[DefinedType]:
    """By code; only this one, if given. A definition counts under the code that its uid is of, and
    takes none away from those of this program."""
    uid = None if code is None else vocabulary_uid(ENTITY_TYPE, code)
    return [
        DefinedType(found, label or found, status or PROPOSED, created_at)
        for defined_uid, found, label, status, created_at in sql.fetch(
            DEFINED_TYPES_SQL, {"uid": uid, "limit": MAX_ROWS}
        )
        if found and defined_uid == vocabulary_uid(ENTITY_TYPE, found) and found not in _TAKEN
    ]


def entity_types() -> dict[str, str]:
    """{code: label} of the types an entity may have, by code."""
    defined = {one.code: one.label for one in defined_types() if one.status == AUTHORISED}
    return dict(sorted({**defined, **BUILT_IN_TYPES}.items()))


def is_entity_type(code: str) -> bool:
    """Costs a statement only for a type that is not built in."""
    if code in BUILT_IN_TYPES:
        return True
    return any(one.status == AUTHORISED for one in defined_types(code=code))


def unknown_type_sentence() -> str:
    return f"Unknown entity type. Known types: {', '.join(entity_types())}."


def entity_type_rows() -> list[Row]:
    """What there is by code, of any status, at most 1,000; `created_at` None: built in."""
    built_in = [_row(code, label, AUTHORISED, None) for code, label in BUILT_IN_TYPES.items()]
    defined = [_entity_type_row(one) for one in defined_types()]
    return sorted([*built_in, *defined], key=lambda row: row["code"])[:MAX_ROWS]


def detail_type_rows() -> list[Row]:
    """As `entity_type_rows`, with `type`."""
    return [detail_type_row(one) for one in DetailType.objects.order_by("code")[:MAX_ROWS]]


def define_entity_type(act: Act, *, code: str, label: str) -> Definition:
    """Define a type for all locations, or give it another label; what is already so stays as it is.

    Raises Invalid, CodeTaken for a code that is built in or reserved, and Deleted.
    """
    parts, errors = checked_parts({"CODE": code, "LABEL": label})
    if errors:
        raise Invalid(errors)
    code = str(parts["CODE"])
    if code in _TAKEN:
        raise CodeTaken(f"{code} is built in.")
    uid = vocabulary_uid(ENTITY_TYPE, code)
    with transaction.atomic():
        recording.lock([uid])
        known = next(iter(defined_types(code=code)), None)
        held = {"CODE": known.code, "LABEL": known.label} if known else {}
        missing = {part: value for part, value in parts.items() if held.get(part) != value}
        says_more = bool(missing) or (known is not None and known.status != AUTHORISED)
        draft = recording.Draft(uid, "entity_type.defined.v1", {"details": missing})
        _record(act, "entity_type.defined", code, draft if says_more else None, uid)
        row = next(map(_entity_type_row, defined_types(code=code)), None)
        return _definition(uid, row, is_new=known is None)


def _record(act: Act, action: str, code: str, draft: recording.Draft | None, uid: UUID) -> None:
    """`draft` None: it was so already, but somebody asked."""
    events = recording.record(act, [draft] if draft else [])
    add_entry(
        act,
        action=action,
        entity_uid=uid,
        event_ids=[event.event_id for event in events],
        codes=[code],
        result_count=len(events),
    )


def _definition(uid: UUID, row: Row | None, *, is_new: bool) -> Definition:
    """Raises Deleted: what a peer deleted or erased, no definition brings back."""
    if row is None:
        raise Deleted
    return Definition(uid, row, is_new)


def _entity_type_row(one: DefinedType) -> Row:
    return _row(one.code, one.label, one.status, one.created_at)


def detail_type_row(one: DetailType) -> Row:
    created_at = None if one.entity_uid is None else instant_of(one.created_hlc)
    return _row(one.code, one.label, one.status, created_at, value_type=one.value_type)


def _row(
    code: str,
    label: str,
    status: str,
    created_at: datetime | None,
    *,
    value_type: str | None = None,
) -> Row:
    return {
        "code": code,
        "label": label,
        **({"type": value_type} if value_type else {}),
        "status": status,
        "active": status == AUTHORISED,
        "created_at": created_at,
    }
