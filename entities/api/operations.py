"""What the OpenAPI document says of `/api/v1`, row by row of its matrix."""

from collections.abc import Mapping
from typing import Any

from entities.api import examples, transaction_operations
from entities.api.schemas import PATH_PARAMETERS, SCHEMAS
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
    Schema,
    listed,
    ref,
    words,
)

MASKED = (
    "Customers, and in `header` mode callers who have not said who they are, get the masked view: "
    "every `hashdiff` null, of people's details only the masked names, birth year and document."
)


def _whole(most: int | None, default: int) -> Schema:
    bounds = {"minimum": 1, **({"maximum": most} if most else {})}
    return {"type": "integer", **bounds, "default": default}


PAGING = (
    Parameter(
        "page",
        "By number; page × page_size reaches to 10,000. Not together with `cursor`.",
        _whole(None, 1),
    ),
    Parameter("page_size", "Rows on a page.", _whole(200, 25)),
    Parameter(
        "cursor",
        "From `next` or `previous`: costs the same at any depth. Opaque.",
        words(200),
    ),
)
QUERY = (
    Parameter(
        "q",
        "Part of the display name or of a detail's value, ignoring case and diacritics.",
        words(200),
    ),
    Parameter("search", "Another name of `q`.", words(200)),
    Parameter("type", "An entity type's code, in any case.", words(64)),
)
DETAIL_CODE = Parameter(
    "detail_code", "Only entities that have this detail; in any case.", words(64)
)


AS_OF = Parameter(
    "as_of", "The instant.", INSTANT_OR_DATE, "2024-01-15T10:30:00Z", is_required=True
)
# A year in which something changes in the sample.
DIFF_PARAMETERS = (
    Parameter("from", "A date is its 00:00 UTC.", INSTANT_OR_DATE, "2025-01-01", is_required=True),
    Parameter("to", "A date is the whole day.", INSTANT_OR_DATE, "2025-12-31", is_required=True),
    Parameter("entity_uid", "Only this entity.", {"type": "string", "format": "uuid"}),
    Parameter(
        "format",
        "`net`: the end beside the beginning. `audit`: every change in between, oldest first.",
        {"type": "string", "pattern": "^([nN][eE][tT]|[aA][uU][dD][iI][tT]|)$", "default": "net"},
    ),
    Parameter("limit", "At most so many.", _whole(1000, 100)),
    Parameter("cursor", "From the `Link` of the page before.", words(200)),
)


def _entity(description: str, schema: str = "Entity", **examples_: Any) -> Reply:
    return Reply(description, ref(schema), examples_ or {"entity": examples.ENTITY}, ("ETag",))


def _page(description: str, schema: str, example: Any) -> Reply:
    return Reply(description, ref(schema), {"page": example})


def _conflict(description: str, **more: Mapping[str, Any]) -> Reply:
    return Reply(
        description,
        {"anyOf": [ref("Problem"), ref("DuplicateEntity")]},
        {"deleted": examples.DELETED, **more},
    )


PAST_END: Reply = Reply(
    "A page beyond the end.",
    ref("Problem"),
    {"beyond": {"detail": "Not found.", "code": "not_found"}},
)

_ENTITIES: Operations = {
    ("entities", "GET"): Operation(
        "listEntities",
        "List entities",
        {200: _page("A page of the list.", "EntityPage", examples.ENTITY_PAGE), 404: PAST_END},
        f"Ordered by display name, entity_uid. {MASKED} They find by whole words only, and not "
        "without end.",
        parameters=(*QUERY, DETAIL_CODE, *PAGING),
        refuses=(429,),
    ),
    ("entities", "POST"): Operation(
        "createEntity",
        "Create an entity",
        {
            201: _entity("The new entity."),
            200: _entity("It was there already, with this content."),
            409: _conflict(
                "The id is taken by other content, or deleted; or somebody else here holds the "
                "document number.",
                exists=examples.EXISTS,
                duplicate_document=examples.DUPLICATE,
            ),
        },
        "Several `valid_from` in one request become one event each. A person's display name is "
        "made of surname and name; other types need one.",
        parameters=(ALLOW_DUPLICATE,),
        body=Body(
            ref("EntityCreate"),
            {"person": examples.NEW, "institution": examples.NEW_INSTITUTION},
        ),
        takes=(IDEMPOTENCY_KEY,),
        refuses=(410,),
    ),
    ("entity", "GET"): Operation(
        "readEntity",
        "Read an entity, now or as of an instant",
        {200: _entity("The entity; without ETag as of an instant.")},
        MASKED,
        parameters=(
            Parameter("as_of", "The entity as of this instant.", INSTANT_OR_DATE, endpoint="as_of"),
        ),
        takes=(IF_NONE_MATCH,),
    ),
    ("entity", "PATCH"): Operation(
        "changeEntity",
        "Change an entity, now or back-dated",
        {
            200: _entity(
                "The entity as it is now; `superseded` names what a back-dated change does not "
                "change today.",
                "ChangedEntity",
                entity=examples.ENTITY,
                back_dated={**examples.ENTITY, "superseded": ["EMAIL"]},
            ),
            409: _conflict("It is deleted, or somebody else here holds the document number."),
        },
        "Details merge by code, null closes one. What holds already at `valid_from` is left out; "
        "if nothing is left, nothing is recorded.",
        parameters=(ALLOW_DUPLICATE,),
        body=Body(
            ref("EntityChange"), {"detail": examples.CHANGE, "back_dated": examples.BACK_DATED}
        ),
        takes=WRITE,
    ),
    ("entity", "DELETE"): Operation(
        "deleteEntity",
        "Delete an entity",
        {204: Reply("Its versions are closed; its history stays.")},
        "`restore` brings it back.",
        takes=WRITE,
    ),
    ("restore", "POST"): Operation(
        "restoreEntity",
        "Restore a deleted entity",
        {200: _entity("The entity, as it was.")},
        "Of one that is not deleted: nothing happens.",
        body=Body(ref("RestoreReason"), {"reason": {"reason": "Deleted by mistake."}}),
        takes=WRITE,
    ),
}

_PAST: Operations = {
    ("history", "GET"): Operation(
        "readEntityHistory",
        "What held when",
        {200: _page("Versions by valid_from, oldest first.", "VersionPage", examples.HISTORY)},
        "Also of a deleted entity.",
        parameters=PAGING,
    ),
    ("entities_as_of", "GET"): Operation(
        "listEntitiesAsOf",
        "List entities as they were",
        {200: _page("A page of the list.", "EntityPage", examples.ENTITY_PAGE), 404: PAST_END},
        "Ordered by entity_uid.",
        parameters=(AS_OF, *QUERY, *PAGING),
    ),
    ("diff", "GET"): Operation(
        "diffEntities",
        "What changed between two instants",
        {
            200: Reply(
                "A page of changes.",
                {"anyOf": [listed(ref("EntityDiff")), listed(ref("Change"))]},
                {"net": examples.DIFF, "audit": examples.DIFF_AUDIT},
                ("Link",),
            ),
        },
        "Net: by entity_uid, what is different at the end of the period; what was changed there "
        "and back again is not. With `format=audit` every change.",
        parameters=DIFF_PARAMETERS,
        refuses=(404,),
    ),
}


def _vocabulary(name: str, what: str, schema: str, body: str, example: Any, sent: Any) -> Any:
    return {
        "GET": Operation(
            f"list{name}s",
            f"List {what}s",
            {200: Reply("All of them by code.", listed(ref(schema)), {"list": [example]})},
        ),
        "POST": Operation(
            f"define{name}",
            f"Define {'an' if what[0] in 'aeiou' else 'a'} {what}",
            {
                201: Reply("It holds at every location.", ref(schema), {"new": example}),
                200: Reply("It was there already.", ref(schema), {"known": example}),
                409: Reply(
                    "The code means something else.", ref("Problem"), {"exists": examples.TAKEN}
                ),
            },
            body=Body(ref(body), {"new": sent}),
            takes=(IDEMPOTENCY_KEY,),
        ),
    }


_ENTITY_TYPES = _vocabulary(
    "EntityType",
    "entity type",
    "EntityType",
    "EntityTypeWrite",
    examples.ENTITY_TYPE,
    examples.NEW_ENTITY_TYPE,
)
_DETAIL_TYPES = _vocabulary(
    "DetailType",
    "detail type",
    "DetailType",
    "DetailTypeWrite",
    examples.DETAIL_TYPE,
    examples.NEW_DETAIL_TYPE,
)

_LOCATIONS: Operations = {
    ("conflicts", "GET"): Operation(
        "listConflicts",
        "List open conflicts",
        {200: _page("Newest first.", "ConflictPage", examples.CONFLICTS), 404: PAST_END},
        "What was said at different locations without knowing of each other.",
        parameters=PAGING,
    ),
    ("resolve", "POST"): Operation(
        "resolveConflict",
        "Resolve a conflict",
        {
            200: _entity("The entity, as it holds from now on."),
            409: _conflict("It cannot be settled so, or not yet."),
        },
        "An unknown or closed conflict is 404.",
        parameters=(ALLOW_DUPLICATE,),
        body=Body(ref("Resolution"), {"keep": examples.KEEP, "value": {"value": "Åsa Maria"}}),
        takes=WRITE,
    ),
    ("sync", "GET"): Operation(
        "readSync",
        "How the locations stand",
        {200: Reply("This location's view.", ref("SyncState"), {"alone": examples.SYNC})},
    ),
    ("dead_letters", "GET"): Operation(
        "listDeadLetters",
        "Messages set aside",
        {200: _page("Newest first.", "DeadLetterPage", examples.DEAD_LETTERS), 404: PAST_END},
        "What could not be read or folded, and why; never its content.",
        parameters=PAGING,
    ),
    ("ping", "GET"): Operation(
        "ping",
        "Does somebody answer?",
        {200: Reply("Yes.", ref("Ping"), {"ok": examples.PING})},
    ),
    ("auth_token", "POST"): Operation(
        "getToken",
        "Get a token",
        {
            200: Reply("The user's token.", ref("Token"), {"token": examples.TOKEN}),
            429: Reply(
                "Too many logins have failed from your network.",
                ref("Problem"),
                {"often": examples.TOO_MANY_LOGINS},
                ("Retry-After",),
            ),
        },
        "Send it as `Authorization: Bearer …` or `Token …`.",
        body=Body(ref("Credentials"), {"agent": {"username": "agent", "password": "agent"}}),
    ),
}

OPERATIONS: Operations = {
    **_ENTITIES,
    **_PAST,
    **{("entity_types", method): operation for method, operation in _ENTITY_TYPES.items()},
    **{("detail_types", method): operation for method, operation in _DETAIL_TYPES.items()},
    **_LOCATIONS,
    **transaction_operations.OPERATIONS,
}

DOCUMENT = FaceDocument(
    tag="Entities",
    root="/api/v1/",
    operations=OPERATIONS,
    schemas={**SCHEMAS, **transaction_operations.SCHEMAS},
    has_slash=False,
    path_parameters={**PATH_PARAMETERS, **transaction_operations.PATH_PARAMETERS},
)
