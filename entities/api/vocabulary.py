"""The vocabularies: which entity types and detail types there are, and new ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from entities import vocabulary
from entities.api import definitions
from entities.api.base import EntitiesView
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.writing import Answer
from events.principal import Act

Rows = Sequence[Mapping[str, Any]]


class VocabularyView(EntitiesView):
    """A bare list, which is short, and its new definitions."""

    def rows(self) -> Rows:
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        with transaction.atomic():
            rows = self.rows()
            self.note(request)
        return Response([shared.row(row) for row in rows])

    def defined(self, code: str, define: Callable[[], UUID]) -> Answer:
        """201 for a code that was not there before."""
        is_new = self._row(code) is None
        uid = define()
        return Answer(201 if is_new else 200, shared.row(self._row(code) or {}), uid)

    def _row(self, code: str) -> Mapping[str, Any] | None:
        return next((row for row in self.rows() if row["code"] == code), None)


class EntityTypesView(VocabularyView):
    endpoint = "entity_types"

    def rows(self) -> Rows:
        return vocabulary.entity_type_rows()

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        body = definitions.read_entity_type(request.data)

        def define(act: Act) -> Answer:
            return self.defined(
                body.code,
                lambda: vocabulary.define_entity_type(act, code=body.code, label=body.label),
            )

        return self.answer(request, define)


class DetailTypesView(VocabularyView):
    endpoint = "detail_types"

    def rows(self) -> Rows:
        return vocabulary.detail_type_rows()

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        body = definitions.read_detail_type(request.data)

        def define(act: Act) -> Answer:
            return self.defined(
                body.code,
                lambda: vocabulary.define_detail_type(
                    act,
                    code=body.code,
                    label=body.label,
                    value_type=body.value_type,
                    options=body.options,
                ),
            )

        return self.answer(request, define)
