"""What the endpoints of `/api/v1` share."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request

from entities import history, queries, vocabulary
from entities.api import serializers
from entities.api.matrix import MATRIX
from entities.api.operations import DOCUMENT
from entities.http import parameters
from entities.http.authentication import act_of
from entities.http.etags import etag_of
from entities.http.views import JsonView
from entities.http.writing import Answer
from entities.masking import SHOWN_CODES
from entities.refusals import Invalid, Merged, NotFound

ALLOW_DUPLICATE = "allow_duplicate"
DUPLICATE_DOCUMENT = "duplicate_document"
MAX_QUERY_LENGTH = 200
MAX_CODE_LENGTH = 64


class EntitiesView(JsonView):
    """One endpoint of `/api/v1`."""

    matrix = MATRIX
    document = DOCUMENT

    def is_masked(self, request: Request) -> bool:
        """Whoever has not said who it is sees no more than a customer may anywhere."""
        return act_of(request).principal.auth == "none" or super().is_masked(request)


def overriding(request: Request) -> frozenset[str]:
    """The refusals that the caller has seen and overrides. Raises Invalid."""
    parameters.check_names(request, known=(ALLOW_DUPLICATE,))
    is_allowed = parameters.flag(request, ALLOW_DUPLICATE)
    return frozenset({DUPLICATE_DOCUMENT} if is_allowed else ())


def shown(uid: UUID, *, status: int = 200, **more: Any) -> Answer:
    """The entity as it is after a write; whoever may write sees all of it."""
    row = queries.entity_now(uid)
    etag = etag_of(row.digest, is_masked=False)
    return Answer(status, {**serializers.entity(row), **more}, uid, etag)


def shown_as_it_is_left(uid: UUID) -> Answer:
    """As `shown`; of one that is not there any more as it last was."""
    try:
        return shown(uid)
    except (NotFound, Merged):
        return Answer(200, serializers.entity(history.entity_at_last(uid)), uid)


def asked_query(request: Request) -> str | None:
    """`q`, also called `search`. Raises Invalid."""
    q = parameters.text(request, "q", longest=MAX_QUERY_LENGTH)
    search = parameters.text(request, "search", longest=MAX_QUERY_LENGTH)
    if q is not None and search is not None:
        raise Invalid({"search": ["The same as q: send one of them."]})
    return q or search or None


def asked_type(request: Request) -> str | None:
    """Raises Invalid for a type that nobody has defined."""
    code = _asked_code(request, "type")
    if code is None or code in vocabulary.RESERVED_TYPES or vocabulary.is_entity_type(code):
        return code
    raise Invalid({"type": [vocabulary.unknown_type_sentence()]})


def asked_detail_code(request: Request, *, is_masked: bool) -> str | None:
    """Raises Invalid for a code that nobody has defined; which of the hidden details somebody has
    is hidden as well."""
    code = _asked_code(request, "detail_code")
    if code is None or code in SHOWN_CODES:
        return code
    if not is_masked and (
        code in vocabulary.BUILT_IN_CODES or vocabulary.detail_type(code) is not None
    ):
        return code
    known = SHOWN_CODES if is_masked else vocabulary.known_codes()
    sentence = f"Unknown detail code. Known codes: {', '.join(sorted(known))}."
    raise Invalid({"detail_code": [sentence]})


def _asked_code(request: Request, name: str) -> str | None:
    code = parameters.text(request, name, longest=MAX_CODE_LENGTH)
    return None if code is None else code.upper()
