"""What is asked before a person is written, whatever face the write comes through: the registry's
rules, and whether the document number is free."""

from collections.abc import Collection

from customers import rules
from customers.queries import holder_of
from customers.rows import CustomerRow
from customers.rules import PERSON
from customers.text_forms import document_key
from entities.rules import Proposal, register_rules
from events import sql
from events.clock import instant_of
from events.errors import Refused

# What the audit notes beside the names of the details.
ALLOWED_DUPLICATE = "duplicate_allowed"

# Two writers with one document number queue here: whoever comes second sees the first.
LOCK_DOCUMENT_SQL = "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 5170))"


class DuplicateDocument(Refused):
    """A listed customer here holds this document number."""

    code = "duplicate_document"
    status = 409

    def __init__(self, customer: CustomerRow) -> None:
        super().__init__(
            "A customer with this document number is listed already.",
            extra={"entity_uid": str(customer.entity_uid)},
        )
        self.customer = customer


def register() -> None:
    register_rules(PERSON, check_values)
    register_rules(PERSON, check_document)


def check_values(proposal: Proposal) -> Collection[str]:
    """Raises Invalid."""
    rules.check_person(
        details=proposal.details,
        display_name=proposal.display_name,
        today=instant_of(proposal.act.now_us).date(),
    )
    return ()


def check_document(proposal: Proposal) -> Collection[str]:
    """Is the document number free? One that stays as it is was looked at when it came.

    Raises DuplicateDocument, unless that is overridden.
    """
    number = proposal.details.get("DOCUMENT_NUMBER")
    key = document_key(number)
    if key is None or key == document_key(proposal.held.get("DOCUMENT_NUMBER")):
        return ()
    sql.fetch(LOCK_DOCUMENT_SQL, {"key": key})
    holder = holder_of(document_number=str(number), but=proposal.entity_uid)
    if holder is None:
        return ()
    if DuplicateDocument.code not in proposal.overriding:
        raise DuplicateDocument(holder)
    return (ALLOWED_DUPLICATE,)
