"""What each audited action is in words: pure data, one telling per action.

`{subject}` is whom or what the entry is about, `{other}` the second of two, `{fields}` names the
fields, `{codes}` are those of the entry as they are, `{found}` is "found 8", `{shown}` "8 shown",
`{count}` how many, `{changes}` "3 changes", `{origins}` where they came from.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Telling(NamedTuple):
    """`name` stands in the filter; `done` is the sentence of what went well, and "Tried to" comes
    before `attempt` when it did not. In sentences about somebody `attempt` has the same subject."""

    name: str
    done: str
    attempt: str


TELLINGS: Mapping[str, Telling] = {
    # Entities, through either face
    "entity.created": Telling(
        "Put on the list", "Put {subject} on the list", "put {subject} on the list"
    ),
    "entity.updated": Telling("Changed", "Changed {fields} of {subject}", "change {subject}"),
    "entity.deleted": Telling(
        "Taken off the list", "Took {subject} off the list", "take {subject} off the list"
    ),
    "entity.restored": Telling(
        "Put back on the list", "Put {subject} back on the list", "put {subject} back on the list"
    ),
    "entity.merged": Telling(
        "Merged", "Merged {subject} into {other}", "merge {subject} into another customer"
    ),
    "entity.unmerged": Telling(
        "Un-merged", "Took the merge of {subject} back", "take the merge of {subject} back"
    ),
    "entity.distinguished": Telling(
        "Told apart", "Told {subject} and {other} apart", "tell {subject} and another apart"
    ),
    "conflict.resolved": Telling(
        "Conflict decided", "Decided {fields} of {subject}", "decide a conflict of {subject}"
    ),
    "detail_type.defined": Telling("Field defined", "Defined the field {codes}", "define a field"),
    "detail_type.values_checked": Telling(
        "Values checked",
        "Looked for values that the field {subject} refuses; {shown}",
        "look for values that the field {subject} refuses",
    ),
    "detail_type.proposed": Telling(
        "Field proposed", "Proposed the field {subject}", "propose the field {subject}"
    ),
    "detail_type.authorised": Telling(
        "Field authorised", "Authorised the field {subject}", "authorise the field {subject}"
    ),
    "detail_type.rejected": Telling(
        "Field rejected", "Rejected the field {subject}", "reject the field {subject}"
    ),
    "detail_type.retired": Telling(
        "Field retired", "Retired the field {subject}", "retire the field {subject}"
    ),
    "detail_type.amended": Telling(
        "Field amended", "Amended the field {subject}", "amend the field {subject}"
    ),
    "entity_type.defined": Telling(
        "Type defined", "Defined the type {codes}", "define a type of entities"
    ),
    # Retention: what is to leave, and by which rule
    "retention_policy.defined": Telling(
        "Policy defined", "Defined the retention policy {codes}", "define a retention policy"
    ),
    "retention_policy.retired": Telling(
        "Policy retired", "Retired the retention policy {codes}", "retire a retention policy"
    ),
    "retention_run.previewed": Telling(
        "Retention previewed",
        "Previewed a retention run of {count} customers",
        "preview a retention run",
    ),
    "retention_run.approved": Telling(
        "Retention approved",
        "Approved a retention run of {count} customers",
        "approve a retention run",
    ),
    "retention_run.withdrawn": Telling(
        "Retention withdrawn", "Withdrew a retention run", "withdraw a retention run"
    ),
    "retention.read": Telling(
        "Retention read", "Looked at who is due to leave; {shown}", "see who is due to leave"
    ),
    # Holds, and erasure for ever
    "entity.erased": Telling("Erased", "Erased {subject}", "erase {subject}"),
    "erasure.scheduled": Telling(
        "Erasure scheduled", "Scheduled the erasure of {subject}", "erase {subject}"
    ),
    "erasure.cancelled": Telling(
        "Erasure cancelled", "Cancelled the erasure of {subject}", "keep {subject}"
    ),
    "hold.placed": Telling("Hold placed", "Placed a hold on {subject}", "hold {subject}"),
    "hold.lifted": Telling("Hold lifted", "Lifted a hold from {subject}", "let {subject} go"),
    "entity.restricted": Telling(
        "Restricted", "Restricted the processing of {subject}", "restrict {subject}"
    ),
    "entity.unrestricted": Telling(
        "Restriction lifted",
        "Lifted the restriction of {subject}",
        "lift the restriction of {subject}",
    ),
    "erasure.read": Telling(
        "Erasures read", "Looked at holds and erasures; {shown}", "see holds and erasures"
    ),
    # Entities: what was looked at
    "entity.listed": Telling(
        "Entities listed", "Looked through the list of entities; {shown}", "list entities"
    ),
    "entity.listed_as_of": Telling(
        "Entities listed as they were",
        "Looked through the list of entities as it was; {shown}",
        "list entities as they were",
    ),
    "entity.read": Telling("Entity read", "Read {subject}", "read {subject}"),
    "entity.read_as_of": Telling(
        "Entity read as it was", "Read {subject} as it was", "read {subject} as it was"
    ),
    "entity.history_read": Telling(
        "Entity's history read", "Read the history of {subject}", "read the history of {subject}"
    ),
    "entity.diff_read": Telling(
        "Differences read", "Read what a period changed; {found}", "read what a period changed"
    ),
    "vocabulary.read": Telling(
        "Fields and types read", "Read the fields and types", "read the fields and types"
    ),
    "conflict.listed": Telling(
        "Conflicts listed", "Looked through the open conflicts; {shown}", "list open conflicts"
    ),
    # How the locations stand
    "sync.read": Telling(
        "Sync read", "Read how the locations stand", "read how the locations stand"
    ),
    "dead_letters.read": Telling(
        "Dead letters read", "Read the messages set aside", "read the messages set aside"
    ),
    # The log and the audit itself
    "events.read": Telling("Events read", "Read the log of events", "read the log of events"),
    "audit.read": Telling("Audit read", "Read audit entries", "read audit entries"),
    "transactions.read": Telling(
        "Transactions read", "Looked through the transactions; {shown}", "read the transactions"
    ),
    "transactions.exported": Telling(
        "Transactions exported", "Exported {count} transactions", "export transactions"
    ),
    "transaction.read": Telling(
        "One transaction read", "Read what one transaction changed", "read one transaction"
    ),
    "customer.access_log_read": Telling(
        "Access log read", "Read the access log of {subject}", "read the access log of {subject}"
    ),
    "customer.subject_report_read": Telling(
        "Subject report read",
        "Read all that is held about {subject}",
        "read all that is held about {subject}",
    ),
    # Customers: what was looked at
    "customer.listed": Telling(
        "Customers listed", "Looked through the list of customers; {shown}", "list customers"
    ),
    "customer.read": Telling("Customer read", "Read {subject}", "read {subject}"),
    "customer.read_as_of": Telling(
        "Customer read as it was", "Read {subject} as it was", "read {subject} as it was"
    ),
    "customer.history_read": Telling(
        "Customer's history read", "Read the history of {subject}", "read the history of {subject}"
    ),
    "customer.events_read": Telling(
        "Customer's timeline read",
        "Read the timeline of {subject}",
        "read the timeline of {subject}",
    ),
    "customer.merge_previewed": Telling(
        "Two customers compared",
        "Compared two customers; {found}",
        "compare two customers",
    ),
    "duplicates.listed": Telling(
        "Duplicates listed", "Looked through the duplicates; {shown}", "list the duplicates"
    ),
    "customer.searched": Telling("Searched", "Searched; {found}", "search"),
    "customer.checked": Telling(
        "“Am I on the list?”", "Asked “am I on the list?”", "ask “am I on the list?”"
    ),
    "customer.matched": Telling(
        "Looked for similar ones", "Looked for similar customers; {found}", "look for similar ones"
    ),
    # Who came, and who was turned away
    "access.refused": Telling(
        "Turned away", "Looked at what their role may see", "do what their role may not"
    ),
    "login.succeeded": Telling("Logged in", "Logged in", "log in"),
    "login.failed": Telling("Login failed", "Logged in", "log in"),
    "logout.done": Telling("Logged out", "Logged out", "log out"),
    "role.chosen": Telling("Role chosen", "Chose the role {codes}", "choose a role"),
    # Work without a person at the screen
    "events.applied": Telling(
        "Received", "Received {changes} from {origins}", "take changes over from {origins}"
    ),
    "entity.write_lost": Telling(
        "Change lost",
        "A change of {subject} was lost: another location had erased it before",
        "change {subject}",
    ),
    "erasure.verified": Telling(
        "Erasure verified", "Looked for what is left of {subject}", "verify the erasure"
    ),
    "sample_data.loaded": Telling(
        "Sample loaded", "Loaded the sample: {count} customers", "load the sample"
    ),
    "entities.rebuilt": Telling(
        "Entities rebuilt", "Rebuilt entities; {count} differed", "rebuild entities"
    ),
    "search.rebuilt": Telling(
        "Search rebuilt", "Rebuilt the search index; {count} customers", "rebuild the search index"
    ),
    "customers.matched": Telling(
        "Compared with the list",
        "Compared new customers with the list; {count} pairs",
        "compare new customers with the list",
    ),
    "duplicates.found": Telling(
        "Duplicates looked for", "Looked for duplicates; {count} pairs", "look for duplicates"
    ),
    "weights.estimated": Telling(
        "Weights estimated", "Estimated weights from {count} decisions", "estimate weights"
    ),
    "roles.set": Telling("Roles given", "Gave the roles {codes}", "give roles"),
    "token.created": Telling("Token made", "Made a token for {codes}", "make a token"),
    "audit.archived": Telling(
        "Audit archived", "Archived old entries: {codes}", "archive old entries"
    ),
    "audit.resumed": Telling(
        "Audit resumed", "Went on with the chain under another origin: {codes}", "go on with it"
    ),
    "audit.verified": Telling(
        "Audit verified", "Verified {count} audit entries", "verify the audit entries"
    ),
    "checkpoints.exported": Telling(
        "Checkpoints exported",
        "Exported {count} checkpoints of {codes}",
        "export checkpoints of {codes}",
    ),
    "password.set": Telling("Password set", "Set the password of {codes}", "set a password"),
    "user.created": Telling("User made", "Made the user {codes}", "make a user"),
    "command.run": Telling("Command run", "Ran {codes}", "run {codes}"),
    "worker.started": Telling("Worker started", "Started {codes}", "start {codes}"),
    "worker.stopped": Telling("Worker stopped", "Stopped {codes}", "run {codes}"),
}

# Events that are received and are not made by an action of the same name.
EVENTS: Mapping[str, Telling] = {
    "event.voided": Telling(
        "Event taken back", "Took an event of {subject} back", "take an event of {subject} back"
    ),
    "location.joined": Telling(
        "Location joined", "Let {subject} join the locations", "let {subject} join"
    ),
    "location.retired": Telling("Location retired", "Retired {subject}", "retire {subject}"),
}

# What "refused:" says for a code; others are shown as they are, with blanks.
REASONS: Mapping[str, str] = {
    "already_merged": "already merged",
    "already_verifying": "somebody else was verifying",
    "bad_hash": "damaged on the way",
    "busy": "the database was busy",
    "csrf": "the form was not ours",
    "deleted": "taken off the list",
    "duplicate_document": "document already listed",
    "erased": "erased",
    "exists": "there already",
    "forbidden": "role not allowed",
    "in_flight": "asked twice at once",
    "invalid": "not valid",
    "invalid_cursor": "no such place in the list",
    "invalid_token": "token not valid",
    "key_reused": "key used for something else",
    "malformed": "not readable",
    "merged": "merged into another",
    "not_authenticated": "not logged in",
    "not_found": "not found",
    "not_merged": "not merged",
    "restoring": "restored from a backup, not open yet",
    "role_not_held": "role not held",
    "stale": "changed meanwhile",
    "too_large": "too large",
    "too_many_requests": "asked too often",
    "unknown_role": "no such role",
}

KINDS: Mapping[str, str] = {
    "write": "change made here",
    "read": "read",
    "search": "search",
    "refusal": "refusal",
    "login": "login",
    "applied": "received",
    "command": "command",
}
WAYS_IN: Mapping[str, str] = {
    "header": "role header, without a login",
    "session": "login in the browser",
    "token": "token",
    "command": "command on the server",
    "none": "nobody was logged in",
}
OUTCOMES: Mapping[str, str] = {"ok": "done", "refused": "refused", "failed": "failed"}
