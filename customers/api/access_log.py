"""Who looked at one customer, when and through what; and who wrote: all transactions about them."""

from rest_framework.request import Request
from rest_framework.response import Response

from audit.transactions import Asked, list_transactions
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView
from entities import history
from entities.http import parameters
from entities.http import transactions as shared
from entities.refusals import NotFound

LIMIT, MAX_LIMIT = 25, 200


class AccessLogView(RegistryView):
    """Of a customer in whatever state: who saw an erased one is still known."""

    endpoint = "access_log"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=LIMIT, most=MAX_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        customer_uid = parameters.uid_of(uid)
        asked = Asked(subject=customer_uid)
        if not history.is_known(customer_uid):
            raise NotFound
        page = list_transactions(asked, limit=limit, cursor=cursor)
        answer = shared.envelope(request, page, asked)
        self.note(request, entity_uid=customer_uid, hits=[customer_uid])
        return Response(answer)
