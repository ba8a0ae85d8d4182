"""The registry's JSON face: parse → one service or query → render. No rules live here."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from customers import queries, services
from customers.api import serializers
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView, shown
from entities import history
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.cursors import EVENTS, HISTORY, Cursors
from entities.http.etags import etag_of, if_match, is_unchanged
from entities.http.writing import Answer, uid_for
from entities.restricted import check_open
from events.paging import Slice
from events.principal import Act

LIST_LIMIT, MAX_LIST_LIMIT = 100, 1_000


class ItemsView(RegistryView):
    """The list, and new customers."""

    endpoint = "items"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=LIST_LIMIT, most=MAX_LIST_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
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
        check_open(act_of(request).principal, [uid] if uid else [])

        def create(act: Act) -> Answer:
            creation = services.create_customer(
                act,
                values=body.values,
                extra_fields=body.extra_fields,
                allow_duplicate=allow_duplicate,
                entity_uid=uid,
            )
            return shown(creation.entity_uid, status=201 if creation.is_new else 200)

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
            return shown(customer_uid)

        return self.answer(request, change)


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
            return shown(customer_uid)

        return self.answer(request, restore)
