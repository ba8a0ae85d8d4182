"""One customer with all that its pages show: the row, its versions and its events."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from customers.extra_fields import ExtraFieldType, extra_field_types, hidden_codes
from customers.queries import CustomerNotFound, find_customer
from customers.rows import CustomerRow
from customers.web import wording
from entities import history
from events.paging import Slice

# A page shows at most so many versions and events; the API has them all, page by page.
MAX_ROWS = 5_000
NOT_YET = "no field here yet"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dossier:
    """`history` by valid_from, `events` by key, both oldest first; `types` = authorised fields."""

    customer: CustomerRow
    history: list[Row]
    events: list[Row]
    types: list[ExtraFieldType]

    @property
    def labels(self) -> Mapping[str, str]:
        """What the fields are called that have no name of their own in `wording`."""
        return labels_of(self.types)

    @property
    def shown_history(self) -> list[Row]:
        """Without values of fields that were retired or rejected: the timeline has them."""
        hidden = hidden_codes()
        return [row for row in self.history if row.get("detail_code") not in hidden]

    @property
    def labels_of_details(self) -> Mapping[str, str]:
        """As `labels`; a value can arrive before its field does, and waits for it."""
        known = {*self.field_codes, *wording.LABELS}
        waiting = {row["detail_code"] for row in self.history if row["type"] == "detail"} - known
        return {code: f"{wording.label(code)} ({NOT_YET})" for code in waiting} | {**self.labels}

    @property
    def field_codes(self) -> list[str]:
        return [one.key.upper() for one in self.types]


def labels_of(types: Iterable[ExtraFieldType]) -> dict[str, str]:
    """Code → label, of those that have no name of their own in `wording`."""
    return {one.key.upper(): one.label for one in types if one.key.upper() not in wording.LABELS}


def dossier(*, uid: UUID) -> Dossier:
    """In whatever state the customer is. Raises CustomerNotFound."""
    customer = find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    return Dossier(
        customer=customer,
        history=_all(uid, history.history, history.history_key),
        events=_all(uid, history.events_of_entity, history.event_key),
        types=extra_field_types(),
    )


def _all(uid: UUID, fetch: Callable[..., Slice[Row]], key: Callable[[Row], Any]) -> list[Row]:
    page = fetch(uid)
    rows = list(page.rows)
    while page.has_next and len(rows) < MAX_ROWS:
        page = fetch(uid, after=key(rows[-1]))
        rows += page.rows
    return rows
