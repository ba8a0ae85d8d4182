"""Two records, one person or two: merge, unmerge, tell apart, and who has to be looked at."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from audit.entries import add_entry
from customers import merging
from customers.api import serializers
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView, answer_of, shown
from customers.duplicates import work_list as duplicates
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.etags import if_match
from entities.http.writing import Answer
from events.principal import Act

PAIR_LIMIT, MAX_PAIR_LIMIT = 25, 100
PREVIEWED = "customer.merge_previewed"


class MergeView(RegistryView):
    """One record stands for two from now on; `dry_run` shows what would become of them."""

    endpoint = "merge"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=("dry_run", "allow_duplicate"))
        is_dry_run = parameters.flag(request, "dry_run")
        allow_duplicate = parameters.flag(request, "allow_duplicate")
        loser = parameters.uid_of(uid)
        digest = if_match(request)
        asked = serializers.read_merge(request.data)
        if is_dry_run:
            return self._preview(request, loser, asked)

        def merge(act: Act) -> Answer:
            merging.merge_customers(
                act,
                survivor=asked.into,
                loser=loser,
                take=asked.take,
                reason=asked.reason,
                if_match=digest,
                allow_duplicate=allow_duplicate,
            )
            return shown(asked.into)

        return self.answer(request, merge)

    def _preview(self, request: Request, loser: UUID, asked: serializers.MergeBody) -> Response:
        preview = merging.preview_merge(survivor=asked.into, loser=loser, take=asked.take)
        add_entry(
            act_of(request),
            action=PREVIEWED,
            entity_uid=loser,
            hit_ids=[loser, asked.into],
            result_count=2,
        )
        return Response(serializers.preview(preview))


class UnmergeView(RegistryView):
    """A record that was merged stands for itself again."""

    endpoint = "unmerge"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        reason = shared.read_reason(request.data)

        def unmerge(act: Act) -> Answer:
            return answer_of(merging.unmerge_customer(act, entity_uid=customer_uid, reason=reason))

        return self.answer(request, unmerge)


class DuplicatesView(RegistryView):
    """Pairs who may be one person, the likeliest first."""

    endpoint = "duplicates"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=PAIR_LIMIT, most=MAX_PAIR_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        page = duplicates.list_pairs(limit=limit, cursor=cursor)
        hits = {uid for pair in page.rows for uid in (pair.a.entity_uid, pair.b.entity_uid)}
        self.note(request, hits=sorted(hits))
        following = page.next_cursor and parameters.elsewhere(request, page.next_cursor)
        answer: Mapping[str, Any] = {
            "next": following or None,
            "previous": None,
            "results": [serializers.pair(pair) for pair in page.rows],
        }
        return Response(answer)


class DistinctView(RegistryView):
    """Two people, whatever they have in common; remembered at every location."""

    endpoint = "distinct"

    def post(self, request: Request, a: str, b: str) -> Response:
        parameters.check_names(request, known=())
        one, other = parameters.uid_of(a), parameters.uid_of(b)
        reason = shared.read_reason(request.data)

        def distinguish(act: Act) -> Answer:
            merging.distinguish_customers(act, a=one, b=other, reason=reason)
            return Answer(200, {"a": str(one), "b": str(other), "distinct": True}, one)

        return self.answer(request, distinguish)
