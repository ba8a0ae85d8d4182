"""The registry's JSON face: parse → one service or query → render. No rules live here."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from customers import checking, queries, services
from customers.api import serializers
from customers.api.matrix import MATRIX
from customers.api.operations import DOCUMENT
from customers.person_rules import DuplicateDocument
from customers.rows import CustomerRow
from customers.search import MAX_QUERY_LENGTH, MODES, Question, search_for
from entities import history
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.cursors import EVENTS, HISTORY, Cursors
from entities.http.etags import etag_of, if_match, is_unchanged
from entities.http.views import JsonView
from entities.http.writing import Answer, uid_for
from entities.refusals import Invalid
from events.clock import instant_of
from events.errors import Refused
from events.paging import Slice
from events.principal import Act

LIST_LIMIT, MAX_LIST_LIMIT = 100, 1_000
MAX_HIT_LIMIT = 100
MAX_CURSOR_LENGTH = 200


class QRequired(Refused):
    """A search without anything to search for."""

    code = ""

    def __init__(self) -> None:
        super().__init__("q required")


class RegistryView(JsonView):
    """What the registry's endpoints share."""

    matrix = MATRIX
    document = DOCUMENT
    is_nobody_a_customer = True

    def handle_exception(self, error: Exception) -> Response:
        """Whoever may write sees who holds the document number."""
        if isinstance(error, DuplicateDocument):
            error.extra = {"customer": serializers.customer(error.customer)}
        return super().handle_exception(error)


class ItemsView(RegistryView):
    """The list, and new customers."""

    endpoint = "items"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=LIST_LIMIT, most=MAX_LIST_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        with transaction.atomic():
            page = queries.list_customers(limit=limit, cursor=cursor)
            self.note(request, hits=[row.entity_uid for row in page.rows])
        is_masked = self.is_masked(request)
        items = [serializers.customer(row, is_masked=is_masked) for row in page.rows]
        return Response(items, headers=parameters.next_link(request, page.next_cursor))

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=("allow_duplicate",))
        allow_duplicate = parameters.flag(request, "allow_duplicate")
        body = serializers.read_customer(request.data)
        uid = uid_for(request)

        def create(act: Act) -> Answer:
            creation = services.create_customer(
                act,
                values=body.values,
                extra_fields=body.extra_fields,
                allow_duplicate=allow_duplicate,
                entity_uid=uid,
            )
            return _shown(creation.entity_uid, status=201 if creation.is_new else 200)

        return self.answer(request, create)


class ItemView(RegistryView):
    """One customer."""

    endpoint = "item"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("as_of",))
        customer_uid = parameters.uid_of(uid)
        as_of = parameters.text(request, "as_of", longest=64)
        if as_of is not None:
            self.as_endpoint(request, "as_of")
        with transaction.atomic():
            if as_of is None:
                customer = queries.get_customer(uid=customer_uid)
            else:
                at = parameters.instant_us(as_of, name="as_of")
                customer = queries.customer_as_of(uid=customer_uid, instant_us=at)
            self.note(request, entity_uid=customer_uid, hits=[customer_uid])
        is_masked = self.is_masked(request)
        headers = {} if as_of else {"ETag": etag_of(customer.digest, is_masked=is_masked)}
        if not as_of and is_unchanged(request, headers["ETag"]):
            return Response(None, 304, headers=headers)
        return Response(serializers.customer(customer, is_masked=is_masked), headers=headers)

    def put(self, request: Request, uid: str) -> Response:
        return self._change(request, uid, services.replace_customer)

    def patch(self, request: Request, uid: str) -> Response:
        return self._change(request, uid, services.change_customer)

    def delete(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        digest = if_match(request)

        def delete(act: Act) -> Answer:
            services.delete_customer(act, entity_uid=customer_uid, if_match=digest)
            return Answer(204, None, customer_uid)

        return self.answer(request, delete)

    def _change(self, request: Request, uid: str, service: Any) -> Response:
        parameters.check_names(request, known=("allow_duplicate",))
        allow_duplicate = parameters.flag(request, "allow_duplicate")
        customer_uid = parameters.uid_of(uid)
        digest = if_match(request)
        body = serializers.read_customer(request.data)

        def change(act: Act) -> Answer:
            service(
                act,
                entity_uid=customer_uid,
                values=body.values,
                extra_fields=body.extra_fields,
                allow_duplicate=allow_duplicate,
                if_match=digest,
            )
            return _shown(customer_uid)

        return self.answer(request, change)


class SearchView(RegistryView):
    """Exact or typo-tolerant search, with reasons."""

    endpoint = "search"

    def get(self, request: Request) -> Response:
        fields = ("surname", "name", "dob", "document_number")
        parameters.check_names(request, known=("q", "mode", "limit", *fields))
        limit = parameters.limit(request, default=settings.FUZZY_HIT_LIMIT, most=MAX_HIT_LIMIT)
        mode = (parameters.text(request, "mode", longest=20) or "exact").lower()
        if mode not in MODES:
            raise Invalid({"mode": [f"Must be one of: {', '.join(MODES)}."]})
        asked = {
            name: parameters.text(request, name, longest=MAX_QUERY_LENGTH) or ""
            for name in ("q", *fields)
        }
        question = Question(**asked)
        if not question.text():
            raise QRequired
        is_masked = self.is_masked(request)
        with transaction.atomic():
            hits = search_for(
                question,
                mode=mode,
                limit=limit,
                today=_today(request),
                is_whole_only=is_masked,
            )
            found = [hit.customer.entity_uid for hit in hits]
            self.note(request, hits=found, query=question.text())
        results = [serializers.hit(hit, is_masked=is_masked) for hit in hits]
        return Response({"mode": mode, "results": results})


class CheckView(RegistryView):
    """The customer's question: am I listed?"""

    endpoint = "check"

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        act = act_of(request)
        asked = serializers.read_check(request.data)
        with transaction.atomic():
            listed = checking.is_listed(act, asked=asked)
        checked_at = shared.instant(instant_of(act.now_us))
        return Response({"listed": listed, "checked_at": checked_at})


class PastView(RegistryView):
    """A page of one customer's past. `tell`: how it is read, from an entity and a key on."""

    tell: ClassVar[Callable[..., Slice[dict[str, Any]]]]
    cursors: ClassVar[Cursors[dict[str, Any], Any]]

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=LIST_LIMIT, most=MAX_LIST_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        customer_uid = parameters.uid_of(uid)
        after = self.cursors.read(cursor) if cursor else None
        with transaction.atomic():
            queries.known_customer(uid=customer_uid)
            page = type(self).tell(customer_uid, after=after, limit=limit)
            self.note(request, entity_uid=customer_uid, hits=[customer_uid])
        following = self.cursors.of(page.rows[-1]) if page.has_next else None
        rows = [shared.row(row) for row in page.rows]
        return Response(rows, headers=parameters.next_link(request, following))


class HistoryView(PastView):
    """What held, version by version, oldest first."""

    endpoint = "history"
    tell = history.history
    cursors = HISTORY


class EventsView(PastView):
    """What was said, when and by whom."""

    endpoint = "events"
    tell = history.events_of_entity
    cursors = EVENTS


class RestoreView(RegistryView):
    """A deleted customer back on the list."""

    endpoint = "restore"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        digest = if_match(request)
        reason = shared.read_reason(request.data)

        def restore(act: Act) -> Answer:
            services.restore_customer(act, entity_uid=customer_uid, reason=reason, if_match=digest)
            return _shown(customer_uid)

        return self.answer(request, restore)


def _shown(uid: UUID, *, status: int = 200) -> Answer:
    """The customer as it is after a write; whoever may write sees all of it."""
    customer: CustomerRow = queries.get_customer(uid=uid)
    etag = etag_of(customer.digest, is_masked=False)
    return Answer(status, serializers.customer(customer), uid, etag)


def _today(request: Request) -> date:
    return instant_of(act_of(request).now_us).date()
