"""Who may do what on the pages: the matrix role x page x method, as data."""

from collections.abc import Mapping
from typing import NamedTuple

from entities.roles import EVERYBODY, PROVIDERS, STAFF


class Door(NamedTuple):
    """`action` = what the audit calls it when it is refused; "" = nothing worth an entry."""

    roles: frozenset[str]
    action: str


# (name of the page, method). HEAD is GET; a method that is not here is 405 for everybody.
MATRIX: Mapping[tuple[str, str], Door] = {
    ("search", "GET"): Door(EVERYBODY, "customer.searched"),
    ("check", "GET"): Door(EVERYBODY, ""),
    ("check", "POST"): Door(EVERYBODY, "customer.checked"),
    ("sync-pill", "GET"): Door(EVERYBODY, ""),
    ("customer-new", "GET"): Door(STAFF, "customer.searched"),
    ("customer-new", "POST"): Door(STAFF, "entity.created"),
    ("customer-similar", "POST"): Door(STAFF, "customer.searched"),
    ("customer", "GET"): Door(STAFF, "customer.read"),
    ("customer-timeline", "GET"): Door(STAFF, "customer.events_read"),
    ("customer-confirmed", "GET"): Door(STAFF, ""),
    ("customer-provenance", "GET"): Door(STAFF, "customer.history_read"),
    ("customer-provenance", "POST"): Door(STAFF, "entity.updated"),
    ("customer-edit", "GET"): Door(STAFF, "customer.read"),
    ("customer-edit", "POST"): Door(STAFF, "entity.updated"),
    ("customer-delete", "GET"): Door(STAFF, "customer.read"),
    ("customer-delete", "POST"): Door(STAFF, "entity.deleted"),
    ("customer-restore", "POST"): Door(STAFF, "entity.restored"),
    ("customer-merge", "GET"): Door(STAFF, "customer.read"),
    ("customer-merge", "POST"): Door(STAFF, "customer.searched"),
    ("customer-unmerge", "GET"): Door(STAFF, "customer.read"),
    ("customer-unmerge", "POST"): Door(STAFF, "entity.unmerged"),
    ("customer-hold", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-hold", "POST"): Door(PROVIDERS, "hold.placed"),
    ("customer-lift", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-lift", "POST"): Door(PROVIDERS, "hold.lifted"),
    ("customer-erase", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-erase", "POST"): Door(PROVIDERS, "erasure.scheduled"),
    ("customer-erasure-cancel", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-erasure-cancel", "POST"): Door(PROVIDERS, "erasure.cancelled"),
    ("customer-restrict", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-restrict", "POST"): Door(PROVIDERS, "entity.restricted"),
    ("customer-unrestrict", "GET"): Door(PROVIDERS, "customer.read"),
    ("customer-unrestrict", "POST"): Door(PROVIDERS, "entity.unrestricted"),
    ("restricted", "GET"): Door(PROVIDERS, "retention.read"),
    ("fields", "GET"): Door(STAFF, "vocabulary.read"),
    ("field-new", "GET"): Door(STAFF, ""),
    ("field-new", "POST"): Door(STAFF, "detail_type.proposed"),
    ("field", "GET"): Door(STAFF, "vocabulary.read"),
    ("field-change", "GET"): Door(PROVIDERS, "vocabulary.read"),
    ("field-change", "POST"): Door(PROVIDERS, "detail_type.amended"),
    ("field-decide", "GET"): Door(PROVIDERS, "vocabulary.read"),
    ("field-decide", "POST"): Door(PROVIDERS, "detail_type.amended"),
    ("field-settle", "POST"): Door(PROVIDERS, "conflict.resolved"),
    ("field-invalid", "GET"): Door(STAFF, "detail_type.values_checked"),
    ("duplicates", "GET"): Door(STAFF, "duplicates.listed"),
    ("merge-history", "GET"): Door(STAFF, "duplicates.listed"),
    ("duplicate", "GET"): Door(STAFF, "customer.merge_previewed"),
    ("duplicate", "POST"): Door(STAFF, "entity.merged"),
    ("duplicate-distinct", "GET"): Door(STAFF, "customer.read"),
    ("duplicate-distinct", "POST"): Door(STAFF, "entity.distinguished"),
    ("customer-access-log", "GET"): Door(PROVIDERS, "customer.access_log_read"),
    ("customer-subject-report", "GET"): Door(PROVIDERS, "customer.subject_report_read"),
    ("retention", "GET"): Door(PROVIDERS, "retention.read"),
    ("retention-preview", "POST"): Door(PROVIDERS, "retention_run.previewed"),
    ("retention-run", "GET"): Door(PROVIDERS, "retention.read"),
    ("retention-run", "POST"): Door(PROVIDERS, "retention_run.approved"),
    ("erasure-ledger", "GET"): Door(PROVIDERS, "retention.read"),
    ("retention-policies", "GET"): Door(PROVIDERS, "retention.read"),
    ("retention-policies", "POST"): Door(PROVIDERS, "retention_policy.defined"),
    ("retention-policy", "GET"): Door(PROVIDERS, "retention.read"),
    ("retention-policy", "POST"): Door(PROVIDERS, "retention_policy.defined"),
    ("retention-policy-retire", "POST"): Door(PROVIDERS, "retention_policy.retired"),
    ("retention-unjudged", "GET"): Door(PROVIDERS, "retention.read"),
    ("transactions", "GET"): Door(PROVIDERS, "transactions.read"),
    ("transaction", "GET"): Door(PROVIDERS, "transaction.read"),
    ("transactions-export", "GET"): Door(PROVIDERS, "transactions.exported"),
    ("transactions-verify", "POST"): Door(PROVIDERS, "audit.verified"),
}


def methods_of(name: str) -> list[str]:
    return [method for page, method in MATRIX if page == name]
