"""The closed list of audited actions: past tense, each of one kind."""

from enum import StrEnum


class Kind(StrEnum):
    WRITE = "write"
    READ = "read"
    SEARCH = "search"
    REFUSAL = "refusal"
    LOGIN = "login"
    APPLIED = "applied"
    COMMAND = "command"


class Outcome(StrEnum):
    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"


KIND_OF_ACTION: dict[str, Kind] = {
    # Entities, through either face
    "entity.created": Kind.WRITE,
    "entity.updated": Kind.WRITE,
    "entity.deleted": Kind.WRITE,
    "entity.restored": Kind.WRITE,
    "entity.merged": Kind.WRITE,
    "entity.unmerged": Kind.WRITE,
    "entity.distinguished": Kind.WRITE,
    "conflict.resolved": Kind.WRITE,
    "detail_type.proposed": Kind.WRITE,
    "detail_type.authorised": Kind.WRITE,
    "detail_type.rejected": Kind.WRITE,
    "detail_type.retired": Kind.WRITE,
    "detail_type.amended": Kind.WRITE,
    "detail_type.defined": Kind.WRITE,  # before fields were proposed and decided about
    "entity_type.defined": Kind.WRITE,
    # Retention: what is to leave, and by which rule
    "retention_policy.defined": Kind.WRITE,
    "retention_policy.retired": Kind.WRITE,
    "retention_run.previewed": Kind.WRITE,
    "retention_run.approved": Kind.WRITE,
    "retention_run.withdrawn": Kind.WRITE,
    "retention.read": Kind.READ,
    # Holds, and erasure for ever
    "hold.placed": Kind.WRITE,
    "hold.lifted": Kind.WRITE,
    "erasure.scheduled": Kind.WRITE,
    "erasure.cancelled": Kind.WRITE,
    "entity.erased": Kind.WRITE,
    "erasure.read": Kind.READ,
    # Restriction of processing
    "entity.restricted": Kind.WRITE,
    "entity.unrestricted": Kind.WRITE,
    # Entities: what was looked at
    "entity.listed": Kind.READ,
    "entity.listed_as_of": Kind.READ,
    "entity.read": Kind.READ,
    "entity.read_as_of": Kind.READ,
    "entity.history_read": Kind.READ,
    "entity.diff_read": Kind.READ,
    "vocabulary.read": Kind.READ,
    "detail_type.values_checked": Kind.READ,
    "conflict.listed": Kind.READ,
    # How the locations stand
    "sync.read": Kind.READ,
    "dead_letters.read": Kind.READ,
    # The log and the audit itself, in the admin
    "events.read": Kind.READ,
    "audit.read": Kind.READ,
    "transactions.read": Kind.READ,
    "transactions.exported": Kind.READ,
    "transaction.read": Kind.READ,
    "customer.access_log_read": Kind.READ,
    "customer.subject_report_read": Kind.READ,
    # Customers: what was looked at
    "customer.listed": Kind.READ,
    "customer.read": Kind.READ,
    "customer.read_as_of": Kind.READ,
    "customer.history_read": Kind.READ,
    "customer.events_read": Kind.READ,
    "customer.merge_previewed": Kind.READ,
    "duplicates.listed": Kind.READ,
    "customer.searched": Kind.SEARCH,
    "customer.checked": Kind.SEARCH,
    "customer.matched": Kind.SEARCH,
    # Who came, and who was turned away
    "access.refused": Kind.REFUSAL,
    "login.succeeded": Kind.LOGIN,
    "login.failed": Kind.LOGIN,
    "logout.done": Kind.LOGIN,
    "role.chosen": Kind.LOGIN,
    # Work without a person at the screen
    "events.applied": Kind.APPLIED,
    "entity.write_lost": Kind.APPLIED,
    "erasure.verified": Kind.COMMAND,
    "sample_data.loaded": Kind.COMMAND,
    "entities.rebuilt": Kind.COMMAND,
    "search.rebuilt": Kind.COMMAND,
    "customers.matched": Kind.COMMAND,
    "duplicates.found": Kind.COMMAND,
    "weights.estimated": Kind.COMMAND,
    "roles.set": Kind.COMMAND,
    "token.created": Kind.COMMAND,
    "password.set": Kind.COMMAND,
    "user.created": Kind.COMMAND,
    "audit.archived": Kind.COMMAND,
    "audit.resumed": Kind.COMMAND,
    "audit.verified": Kind.COMMAND,
    "checkpoints.exported": Kind.COMMAND,
    "command.run": Kind.COMMAND,
    "worker.started": Kind.COMMAND,
    "worker.stopped": Kind.COMMAND,
}


# What was asked of these is in the entry however it ended; a refused read or write is a refusal.
KEPT_KINDS = frozenset({Kind.LOGIN, Kind.APPLIED, Kind.COMMAND})


class UnknownAction(ValueError):
    """An action that is not on the list: an error of the program, never of a caller."""


def kind_of(action: str, outcome: str) -> Kind:
    """The kind of an entry. Raises UnknownAction."""
    kind = KIND_OF_ACTION.get(action)
    if kind is None:
        raise UnknownAction(f"{action} is not in the list of audited actions (audit/actions.py).")
    return kind if outcome == Outcome.OK or kind in KEPT_KINDS else Kind.REFUSAL
