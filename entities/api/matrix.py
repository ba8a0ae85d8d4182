"""Who may do what on `/api/v1`, and what the audit calls it. Who sees which part of an entity:
entities/masking.py."""

from entities.http.access import NOBODY, Access, Matrix
from entities.roles import EVERYBODY, PROVIDERS, STAFF

MATRIX: Matrix = {
    ("entities", "GET"): Access(EVERYBODY, "entity.listed"),
    ("entities", "POST"): Access(STAFF, "entity.created"),
    ("entity", "GET"): Access(EVERYBODY, "entity.read"),
    ("entity", "PATCH"): Access(STAFF, "entity.updated"),
    ("entity", "DELETE"): Access(STAFF, "entity.deleted"),
    ("restore", "POST"): Access(STAFF, "entity.restored"),
    ("as_of", "GET"): Access(STAFF, "entity.read_as_of"),
    ("entities_as_of", "GET"): Access(STAFF, "entity.listed_as_of"),
    ("history", "GET"): Access(STAFF, "entity.history_read"),
    ("diff", "GET"): Access(STAFF, "entity.diff_read"),
    ("entity_types", "GET"): Access(EVERYBODY, "vocabulary.read"),
    ("entity_types", "POST"): Access(PROVIDERS, "entity_type.defined"),
    ("detail_types", "GET"): Access(EVERYBODY, "vocabulary.read"),
    ("detail_types", "POST"): Access(PROVIDERS, "detail_type.authorised"),
    ("conflicts", "GET"): Access(STAFF, "conflict.listed"),
    ("resolve", "POST"): Access(STAFF, "conflict.resolved"),
    ("sync", "GET"): Access(STAFF, "sync.read"),
    ("dead_letters", "GET"): Access(PROVIDERS, "dead_letters.read"),
    ("transactions", "GET"): Access(PROVIDERS, "transactions.read"),
    ("transactions_totals", "GET"): Access(PROVIDERS, "transactions.read"),
    ("transactions_export", "GET"): Access(PROVIDERS, "transactions.exported"),
    ("transaction", "GET"): Access(PROVIDERS, "transaction.read"),
    # Says nothing of anybody, so that only a refusal is noted.
    ("ping", "GET"): Access(EVERYBODY | {NOBODY}, "access.refused"),
}
