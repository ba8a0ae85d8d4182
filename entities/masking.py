"""What customers see of entities: enough to recognise oneself, no more. Pure.

`DETAIL_MASKS` is the matrix role x field: one row for each detail that is shown masked, and what
is done to it; a detail without a row is not shown at all.
"""

from collections.abc import Callable, Mapping
from typing import Any

MASK = "***"
SHORT_DOCUMENT = 6  # under so many characters even the last two would say too much
SHOWN_OF_DOCUMENT = 2
SHOWN_OF_DATE = 4  # the year

Mask = Callable[[str | None], str | None]


def masked_words(text: str | None) -> str | None:
    """The first letter of each word: "Sigríður Ása" → "S*** Á***"."""
    if text is None:
        return None
    return " ".join(word[0] + MASK for word in text.split())


def masked_document(number: str | None) -> str | None:
    """The last two characters: "AB123441" → "***41"; nothing of a short one."""
    if number is None:
        return None
    return MASK if len(number) < SHORT_DOCUMENT else MASK + number[-SHOWN_OF_DOCUMENT:]


def masked_date(day: str | None) -> str | None:
    """The year: "1987-05-12" → "1987"."""
    return day[:SHOWN_OF_DATE] if day else day


def masked_name(*, surname: str | None, name: str | None, shown: str | None) -> str | None:
    """A person's display name, made of masked parts as the whole one is of whole parts; without
    any, `shown` word by word."""
    parts = [part for part in (masked_words(surname), masked_words(name)) if part]
    return ", ".join(parts) or masked_words(shown)


# (entity type, detail code) → its mask.
DETAIL_MASKS: Mapping[tuple[str, str], Mask] = {
    ("PERSON", "SURNAME"): masked_words,
    ("PERSON", "NAME"): masked_words,
    ("PERSON", "DOB"): masked_date,
    ("PERSON", "DOCUMENT_NUMBER"): masked_document,
}
MASKED_NAME_TYPES = frozenset({"PERSON"})
SHOWN_CODES = frozenset(code for _, code in DETAIL_MASKS)


def masked_entity(entity: Mapping[str, Any]) -> dict[str, Any]:
    """The masked view of an entity as `/api/v1` shows it; null stays null. No checksum stays: of a
    short value it could be guessed back."""
    entity_type = entity["entity_type"]
    details = [
        {**detail, "value": _masked(mask, detail["value"]), "hashdiff": None}
        for detail in entity["details"]
        if (mask := DETAIL_MASKS.get((entity_type, detail["detail_code"])))
    ]
    name = entity["display_name"]
    if entity_type in MASKED_NAME_TYPES:
        name = _masked_name_of(entity)
    return {**entity, "display_name": name, "hashdiff": None, "details": details}


def _masked_name_of(entity: Mapping[str, Any]) -> str | None:
    values = {detail["detail_code"]: detail["value"] for detail in entity["details"]}
    surname, name = values.get("SURNAME"), values.get("NAME")
    return masked_name(
        surname=surname if isinstance(surname, str) else None,
        name=name if isinstance(name, str) else None,
        shown=entity["display_name"],
    )


def _masked(mask: Mask, value: Any) -> str | None:
    """A peer may have sent something that is no text: nothing of it is shown."""
    return mask(value) if isinstance(value, str) else MASK
