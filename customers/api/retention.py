"""Who leaves when and by which rule: policies, who is due, and runs of erasures. For providers."""

from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api import retention_bodies as bodies
from customers.api.base import MAX_CURSOR_LENGTH, RegistryView
from customers.retention import due, policies, progress, runs
from customers.retention.policy import DAY_US
from entities.http import cursors, parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.writing import Answer
from entities.refusals import Invalid, NotFound
from events.principal import Act

LIMIT, MAX_LIMIT = 100, 1_000
RUN_LIMIT, MAX_RUN_LIMIT = 25, 100
MAX_DAYS_AHEAD = 366


class PoliciesView(RegistryView):
    """All of them; a POST defines one, or gives the one with this code other parts."""

    endpoint = "retention_policies"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        found = [bodies.policy(one) for one in policies.policies()]
        self.note(request)
        return Response(found)

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        parts, reason = bodies.read_policy(request.data)

        def define(act: Act) -> Answer:
            defined = policies.define_policy(act, parts=parts, reason=reason)
            status = 201 if defined.is_new else 200
            return Answer(status, bodies.policy(defined.policy), None)

        return self.answer(request, define)


class PolicyView(RegistryView):
    """One policy. DELETE retires it: nobody is due by it any more, its history stays."""

    endpoint = "retention_policy"

    def get(self, request: Request, code: str) -> Response:
        parameters.check_names(request, known=())
        found = bodies.policy(policies.get_policy(code))
        self.note(request)
        return Response(found)

    def delete(self, request: Request, code: str) -> Response:
        parameters.check_names(request, known=())

        def retire(act: Act) -> Answer:
            policies.retire_policy(act, code=code)
            return Answer(204, None, None)

        return self.answer(request, retire)


class DueView(RegistryView):
    """Who is due now or within some days, the first first."""

    endpoint = "retention_due"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("days", "policy", "limit", "cursor"))
        limit = parameters.limit(request, default=LIMIT, most=MAX_LIMIT)
        code = parameters.text(request, "policy", longest=64)
        with transaction.atomic():
            rows = due.list_due(
                policies.active_policies(),
                until_us=_until_us(request),
                limit=limit + 1,
                after=_after(request),
                of_policy=code.upper() if code else None,
            )
            page = rows[:limit]
            self.note(request, hits=[row.entity_uid for row in page])
        cursor = cursors.due_cursor(*page[-1].key) if len(rows) > limit else None
        return Response(_page(request, [bodies.due(row) for row in page], cursor))


class UnjudgedView(RegistryView):
    """Who has no value in the date field that a policy counts from."""

    endpoint = "retention_unjudged"

    def get(self, request: Request, code: str) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=LIMIT, most=MAX_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        after = cursors.uid_key(cursor) if cursor else due.NO_UID
        with transaction.atomic():
            policy = policies.get_policy(code)
            rows = due.list_unjudged(policy, limit=limit + 1, after=after)
            page = rows[:limit]
            self.note(request, hits=[uid for uid, _ in page])
        following = cursors.uid_cursor(page[-1][0]) if len(rows) > limit else None
        return Response(_page(request, [bodies.unjudged(*row) for row in page], following))


class RunsView(RegistryView):
    """Runs of this location, the newest first; a POST previews one."""

    endpoint = "retention_runs"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=("limit", "cursor"))
        limit = parameters.limit(request, default=RUN_LIMIT, most=MAX_RUN_LIMIT)
        cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
        before = cursors.number_key(cursor) if cursor else None
        with transaction.atomic():
            rows = progress.list_runs(limit=limit + 1, before=before)
            page = rows[:limit]
            self.note(request)
        following = cursors.number_cursor(page[-1].id) if len(rows) > limit else None
        return Response(_page(request, [bodies.run(row) for row in page], following))

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        asked = bodies.read_run(request.data)

        def preview(act: Act) -> Answer:
            found = runs.preview_run(act, policy_code=asked.policy, is_dry_run=asked.is_dry_run)
            status = 200 if asked.is_dry_run else 201
            return Answer(status, bodies.preview(found), None)

        return self.answer(request, preview)


class RunView(RegistryView):
    """One run with its proof."""

    endpoint = "retention_run"

    def get(self, request: Request, run: str) -> Response:
        parameters.check_names(request, known=())
        with transaction.atomic():
            found = progress.get_run(_run_id(run))
            answer = {**bodies.run(found), "proof": progress.proof_of(found.id)}
            self.note(request)
        return Response(answer)


class ApproveView(RegistryView):
    endpoint = "retention_approve"

    def post(self, request: Request, run: str) -> Response:
        parameters.check_names(request, known=())
        run_id = _run_id(run)
        bodies.read_nothing(request.data)

        def approve(act: Act) -> Answer:
            runs.approve_run(act, run_id=run_id)
            return Answer(200, bodies.run(progress.get_run(run_id)), None)

        return self.answer(request, approve)


class WithdrawView(RegistryView):
    endpoint = "retention_withdraw"

    def post(self, request: Request, run: str) -> Response:
        parameters.check_names(request, known=())
        run_id = _run_id(run)
        reason = shared.read_reason(request.data)
        if not reason:
            raise Invalid({"reason": ["This field is required."]})

        def withdraw(act: Act) -> Answer:
            runs.withdraw_run(act, run_id=run_id, reason=reason)
            return Answer(200, bodies.run(progress.get_run(run_id)), None)

        return self.answer(request, withdraw)


def _until_us(request: Request) -> int:
    """So many days from now, by default now. Raises Invalid."""
    days = parameters.whole(request, "days", default=0, most=MAX_DAYS_AHEAD)
    return act_of(request).now_us + days * DAY_US


def _after(request: Request) -> due.DueKey:
    """Raises InvalidCursor."""
    cursor = parameters.text(request, "cursor", longest=MAX_CURSOR_LENGTH)
    return due.DueKey(*cursors.due_key(cursor)) if cursor else due.BEFORE_ALL


def _run_id(text: str) -> int:
    """Raises NotFound: what is no number is no run."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound
    return int(text)


def _page(request: Request, rows: list[dict[str, Any]], cursor: str | None) -> dict[str, Any]:
    following = None if cursor is None else parameters.elsewhere(request, cursor)
    return {"next": following, "previous": None, "results": rows}
