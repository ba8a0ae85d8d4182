"""The fields a customer can have beside the four: what forms offer and the API accepts."""

from dataclasses import dataclass

from customers.rules import CORE_CODES
from entities import fields, vocabulary
from entities.fields import Field
from entities.value_rules import MAX_LENGTH
from events import sql

HIDDEN_SQL = "SELECT code FROM entities_detailtype WHERE status IN ('retired', 'rejected')"


@dataclass(frozen=True, slots=True)
class ExtraFieldType:
    """`key` as in `extra_fields`; `type` is text, integer, decimal, boolean, date, choice, email,
    phone or url; `options` are those of a choice; `help` and `check` say what belongs there;
    `longest` in characters, None = as long as any."""

    key: str
    label: str
    type: str
    options: tuple[str, ...] = ()
    help: str = ""
    check: str = ""
    longest: int | None = None


def extra_field_types() -> list[ExtraFieldType]:
    """The authorised ones as forms have them: by their order, then by key."""
    found = [
        one for one in fields.fields(status=vocabulary.AUTHORISED) if one.code not in CORE_CODES
    ]
    return [type_of(one) for one in sorted(found, key=_place)]


def hidden_codes() -> frozenset[str]:
    """Of fields that were retired or rejected: their values stay, but the registry's face does not
    show them."""
    return frozenset(code for (code,) in sql.fetch(HIDDEN_SQL))


def _place(field: Field) -> tuple[bool, int, str]:
    return field.order is None, field.order or 0, field.key


def type_of(field: Field) -> ExtraFieldType:
    longest = field.rules.get(MAX_LENGTH)
    return ExtraFieldType(
        key=field.key,
        label=field.label,
        type=field.type,
        options=field.options,
        help=field.help,
        check=field.check,
        longest=longest if isinstance(longest, int) else None,
    )
