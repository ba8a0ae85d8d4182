"""The fields a customer can have beside the four: what forms offer and the API accepts."""

from dataclasses import dataclass

from customers.rules import CORE_CODES
from entities import vocabulary


@dataclass(frozen=True, slots=True)
class ExtraFieldType:
    """`key` as in `extra_fields`; `type` is text, integer, decimal, boolean, date, choice, email,
    phone or url; `options` are those of a choice."""

    key: str
    label: str
    type: str
    options: tuple[str, ...] = ()


def extra_field_types() -> list[ExtraFieldType]:
    """The authorised ones, by key."""
    return [
        ExtraFieldType(one.code.lower(), one.label, one.value_type, tuple(one.options))
        for one in vocabulary.detail_types()
        if one.status == vocabulary.AUTHORISED and one.code not in CORE_CODES
    ]
