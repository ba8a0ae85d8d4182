"""Fields as pages and the registry's API show them: the detail types of any status, with what they
ask of values and since when they are there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from entities.built_in import BUILT_IN_CODES
from entities.definitions import PROPOSED
from entities.models import DetailType
from entities.refusals import NotFound
from entities.value_rules import rules_in_words
from entities.vocabulary import DETAIL_TYPE, MAX_ROWS, vocabulary_uid
from events.clock import instant_of
from events.models import EntityHead


@dataclass(frozen=True, slots=True)
class Field:
    """`key` as in `extra_fields`, `created_at` None = built in. `rules` by part of
    entities/value_rules.py; `order` None = after those that have one; `digest` of the definition's
    state, None when it was not asked for."""

    id: UUID
    key: str
    label: str
    status: str
    type: str
    options: tuple[str, ...]
    rules: Mapping[str, Any]
    data_class: str
    help: str
    order: int | None
    reason: str
    created_at: datetime | None
    digest: bytes | None = None

    @property
    def code(self) -> str:
        return self.key.upper()

    @property
    def is_built_in(self) -> bool:
        return self.created_at is None

    @property
    def check(self) -> str:
        """What its values have to be, in words; "" when anything of the type will do."""
        return rules_in_words(value_type=self.type, rules=self.rules)


def fields(*, status: str | None = None) -> list[Field]:
    """By key, at most 1,000."""
    found = DetailType.objects.order_by("code")
    if status is not None:
        found = found.filter(status=status)
    return sorted(map(_field, found[:MAX_ROWS]), key=lambda field: field.key)


def waiting() -> str:
    """How many proposals wait for a decision, for the menus; "" when none does."""
    count = DetailType.objects.filter(status=PROPOSED)[:MAX_ROWS].count()
    return str(count) if count else ""


def field(uid: UUID) -> Field:
    """With its digest. Raises NotFound."""
    row = DetailType.objects.filter(entity_uid=uid).first() or _built_in(uid)
    if row is None:
        raise NotFound
    head = EntityHead.objects.filter(entity_uid=uid).first()
    return _field(row, bytes(head.digest) if head and head.digest else None)


def _built_in(uid: UUID) -> DetailType | None:
    """Those have no entity, but an id like all others."""
    codes = [code for code in BUILT_IN_CODES if vocabulary_uid(DETAIL_TYPE, code) == uid]
    return DetailType.objects.filter(code__in=codes).first()


def _field(row: DetailType, digest: bytes | None = None) -> Field:
    is_built_in = row.entity_uid is None
    return Field(
        id=row.entity_uid or vocabulary_uid(DETAIL_TYPE, row.code),
        key=row.code.lower(),
        label=row.label,
        status=row.status,
        type=row.value_type,
        options=tuple(row.options),
        rules=row.rules,
        data_class=row.data_class,
        help=row.help_text,
        order=row.position,
        reason=row.reason,
        created_at=None if is_built_in else instant_of(row.created_hlc),
        digest=digest,
    )
