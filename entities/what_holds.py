"""What holds of one entity at an instant, read from its version rows. Pure."""

from dataclasses import dataclass
from typing import Any

from entities.folded import EntityVersion
from entities.version_rows import Stored


@dataclass(frozen=True, slots=True)
class Holding:
    """Instants in µs; None = now, whatever the clock says."""

    stored: Stored

    def entity_at(self, at: int | None) -> EntityVersion | None:
        """None when the entity is not alive then."""
        rows = (row.version for row in self.stored.entity_rows)
        return next((row for row in rows if _holds(row.valid_from, row.valid_to, at)), None)

    def value_at(self, code: str, at: int | None) -> Any:
        rows = (row.version for row in self.stored.detail_rows if row.version.detail_code == code)
        return next((row.value for row in rows if _holds(row.valid_from, row.valid_to, at)), None)

    def details_now(self) -> dict[str, Any]:
        rows = (row.version for row in self.stored.detail_rows)
        return {row.detail_code: row.value for row in rows if row.valid_to is None}

    def would_stand(self, code: str, at: int | None) -> bool:
        """Would a value written at this instant still hold now? Not if the detail changed later."""
        if at is None:
            return True
        return not any(
            row.version.valid_from > at or (row.version.valid_to or at) > at
            for row in self.stored.detail_rows
            if row.version.detail_code == code
        )

    @property
    def last_type(self) -> str | None:
        """Also of one that is not alive any more."""
        rows = self.stored.entity_rows
        return rows[-1].version.entity_type if rows else None

    @property
    def birth(self) -> int | None:
        rows = self.stored.entity_rows
        return rows[0].version.valid_from if rows else None


def _holds(valid_from: int, valid_to: int | None, at: int | None) -> bool:
    if at is None:
        return valid_to is None
    return valid_from <= at and (valid_to is None or at < valid_to)
