"""Entities as they are now: the list, one of them, and what changes them."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from entities import history, listing, queries, services
from entities.api import paging, periods, serializers
from entities.api.base import (
    EntitiesView,
    asked_detail_code,
    asked_query,
    asked_type,
    overriding,
    shown,
)
from entities.http import cursors, parameters
from entities.http.authentication import act_of
from entities.http.etags import etag_of, if_match, is_unchanged
from entities.http.serializers import read_reason
from entities.http.writing import Answer, uid_for
from entities.open_search import take_search
from entities.restricted import check_open, hidden_from
from events.principal import Act

ENTITIES = paging.Paging(cursors.ENTITIES)


class EntitiesListView(EntitiesView):
    """The list, and new entities."""

    endpoint = "entities"

    def get(self, request: Request) -> Response:
        known = ("q", "search", "type", "detail_code", *paging.PARAMETERS)
        parameters.check_names(request, known=known)
        is_masked = self.is_masked(request)
        q, window = asked_query(request), ENTITIES.window(request)
        if is_masked and q is not None:
            take_search(act_of(request))
        page = listing.list_entities(
            window=window,
            q=q,
            entity_type=asked_type(request),
            detail_code=asked_detail_code(request, is_masked=is_masked),
            is_whole_only=is_masked,
            hidden=hidden_from(act_of(request).principal),
        )
        results = [serializers.entity(row, is_masked=is_masked) for row in page.rows]
        answer = ENTITIES.envelope(request, window, page, results)
        self.note(request, hits=[row.entity_uid for row in page.rows], query=q)
        return Response(answer)

    def post(self, request: Request) -> Response:
        overridden = overriding(request)
        body = serializers.read_creation(request.data)
        uid = body.entity_uid or uid_for(request)
        check_open(act_of(request).principal, [uid] if uid else [])

        def create(act: Act) -> Answer:
            creation = services.create_entity(
                act,
                entity_type=body.entity_type or "",
                display_name=body.display_name,
                details=body.details,
                entity_uid=uid,
                valid_from=body.valid_from,
                overriding=overridden,
            )
            return shown(creation.entity_uid, status=201 if creation.is_new else 200)

        return self.answer(request, create)


class EntityView(EntitiesView):
    """One entity."""

    endpoint = "entity"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("as_of",))
        if "as_of" in request.query_params:
            self.as_endpoint(request, "as_of")
            return self._get_as_of(request, parameters.uid_of(uid))
        return self._get_now(request, parameters.uid_of(uid))

    def patch(self, request: Request, uid: str) -> Response:
        overridden = overriding(request)
        entity_uid = parameters.uid_of(uid)
        digest = if_match(request)
        body = serializers.read_change(request.data)

        def change(act: Act) -> Answer:
            events = services.update_entity(
                act,
                entity_uid=entity_uid,
                entity_type=body.entity_type,
                display_name=body.display_name,
                details=body.details,
                valid_from=body.valid_from,
                if_match=digest,
                overriding=overridden,
            )
            codes = queries.superseded(entity_uid=entity_uid, events=events)
            more: dict[str, Any] = {"superseded": codes} if codes else {}
            return shown(entity_uid, **more)

        return self.answer(request, change)

    def delete(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        entity_uid = parameters.uid_of(uid)
        digest = if_match(request)

        def delete(act: Act) -> Answer:
            services.delete_entity(act, entity_uid=entity_uid, if_match=digest)
            return Answer(204, None, entity_uid)

        return self.answer(request, delete)

    def _get_now(self, request: Request, uid: UUID) -> Response:
        row = queries.entity_now(uid)
        self.note(request, entity_uid=uid, hits=[uid])
        is_masked = self.is_masked(request)
        headers = {"ETag": etag_of(row.digest, is_masked=is_masked)}
        if is_unchanged(request, headers["ETag"]):
            return Response(None, 304, headers=headers)
        return Response(serializers.entity(row, is_masked=is_masked), headers=headers)

    def _get_as_of(self, request: Request, uid: UUID) -> Response:
        at = periods.as_of_us(request)
        row = history.entity_as_of(uid, instant_us=at)
        self.note(request, entity_uid=uid, hits=[uid])
        return Response(serializers.entity(row, is_masked=self.is_masked(request)))


class RestoreView(EntitiesView):
    """A deleted entity back among the living."""

    endpoint = "restore"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        entity_uid = parameters.uid_of(uid)
        digest = if_match(request)
        reason = read_reason(request.data)

        def restore(act: Act) -> Answer:
            services.restore_entity(act, entity_uid=entity_uid, reason=reason, if_match=digest)
            return shown(entity_uid)

        return self.answer(request, restore)
