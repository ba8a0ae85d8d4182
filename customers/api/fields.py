"""Fields on the registry's face: which there are, proposals, decisions, and values they refuse."""

from uuid import UUID

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from customers import queries
from customers.api import field_bodies
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView
from entities import field_values, fields, governance
from entities.definitions import STATUSES, code_of
from entities.fields import Field
from entities.http import cursors, parameters
from entities.http.authentication import act_of
from entities.http.etags import etag_of, if_match, is_unchanged
from entities.http.writing import Answer, uid_for
from entities.refusals import Invalid
from entities.restricted import hidden_from
from events.principal import Act

VALUE_LIMIT, MAX_VALUE_LIMIT = 25, 200


class FieldsView(RegistryView):
    """All of them, whatever their status, and new ones."""

    endpoint = "fields"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("status",))
        status = parameters.text(request, "status", longest=32)
        if status is not None and status not in STATUSES:
            raise Invalid({"status": [field_bodies.NO_STATUS]})
        with transaction.atomic():
            found = fields.fields(status=status)
            self.note(request)
        return Response([field_bodies.shown(one) for one in found])

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        body = field_bodies.read_proposal(request.data)
        is_retried = uid_for(request) is not None

        def propose(act: Act) -> Answer:
            made = governance.propose(
                act,
                code=code_of(str(body.key)),
                parts=body.parts,
                reason=body.reason,
                again=is_retried,
            )
            return _shown(made.entity_uid, status=201 if made.is_recorded else 200)

        return self.answer(request, propose)


class FieldView(RegistryView):
    """One of them: amended, decided about, retired."""

    endpoint = "field"

    def get(self, request: Request, field_id: str) -> Response:
        parameters.check_names(request, known=())
        with transaction.atomic():
            found = fields.field(parameters.uid_of(field_id))
            self.note(request)
        etag = _etag(found)
        if is_unchanged(request, etag):
            return Response(None, 304, headers={"ETag": etag})
        return Response(field_bodies.shown(found), headers={"ETag": etag})

    def put(self, request: Request, field_id: str) -> Response:
        return self._change(request, field_id, is_whole=True)

    def patch(self, request: Request, field_id: str) -> Response:
        return self._change(request, field_id, is_whole=False)

    def delete(self, request: Request, field_id: str) -> Response:
        parameters.check_names(request, known=())
        uid, digest = parameters.uid_of(field_id), if_match(request)

        def retire(act: Act) -> Answer:
            governance.retire(act, entity_uid=uid, if_match=digest)
            return Answer(204, None, uid)

        return self.answer(request, retire)

    def _change(self, request: Request, field_id: str, *, is_whole: bool) -> Response:
        parameters.check_names(request, known=())
        uid, digest = parameters.uid_of(field_id), if_match(request)
        body = field_bodies.read_change(request.data, is_whole=is_whole)

        def change(act: Act) -> Answer:
            status = field_bodies.decision(body, fields.field(uid))
            governance.decide(
                act,
                entity_uid=uid,
                status=status,
                changes=body.parts,
                reason=body.reason,
                if_match=digest,
            )
            return _shown(uid)

        return self.answer(request, change)


class InvalidValuesView(RegistryView):
    """Values that the field would refuse today, a bounded look at a time."""

    endpoint = "field_invalid"

    def get(self, request: Request, field_id: str) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=VALUE_LIMIT, most=MAX_VALUE_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        after = cursors.uid_key(cursor) if cursor else field_values.BEFORE_ALL
        with transaction.atomic():
            found = fields.field(parameters.uid_of(field_id))
            hidden = hidden_from(act_of(request).principal)
            examined = field_values.invalid_values(found, limit=limit, after=after, hidden=hidden)
            hits = [row.entity_uid for row in examined.rows]
            names = queries.names_of(hits)
            self.note(request, entity_uid=found.id, hits=hits)
        following = examined.next and cursors.uid_cursor(examined.next)
        rows = [
            {
                "id": str(row.entity_uid),
                "display_name": names.get(row.entity_uid),
                "value": row.value,
                "problem": row.problem,
            }
            for row in examined.rows
        ]
        following = following and parameters.elsewhere(request, following)
        answer = {"next": following, "previous": None, "examined": examined.count, "results": rows}
        return Response(answer)


def _shown(uid: UUID, *, status: int = 200) -> Answer:
    found = fields.field(uid)
    return Answer(status, field_bodies.shown(found), uid, _etag(found))


def _etag(found: Field) -> str:
    return etag_of(found.digest, is_masked=False)
