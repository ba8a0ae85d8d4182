"""What every page shows: where it is, in which role, and how the locations are in sync."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from customers.web import pairs
from entities import fields
from events import queries


def location(request: HttpRequest) -> dict[str, Any]:
    return {
        "location_id": settings.LOCATION_ID,
        "location_name": settings.LOCATION_NAME,
        "principal": getattr(request, "principal", None),
        "roles": getattr(request, "roles", ()),  # those that this caller may choose from
        # Called only by templates that show them
        "sync": queries.sync_pill,
        "duplicates": pairs.waiting,
        "fields_waiting": fields.waiting,
    }
