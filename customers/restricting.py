"""Restriction of a customer's processing: whoever is one, the services of entities do the work."""

from uuid import UUID

from customers import queries
from customers.rows import CustomerRow
from entities import restricting
from events import sql
from events.principal import Act

# Whose records stand restricted, the last changed first.
LIST_SQL = queries.selecting(
    """
SELECT COLUMNS FROM customers_customer customer
WHERE customer.state = 'restricted'
ORDER BY customer.updated_hlc DESC, customer.entity_uid LIMIT %(limit)s
"""
)


def restrict(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Nobody but a provider finds or reads the customer from now on. Raises CustomerNotFound,
    CustomerErased and what `entities.restricting.restrict` raises."""
    queries.known_customer(uid=entity_uid)
    restricting.restrict(act, entity_uid=entity_uid, reason=reason)


def unrestrict(act: Act, *, entity_uid: UUID, reason: str) -> None:
    """Raises as `restrict`, and NotRestricted."""
    queries.known_customer(uid=entity_uid)
    restricting.unrestrict(act, entity_uid=entity_uid, reason=reason)


def list_restricted(*, limit: int) -> list[CustomerRow]:
    return [queries.customer_row(row) for row in sql.fetch(LIST_SQL, {"limit": limit})]
