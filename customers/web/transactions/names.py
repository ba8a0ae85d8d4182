"""What may be shown beside the ids of entries, read at the moment of showing."""

from collections.abc import Collection
from uuid import UUID

from customers import queries as customers
from customers.models import CustomerState
from customers.rows import CustomerRow
from customers.web.transactions.sentences import Name
from entities import queries as entities

ERASED = "an erased customer"
SAID = {
    CustomerState.DELETED.value: "taken off the list",
    CustomerState.RESTRICTED.value: "restricted",
    CustomerState.MERGED.value: "merged",
}


def names_of(uids: Collection[UUID]) -> dict[UUID, Name]:
    """Of customers, also of those taken off the list, and of living entities of other types. An
    erased one has no name any more, and what was never here has none."""
    wanted = set(uids)
    found = {row.entity_uid: _customer(row) for row in customers.find_customers(uids=wanted)}
    for uid, entity in entities.current(wanted - found.keys()).items():
        found[uid] = Name(uid, entity.display_name or "", is_customer=False)
    return found


def _customer(row: CustomerRow) -> Name:
    if row.state == CustomerState.ERASED:
        return Name(row.entity_uid, "", ERASED)
    return Name(row.entity_uid, row.shown_name, SAID.get(row.state, ""))
