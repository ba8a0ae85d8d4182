"""Who may do what on the registry's face, and what the audit calls it."""

from entities.http.access import Access, Matrix
from entities.roles import EVERYBODY, PROVIDERS, STAFF

MATRIX: Matrix = {
    ("items", "GET"): Access(EVERYBODY, "customer.listed"),
    ("items", "POST"): Access(STAFF, "entity.created"),
    ("item", "GET"): Access(EVERYBODY, "customer.read"),
    ("item", "PUT"): Access(STAFF, "entity.updated"),
    ("item", "PATCH"): Access(STAFF, "entity.updated"),
    ("item", "DELETE"): Access(STAFF, "entity.deleted"),
    ("as_of", "GET"): Access(STAFF, "customer.read_as_of"),
    ("search", "GET"): Access(EVERYBODY, "customer.searched"),
    ("check", "POST"): Access(EVERYBODY, "customer.checked"),
    ("match", "POST"): Access(STAFF, "customer.matched"),
    ("history", "GET"): Access(STAFF, "customer.history_read"),
    ("events", "GET"): Access(STAFF, "customer.events_read"),
    ("access_log", "GET"): Access(PROVIDERS, "customer.access_log_read"),
    ("restore", "POST"): Access(STAFF, "entity.restored"),
    ("merge", "POST"): Access(STAFF, "entity.merged"),
    ("unmerge", "POST"): Access(STAFF, "entity.unmerged"),
    ("fields", "GET"): Access(STAFF, "vocabulary.read"),
    ("fields", "POST"): Access(STAFF, "detail_type.proposed"),
    ("field", "GET"): Access(STAFF, "vocabulary.read"),
    ("field", "PUT"): Access(PROVIDERS, "detail_type.amended"),
    ("field", "PATCH"): Access(PROVIDERS, "detail_type.amended"),
    ("field", "DELETE"): Access(PROVIDERS, "detail_type.retired"),
    ("field_invalid", "GET"): Access(STAFF, "detail_type.values_checked"),
    ("duplicates", "GET"): Access(STAFF, "duplicates.listed"),
    ("distinct", "POST"): Access(STAFF, "entity.distinguished"),
}
