"""What the registry's endpoints share."""

from datetime import date
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from customers import queries
from customers.api import serializers
from customers.api.matrix import MATRIX
from customers.api.operations import DOCUMENT
from customers.person_rules import DuplicateDocument
from customers.rows import CustomerRow
from entities.http.authentication import act_of
from entities.http.etags import etag_of
from entities.http.views import JsonView
from entities.http.writing import Answer
from events.clock import instant_of

MAX_CURSOR_LENGTH = 200
MAX_HIT_LIMIT = 100


class RegistryView(JsonView):
    """One endpoint of the registry."""

    matrix = MATRIX
    document = DOCUMENT
    is_nobody_a_customer = True

    def handle_exception(self, error: Exception) -> Response:
        """Whoever may write sees who holds the document number."""
        if isinstance(error, DuplicateDocument):
            error.extra = {"customer": serializers.customer(error.customer)}
        return super().handle_exception(error)


def shown(uid: UUID, *, status: int = 200) -> Answer:
    """The customer as it is after a write; whoever may write sees all of it."""
    return answer_of(queries.get_customer(uid=uid), status=status)


def answer_of(customer: CustomerRow, *, status: int = 200) -> Answer:
    etag = etag_of(customer.digest, is_masked=False)
    return Answer(status, serializers.customer(customer), customer.entity_uid, etag)


def today(request: Request) -> date:
    return instant_of(act_of(request).now_us).date()
