"""What customers see of customers, in the registry's words. Pure."""

from collections.abc import Mapping
from typing import Any

from entities.masking import masked_date, masked_document, masked_name, masked_words


def masked_customer(customer: Mapping[str, Any]) -> dict[str, Any]:
    """The masked view of an API customer; null stays null."""
    surname, name = customer["surname"], customer["name"]
    return {
        **customer,
        "surname": masked_words(surname),
        "name": masked_words(name),
        "dob": masked_date(customer["dob"]),
        "document_number": masked_document(customer["document_number"]),
        "extra_fields": {},
        "display_name": masked_name(surname=surname, name=name, shown=customer["display_name"]),
    }


def masked_hit(hit: Mapping[str, Any]) -> dict[str, Any]:
    """The masked view of a search result: a score of one decimal and reasons without values."""
    return {
        **masked_customer(hit),
        "score": round(hit["score"], 1),
        "why": [{"field": why["field"], "verdict": why["verdict"]} for why in hit["why"]],
    }
