"""The inbox: what people at different locations said without knowing of each other."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from entities import inbox, resolving
from entities.api import paging
from entities.api.base import EntitiesView, overriding, shown_as_it_is_left
from entities.http import cursors, parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.etags import if_match
from entities.http.serializers import json_object
from entities.http.writing import Answer
from entities.refusals import Invalid, NotFound
from entities.restricted import hidden_from
from events.principal import Act

ONE_OF_THEM = "Send either keep, the id of one of the events, or value."
UNKNOWN = "Unknown field."
NO_EVENT = "Must be the id of one of the conflict's events."

NEWEST_FIRST = paging.Paging(cursors.CONFLICTS)


class ConflictsView(EntitiesView):
    """What is open, newest first."""

    endpoint = "conflicts"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=paging.PARAMETERS)
        window = NEWEST_FIRST.window(request)
        page = inbox.conflicts_page(window=window)
        hidden = frozenset(hidden_from(act_of(request).principal))
        rows = [row for row in page.rows if row["entity_uid"] not in hidden]
        results = [_shown(row) for row in rows]
        answer = NEWEST_FIRST.envelope(request, window, page, results)
        self.note(request, hits={row["entity_uid"] for row in rows})
        return Response(answer)


class ResolveView(EntitiesView):
    """Somebody decides what holds."""

    endpoint = "resolve"

    def post(self, request: Request, conflict_id: str) -> Response:
        overridden = overriding(request)
        uid = parameters.uid_of(conflict_id)
        digest = if_match(request)
        decision = _decision(request.data)

        def resolve(act: Act) -> Answer:
            entity_uid = resolving.resolve_conflict(
                act, conflict_id=uid, if_match=digest, overriding=overridden, **decision
            )
            return shown_as_it_is_left(entity_uid)

        return self.answer(request, resolve)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**shared.row(row), "heads": [shared.row(head) for head in row["heads"]]}


def _decision(body: Any) -> dict[str, Any]:
    """What the service is told. Raises Invalid, ParseError."""
    given = json_object(body)
    errors = {key: [UNKNOWN] for key in given if key not in ("keep", "value")}
    if len(given) - len(errors) != 1:
        errors["non_field_errors"] = [ONE_OF_THEM]
    decision = dict(given)
    if "keep" in given:
        try:
            decision["keep"] = parameters.uid_of(str(given["keep"]))
        except NotFound:
            errors["keep"] = [NO_EVENT]
    if errors:
        raise Invalid(errors)
    return decision
