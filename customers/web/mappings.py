"""Customers as the pages' rows are made from them: mappings in the API's words. Pure."""

from typing import Any

from customers.rows import CustomerRow


def as_mapping(customer: CustomerRow) -> dict[str, Any]:
    return {
        "id": str(customer.entity_uid),
        "surname": customer.surname,
        "name": customer.name,
        "dob": customer.dob.isoformat() if customer.dob else None,
        "document_number": customer.document_number,
        "display_name": customer.shown_name,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
        "location_id": customer.location_id,
    }
