"""What the OpenAPI document says of the registry's face, row by row of its matrix."""

from collections.abc import Mapping
from typing import Any

from customers.api import examples, field_operations
from customers.api.erasing_document import ERASING_OPERATIONS, ERASING_SCHEMAS
from customers.api.retention_document import (
    RETENTION_OPERATIONS,
    RETENTION_PATH_PARAMETERS,
    RETENTION_SCHEMAS,
)
from customers.api.schemas import PATH_PARAMETERS, SCHEMAS
from customers.api.subject_document import SUBJECT_OPERATIONS, SUBJECT_SCHEMAS
from entities.http.components import INSTANT_OR_DATE
from entities.http.operations import (
    ALLOW_DUPLICATE,
    IDEMPOTENCY_KEY,
    IF_NONE_MATCH,
    WRITE,
    Body,
    FaceDocument,
    Operation,
    Operations,
    Parameter,
    Reply,
    flag,
    listed,
    ref,
    words,
)
from entities.http.transaction_document import PAGE

MASKED = "Customers get the masked view: enough to recognise oneself, `extra_fields` empty."

LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
)
MATCH_LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
)
PAIR_LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
)
ACCESS_LIMIT = Parameter(
    "limit",
    "At most so many.",
    {"type": "integer", "minimum": 1, "maximum": 200, "default": 25},
)
DRY_RUN = Parameter(
    "dry_run", "Only show what would become of the two; nothing is written.", flag()
)
CURSOR = Parameter(
    "cursor",
    "Where to go on: from the `Link` of the page before. Opaque.",
    words(200),
)
AS_OF = Parameter(
    "as_of",
    "The customer as of this instant.",
    INSTANT_OR_DATE,
    endpoint="as_of",
)


def _customer(status: str, **more: Any) -> Reply:
    return Reply(status, ref("Customer"), {"customer": examples.CUSTOMER}, ("ETag",), **more)


def _list(description: str, schema: str, example: Any) -> Reply:
    return Reply(description, listed(ref(schema)), {"page": [example]}, ("Link",))


CONFLICT = Reply(
    "Somebody else here holds the document number; or it is deleted, or the request still runs.",
    {"anyOf": [ref("Problem"), ref("DuplicateDocument")]},
    {"duplicate_document": examples.DUPLICATE, "deleted": examples.DELETED},
)
MERGE_CONFLICT = Reply(
    "They are one record, or one of them is not listed; or the request still runs.",
    {"anyOf": [ref("Problem"), ref("AlreadyMerged"), ref("DuplicateDocument")]},
    {"same": examples.SAME, "deleted": examples.DELETED, "merged": examples.ALREADY_MERGED},
)
TWO_CONFLICT = Reply(
    "They are one record, or one of them is not listed; or the request still runs.",
    {"anyOf": [ref("Problem"), ref("AlreadyMerged")]},
    {"same": examples.SAME, "merged": examples.ALREADY_MERGED},
)
NOT_MERGED = Reply(
    "It is not merged, or the request still runs.",
    ref("Problem"),
    {"not_merged": examples.NOT_MERGED},
)
GONE_OR_DELETED = Reply(
    "There is none with this id, or it was deleted.",
    ref("Problem"),
    {
        "unknown": {"detail": "Not found.", "code": "not_found"},
        "deleted": {"detail": "This customer was deleted.", "code": "deleted"},
    },
)


def _evidence(name: str, description: str, **more: Any) -> Parameter:
    return Parameter(name, description, words(500), **more)


SEARCH_PARAMETERS = (
    _evidence(
        "q",
        "Any part: names, birth date, document number.",
        example="alice johnson",
        is_suggested=True,
    ),
    Parameter(
        "mode",
        "`exact`: each part of q is a part of surname, name or document number. `fuzzy`: "
        "typo-tolerant, best first. Case does not matter.",
        {
            "type": "string",
            "default": "exact",
            "pattern": "^([eE][xX][aA][cC][tT]|[fF][uU][zZ][zZ][yY]|)$",
        },
    ),
    Parameter(
        "limit",
        "At most so many.",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": 25},
    ),
    _evidence("surname", "Evidence beside or instead of `q`."),
    _evidence("name", "Evidence beside or instead of `q`."),
    _evidence("dob", "Evidence; what is no date is compared digit by digit."),
    _evidence("document_number", "Evidence beside or instead of `q`."),
)


def _write(name: str, summary: str, description: str, example: Mapping[str, Any]) -> Operation:
    return Operation(
        name,
        summary,
        {200: _customer("The customer as it is now."), 404: GONE_OR_DELETED, 409: CONFLICT},
        description,
        parameters=(ALLOW_DUPLICATE,),
        body=Body(ref("CustomerWrite"), {"change": example}),
        takes=WRITE,
    )


_MERGING: Operations = {
    ("merge", "POST"): Operation(
        "mergeCustomer",
        "Merge a customer into another one",
        {
            200: Reply(
                "The survivor as it is now; with `dry_run` what it would be.",
                {"anyOf": [ref("Customer"), ref("MergePreview")]},
                {"merged": examples.OTHER, "dry_run": examples.PREVIEW},
                ("ETag",),
            ),
            409: MERGE_CONFLICT,
        },
        "The other one stands for both from now on, at every location; `unmerge` takes it back. "
        "If-Match is about the customer that is merged; with `dry_run` it is not looked at.",
        parameters=(DRY_RUN, ALLOW_DUPLICATE),
        body=Body(ref("Merge"), {"merge": examples.MERGE, "taking": examples.MERGE_TAKING}),
        takes=WRITE,
    ),
    ("unmerge", "POST"): Operation(
        "unmergeCustomer",
        "Take a merge back",
        {200: _customer("The customer that was merged, standing for itself."), 409: NOT_MERGED},
        "Both are on the list again as if they had never been merged. Who was deleted since is "
        "given as it was last; `restore` brings it back.",
        body=Body(ref("Reason"), {"reason": {"reason": "They are brothers."}}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("duplicates", "GET"): Operation(
        "listDuplicates",
        "List pairs who may be one person",
        {200: Reply("The likeliest first.", ref("PairPage"), {"page": examples.PAIRS})},
        "Found after each change and by `manage.py find_duplicates`. A pair is gone as soon as it "
        "is merged or told apart.",
        parameters=(PAIR_LIMIT, CURSOR),
    ),
    ("distinct", "POST"): Operation(
        "distinguishCustomers",
        "Say that two customers are different people",
        {
            200: Reply("It is remembered.", ref("Distinct"), {"distinct": examples.DISTINCT}),
            409: TWO_CONFLICT,
        },
        "Remembered at every location: they are never again proposed as a pair.",
        body=Body(ref("Reason"), {"reason": {"reason": "Mother and daughter."}}),
        takes=(IDEMPOTENCY_KEY,),
    ),
}

OPERATIONS: Operations = {
    ("items", "GET"): Operation(
        "listCustomers",
        "List customers",
        {200: _list("A page of the list.", "Customer", examples.CUSTOMER)},
        f"Ordered by surname, name. {MASKED}",
        parameters=(LIMIT, CURSOR),
    ),
    ("items", "POST"): Operation(
        "createCustomer",
        "Create a customer",
        {
            201: _customer("The new customer."),
            200: _customer("It was there already, with this content (a retry by its key)."),
            409: CONFLICT,
        },
        "At least one of surname, name, document_number.",
        parameters=(ALLOW_DUPLICATE,),
        body=Body(ref("CustomerCreate"), {"person": examples.NEW}),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("item", "GET"): Operation(
        "readCustomer",
        "Read a customer, now or as of an instant",
        {200: _customer("The customer; without ETag as of an instant."), 404: GONE_OR_DELETED},
        MASKED,
        parameters=(AS_OF,),
        takes=(IF_NONE_MATCH,),
    ),
    ("item", "PUT"): _write(
        "replaceCustomer",
        "Replace a customer",
        "The whole of it: a missing part becomes null; without `extra_fields` those stay.",
        examples.NEW,
    ),
    ("item", "PATCH"): _write(
        "changeCustomer",
        "Change a customer",
        "Only what is named changes; in `extra_fields`, too, where null removes a key.",
        examples.CHANGE,
    ),
    ("item", "DELETE"): Operation(
        "deleteCustomer",
        "Delete a customer",
        {204: Reply("It is off the list; its history stays."), 404: GONE_OR_DELETED},
        "`restore` brings it back.",
        takes=WRITE,
    ),
    ("search", "GET"): Operation(
        "searchCustomers",
        "Search customers",
        {200: Reply("The hits.", ref("SearchResult"), {"fuzzy": examples.SEARCH})},
        f"Something to search for is required: `q` or one of the fields. {MASKED} Their score has "
        "one decimal, their reasons no values; they find by whole words only, and not without end.",
        parameters=SEARCH_PARAMETERS,
        refuses=(429,),
    ),
    ("match", "POST"): Operation(
        "matchCustomer",
        "Find customers like one who may not exist yet",
        {200: Reply("Who is like that.", ref("MatchResult"), {"similar": examples.MATCHED})},
        "The same scoring and threshold as in search. Writes nothing.",
        parameters=(MATCH_LIMIT,),
        body=Body(ref("Match"), {"person": examples.MATCH}),
    ),
    ("check", "POST"): Operation(
        "checkListed",
        "Ask whether somebody is listed",
        {200: Reply("The answer.", ref("CheckResult"), {"listed": examples.CHECKED})},
        "The customer's own question: a document number, or surname and name; and the birth date. "
        "Nobody may ask often, nor anybody about one person.",
        body=Body(
            ref("Check"), {"by_name": examples.CHECK, "by_document": examples.CHECK_DOCUMENT}
        ),
        refuses=(429,),
    ),
    ("history", "GET"): Operation(
        "readCustomerHistory",
        "What held when",
        {200: _list("Versions, oldest first.", "Version", examples.VERSION)},
        "Also of a deleted customer.",
        parameters=(LIMIT, CURSOR),
    ),
    ("events", "GET"): Operation(
        "readCustomerEvents",
        "Who said what when",
        {200: _list("Events in their order.", "Event", examples.EVENT)},
        "Also of a deleted customer.",
        parameters=(LIMIT, CURSOR),
    ),
    ("access_log", "GET"): Operation(
        "readAccessLog",
        "Who looked at a customer, and when",
        {200: Reply("Newest first.", ref("TransactionPage"), {"page": PAGE})},
        "All transactions about this customer: who read, found or changed them, was refused, and "
        "what was received of them. Of a customer in whatever state.",
        parameters=(ACCESS_LIMIT, CURSOR),
    ),
    ("restore", "POST"): Operation(
        "restoreCustomer",
        "Restore a deleted customer",
        {200: _customer("The customer, back on the list.")},
        "Of a listed one: nothing happens.",
        body=Body(ref("Reason"), {"reason": {"reason": "Deleted by mistake."}}),
        takes=WRITE,
    ),
    **_MERGING,
    **ERASING_OPERATIONS,
    **SUBJECT_OPERATIONS,
    **field_operations.OPERATIONS,
    **RETENTION_OPERATIONS,
}

DOCUMENT = FaceDocument(
    tag="Registry",
    root="/api/customers/",
    operations=OPERATIONS,
    schemas={
        **SCHEMAS,
        **ERASING_SCHEMAS,
        **SUBJECT_SCHEMAS,
        **field_operations.SCHEMAS,
        **RETENTION_SCHEMAS,
    },
    has_slash=True,
    path_parameters={
        **PATH_PARAMETERS,
        **field_operations.PATH_PARAMETERS,
        **RETENTION_PATH_PARAMETERS,
    },
)
