"""The vocabularies: which entity types and detail types there are, and new ones."""

from collections.abc import Sequence

from rest_framework.request import Request
from rest_framework.response import Response

from entities import governance, vocabulary
from entities.api import vocabulary_bodies
from entities.api.base import EntitiesView
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.writing import Answer
from entities.vocabulary import Definition, Row
from events.principal import Act


class VocabularyView(EntitiesView):
    """A bare list, which is short, and its new definitions."""

    def rows(self) -> Sequence[Row]:
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        rows = self.rows()
        self.note(request)
        return Response([shared.row(row) for row in rows])


class EntityTypesView(VocabularyView):
    endpoint = "entity_types"

    def rows(self) -> Sequence[Row]:
        return vocabulary.entity_type_rows()

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        body = vocabulary_bodies.read_entity_type(request.data)

        def define(act: Act) -> Answer:
            return _answer(vocabulary.define_entity_type(act, code=body.code, label=body.label))

        return self.answer(request, define)


class DetailTypesView(VocabularyView):
    endpoint = "detail_types"

    def rows(self) -> Sequence[Row]:
        return vocabulary.detail_type_rows()

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        body = vocabulary_bodies.read_detail_type(request.data)

        def define(act: Act) -> Answer:
            return _answer(
                governance.define_detail_type(
                    act,
                    code=body.code,
                    label=body.label,
                    value_type=body.value_type,
                    options=body.options,
                )
            )

        return self.answer(request, define)


def _answer(definition: Definition) -> Answer:
    """201 for a code that was not there before."""
    status = 201 if definition.is_new else 200
    return Answer(status, shared.row(definition.row), definition.entity_uid)
