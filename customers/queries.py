"""Reads of the registry: one customer, the bounded list, and who holds a document number."""

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson

from customers.extra_fields import hidden_codes
from customers.models import CustomerState
from customers.rows import NO_NAME, CustomerRow
from customers.rules import CORE_CODES, PERSON, date_of
from customers.text_forms import document_key
from entities import history
from entities.refusals import InvalidCursor, NotFound
from events import sql
from events.clock import instant_of
from events.errors import Refused

# Fields that were retired or rejected are not shown; the versions keep them.
COLUMNS = """customer.entity_uid, customer.state, customer.surname, customer.name, customer.dob,
    customer.document_number, customer.display_name,
    (customer.extra_fields - ARRAY(
        SELECT lower(code) FROM entities_detailtype WHERE status IN ('retired', 'rejected')))::text,
    customer.created_hlc, customer.updated_hlc, customer.location_id, customer.merged_into"""


def selecting(statement: str) -> str:
    """A statement whose COLUMNS are those that `customer_row` reads."""
    return statement.replace("COLUMNS", COLUMNS)


GET_SQL = selecting(
    """
SELECT COLUMNS, head.digest FROM customers_customer customer
LEFT JOIN events_head head USING (entity_uid)
WHERE customer.entity_uid = ANY(%(uids)s::uuid[]) ORDER BY customer.entity_uid
"""
)

# The row comparison is what the list-order index serves; paging by OFFSET would read all before it.
LIST_SQL = selecting(
    """
SELECT COLUMNS FROM customers_customer customer
WHERE customer.state = 'listed' AND (customer.sort_key, customer.entity_uid)
    > (%(after_key)s COLLATE "C", %(after_uid)s::uuid)
ORDER BY customer.sort_key, customer.entity_uid LIMIT %(limit)s
"""
)

POSITION_SQL = """
SELECT sort_key FROM customers_customer WHERE entity_uid = %(uid)s AND state <> 'erased'
"""

# The number of a merged record is held by who stands for it.
HOLDER_SQL = selecting(
    """
SELECT COLUMNS FROM customers_customer record
JOIN customers_customer customer
    ON customer.entity_uid = coalesce(record.merged_into, record.entity_uid)
WHERE record.document_key = %(key)s AND record.state IN ('listed', 'merged')
    AND customer.state = 'listed' AND customer.entity_uid IS DISTINCT FROM %(but)s::uuid
ORDER BY customer.created_hlc, customer.entity_uid LIMIT 1
"""
)

NAMES_SQL = """
SELECT entity_uid, display_name FROM customers_customer
WHERE entity_uid = ANY(%(uids)s::uuid[]) ORDER BY entity_uid
"""

BEFORE_ALL = ("", UUID(int=0))


class CustomerNotFound(Refused):
    """Nobody here has this id."""

    code = "not_found"
    status = 404

    def __init__(self) -> None:
        super().__init__("Not found.")


class CustomerDeleted(Refused):
    """The customer was deleted and can be restored."""

    code = "deleted"
    status = 404

    def __init__(self) -> None:
        super().__init__("This customer was deleted.")


class CustomerMerged(Refused):
    """Another record stands for this one now."""

    code = "merged"
    status = 410

    def __init__(self, merged_into: UUID | None) -> None:
        super().__init__(
            "This customer was merged into another one.",
            extra={"merged_into": str(merged_into) if merged_into else None},
        )


class CustomerErased(Refused):
    """Everything about this person was removed for good."""

    code = "erased"
    status = 410

    def __init__(self) -> None:
        super().__init__("This customer was erased.")


@dataclass(frozen=True, slots=True)
class Page:
    """One bounded piece of the list; `next_cursor` None = the last one."""

    rows: tuple[CustomerRow, ...]
    next_cursor: str | None


def find_customer(*, uid: UUID) -> CustomerRow | None:
    """The customer in whatever state; None for an unknown id."""
    rows = sql.fetch(GET_SQL, {"uids": [uid]})
    return customer_row(rows[0]) if rows else None


def find_customers(*, uids: Collection[UUID]) -> list[CustomerRow]:
    """Those of them that are known here, in whatever state, by id."""
    return [customer_row(row) for row in sql.fetch(GET_SQL, {"uids": list(uids)})]


def names_of(uids: Collection[UUID]) -> dict[UUID, str]:
    """As they are shown; of erased ones there is none."""
    rows = sql.fetch(NAMES_SQL, {"uids": list(uids)})
    return {uid: display_name or NO_NAME for uid, display_name in rows}


def get_customer(*, uid: UUID) -> CustomerRow:
    """The listed customer.

    Raises CustomerNotFound, CustomerDeleted, CustomerMerged, CustomerErased.
    """
    customer = find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    check_listed(customer)
    return customer


def check_listed(customer: CustomerRow) -> None:
    """Raises CustomerDeleted, CustomerMerged, CustomerErased."""
    if customer.state == CustomerState.DELETED:
        raise CustomerDeleted
    if customer.state == CustomerState.MERGED:
        raise CustomerMerged(customer.merged_into)
    if customer.state == CustomerState.ERASED:
        raise CustomerErased


def customer_as_of(*, uid: UUID, instant_us: int) -> CustomerRow:
    """The customer as it was; of a deleted one, too.

    Raises CustomerNotFound outside its life, CustomerErased.
    """
    customer = find_customer(uid=uid)
    if customer is not None and customer.state == CustomerState.ERASED:
        raise CustomerErased
    try:
        then = history.entity_as_of(uid, instant_us=instant_us)
    except NotFound:
        raise CustomerNotFound from None
    if customer is None or then.entity_type != PERSON:
        raise CustomerNotFound
    hidden = CORE_CODES | hidden_codes()
    details = {detail.detail_code: detail.value for detail in then.details}
    return replace(
        customer,
        surname=details.get("SURNAME"),
        name=details.get("NAME"),
        dob=date_of(details.get("DOB")),
        document_number=details.get("DOCUMENT_NUMBER"),
        display_name=then.display_name,
        extra_fields={code.lower(): details[code] for code in details if code not in hidden},
        updated_at=then.updated_at,
        location_id=then.location_id,
        digest=None,
    )


def known_customer(*, uid: UUID) -> CustomerRow:
    """Listed, deleted or merged: whoever has a history. Raises CustomerNotFound, CustomerErased."""
    customer = find_customer(uid=uid)
    if customer is None:
        raise CustomerNotFound
    if customer.state == CustomerState.ERASED:
        raise CustomerErased
    return customer


def list_customers(*, limit: int, cursor: str | None = None) -> Page:
    """Listed customers by surname, name, id. Raises InvalidCursor."""
    after_key, after_uid = _position(cursor) if cursor else BEFORE_ALL
    found = sql.fetch(
        LIST_SQL, {"after_key": after_key, "after_uid": after_uid, "limit": limit + 1}
    )
    rows = tuple(map(customer_row, found[:limit]))
    return Page(rows, cursor_of(rows[-1].entity_uid) if len(found) > limit else None)


def holder_of(*, document_number: str, but: UUID | None = None) -> CustomerRow | None:
    """The listed customer who has this document number, written in any way, or stands for somebody
    who has it; `but` does not count."""
    key = document_key(document_number)
    rows = sql.fetch(HOLDER_SQL, {"key": key, "but": but})
    return customer_row(rows[0]) if rows else None


def cursor_of(uid: UUID) -> str:
    """Opaque, and only an id: a name in a link would end up in logs."""
    return base64.urlsafe_b64encode(uid.bytes).decode().rstrip("=")


def customer_row(row: Sequence[Any]) -> CustomerRow:
    """A row that begins with COLUMNS; after them the digest, if it was asked for."""
    digest = row[12] if len(row) > 12 else None
    return CustomerRow(
        entity_uid=row[0],
        state=row[1],
        surname=row[2],
        name=row[3],
        dob=row[4],
        document_number=row[5],
        display_name=row[6],
        extra_fields=orjson.loads(row[7]),
        created_at=instant_of(row[8]),
        updated_at=instant_of(row[9]),
        location_id=row[10],
        merged_into=row[11],
        digest=None if digest is None else bytes(digest),
    )


def _position(cursor: str) -> tuple[str, UUID]:
    try:
        uid = UUID(bytes=base64.urlsafe_b64decode(f"{cursor}=="))
    except (ValueError, binascii.Error) as error:
        raise InvalidCursor from error
    rows = sql.fetch(POSITION_SQL, {"uid": uid})
    if not rows:
        raise InvalidCursor
    return rows[0][0], uid
