"""What the services of entities refuse, in words for whoever asked."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from events.errors import InvalidCursor as InvalidCursor
from events.errors import Refused
from events.projectors import Head

NO_DATE = "Date has wrong format. Use YYYY-MM-DD."
NO_DAY = "There is no such day. Check month and day: YYYY-MM-DD."


class Invalid(Refused):
    """Something sent cannot be stored; `errors`: field or detail code → sentences."""

    code = "invalid"
    status = 400

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        named = {field: list(sentences) for field, sentences in errors.items()}
        first = next(f"{field}: {sentences[0]}" for field, sentences in named.items())
        super().__init__(first, extra={"errors": named})
        self.errors = named


class NotFound(Refused):
    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("Not found.")


class Exists(Refused):
    """The uid is taken by an entity with other content."""

    code = "exists"
    status = 409

    def __init__(self) -> None:
        super().__init__("An entity with this id exists and has other content; change that one.")


class Deleted(Refused):
    code = "deleted"
    status = 409

    def __init__(self) -> None:
        super().__init__("This entity is deleted; restore it first.")


class Merged(Refused):
    code = "merged"
    status = 410

    def __init__(self, survivor: UUID) -> None:
        super().__init__(
            "This entity was merged into another one; write to that one.",
            extra={"merged_into": str(survivor)},
        )


class Erased(Refused):
    code = "erased"
    status = 410

    def __init__(self) -> None:
        super().__init__("This entity was erased for ever.")


class ErasureScheduled(Refused):
    """Somebody asked for the erasure of what another one brings back."""

    code = "erasure_scheduled"
    status = 409

    def __init__(self) -> None:
        super().__init__("Its erasure was asked for. A service provider has to cancel that first.")


class Reserved(Refused):
    """Definitions are entities, too, but change by their own events."""

    code = "reserved"
    status = 409

    def __init__(self) -> None:
        super().__init__("This is a definition of the vocabulary; change it as a field.")


class Stale(Refused):
    """Somebody else changed it since it was read."""

    code = "stale"
    status = 412

    def __init__(self, entity_uid: UUID) -> None:
        super().__init__(f"{entity_uid} has changed since you read it; read it again.")


def check_match(head: Head, if_match: str | None) -> None:
    """Raises Stale when the entity is not in the state (its digest) that the caller has seen."""
    if if_match is not None and if_match != (head.digest or b"").hex():
        raise Stale(head.entity_uid)
