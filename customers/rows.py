"""A customer as queries give it to pages, serializers and services: values, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

NO_NAME = "(no name)"


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer now, or as of an instant. `extra_fields` has no retired fields; `digest` is the
    entity's, None when it was not asked for."""

    entity_uid: UUID
    state: str
    surname: str | None
    name: str | None
    dob: date | None
    document_number: str | None
    display_name: str | None
    extra_fields: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    location_id: str
    merged_into: UUID | None = None
    digest: bytes | None = None

    @property
    def shown_name(self) -> str:
        return self.display_name or NO_NAME
