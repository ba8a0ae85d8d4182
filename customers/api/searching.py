"""Who is on the list? Search, the customer's own question, and who is like somebody new."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from customers import checking
from customers.api import serializers
from customers.api.base import MAX_HIT_LIMIT, RegistryView, today
from customers.search.by_role import search_as
from customers.search.hits import likely
from customers.search.search import MAX_QUERY_LENGTH, MODES, Question, search_for
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.refusals import Invalid
from events.clock import instant_of
from events.errors import Refused

MATCH_LIMIT = 10


class QRequired(Refused):
    """A search without anything to search for."""

    code = ""

    def __init__(self) -> None:
        super().__init__("q required")


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
        act, day = act_of(request), today(request)
        hits = likely(search_as(act, question, mode=mode, limit=limit, today=day))
        found = [hit.customer.entity_uid for hit in hits]
        self.note(request, hits=found, query=question.text())
        is_masked = self.is_masked(request)
        results = [serializers.hit(hit, is_masked=is_masked) for hit in hits]
        return Response({"mode": mode, "results": results})


class CheckView(RegistryView):
    """The customer's question: am I listed?"""

    endpoint = "check"

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        act = act_of(request)
        asked = serializers.read_check(request.data)
        listed = checking.is_listed(act, asked=asked)
        checked_at = shared.instant(instant_of(act.now_us))
        return Response({"listed": listed, "checked_at": checked_at})


class MatchView(RegistryView):
    """Listed customers like one who may not exist yet."""

    endpoint = "match"

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=("limit",))
        limit = parameters.limit(request, default=MATCH_LIMIT, most=MAX_HIT_LIMIT)
        question = Question(**serializers.read_match(request.data))
        hits = likely(search_for(question, mode="fuzzy", limit=limit, today=today(request)))
        found = [hit.customer.entity_uid for hit in hits]
        self.note(request, hits=found, query=question.text())
        return Response({"results": [serializers.hit(hit) for hit in hits]})
