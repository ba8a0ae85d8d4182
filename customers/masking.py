"""What customers see of customers: enough to recognise oneself, no more. Pure."""

from collections.abc import Mapping
from typing import Any

MASK = "***"
SHORT_DOCUMENT = 6  # under so many characters even the last two would say too much
SHOWN_OF_DOCUMENT = 2


def masked_customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    """The masked view of an API customer; null stays null."""
    surname, name = masked_words(customer["surname"]), masked_words(customer["name"])
    parts = [part for part in (surname, name) if part]
    return {
        **customer,
        "surname": surname,
        "name": name,
        "dob": customer["dob"] and customer["dob"][:4],
        "document_number": masked_document(customer["document_number"]),
        "extra_fields": {},
        "display_name": ", ".join(parts) or masked_words(customer["display_name"]),
    }


def masked_hit(hit: Mapping[str, Any]) -> dict[str, Any]:
    """The masked view of a search result: a score of one decimal and reasons without values."""
    return {
        **masked_customer(hit),
        "score": round(hit["score"], 1),
        "why": [{"field": why["field"], "verdict": why["verdict"]} for why in hit["why"]],
    }


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
