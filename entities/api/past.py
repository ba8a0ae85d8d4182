"""What entities were: the list as of an instant, one entity's history, changes between two
instants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from entities import history
from entities.api import paging, periods, serializers
from entities.api.base import EntitiesView, asked_query, asked_type
from entities.api.entities import ENTITIES
from entities.api.serializers import NO_UUID
from entities.http import cursors, parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from entities.http.cursors import Cursors, Key
from entities.refusals import Invalid, NotFound
from entities.restricted import check_open, hidden_from

DIFF_LIMIT, MAX_DIFF_LIMIT = 100, 1_000
NET, AUDIT = "net", "audit"
MAX_UID_LENGTH = 64

Rows = Sequence[Mapping[str, Any]]

HISTORY = paging.Paging(cursors.HISTORY)


class EntitiesAsOfView(EntitiesView):
    """The list as it was."""

    endpoint = "entities_as_of"

    def get(self, request: Request) -> Response:
        known = ("as_of", "q", "search", "type", *paging.PARAMETERS)
        parameters.check_names(request, known=known)
        at = periods.as_of_us(request)
        is_masked = self.is_masked(request)
        q, window = asked_query(request), ENTITIES.window(request)
        page = history.entities_as_of(
            instant_us=at,
            window=window,
            q=q,
            entity_type=asked_type(request),
            hidden=hidden_from(act_of(request).principal),
        )
        results = [serializers.entity(row, is_masked=is_masked) for row in page.rows]
        answer = ENTITIES.envelope(request, window, page, results)
        self.note(request, hits=[row.entity_uid for row in page.rows], query=q)
        return Response(answer)


class HistoryView(EntitiesView):
    """What held for one entity, version by version, oldest first."""

    endpoint = "history"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=paging.PARAMETERS)
        entity_uid = parameters.uid_of(uid)
        window = HISTORY.window(request)
        page = history.history_page(entity_uid, window=window)
        results = [shared.row(row) for row in page.rows]
        answer = HISTORY.envelope(request, window, page, results)
        self.note(request, entity_uid=entity_uid, hits=[entity_uid])
        return Response(answer)


class DiffView(EntitiesView):
    """What a period changed: its end beside its beginning, or with format=audit every step."""

    endpoint = "diff"

    def get(self, request: Request) -> Response:
        known = ("from", "to", "entity_uid", "format", "limit", "cursor")
        parameters.check_names(request, known=known)
        question = _question(request)
        read = _FORMATS[_format(request)]
        if question.entity_uid and not history.is_known(question.entity_uid):
            raise NotFound
        principal = act_of(request).principal
        check_open(principal, [question.entity_uid] if question.entity_uid else [])
        found, following = read(question)
        hidden = frozenset(hidden_from(principal))
        rows = [row for row in found if row["entity_uid"] not in hidden]
        hits = {row["entity_uid"] for row in rows}
        self.note(request, entity_uid=question.entity_uid, hits=hits)
        headers = parameters.next_link(request, following)
        return Response([_change_row(row) for row in rows], headers=headers)


@dataclass(frozen=True, slots=True)
class _Question:
    from_us: int
    to_us: int
    entity_uid: UUID | None
    limit: int
    cursor: str | None

    def after(self, which: Cursors[Any, Key]) -> Key | None:
        """Raises InvalidCursor."""
        return None if self.cursor is None else which.read(self.cursor)


def _question(request: Request) -> _Question:
    """Raises Invalid."""
    from_us, to_us = periods.period_us(request)
    uid = parameters.text(request, "entity_uid", longest=MAX_UID_LENGTH)
    return _Question(
        from_us=from_us,
        to_us=to_us,
        entity_uid=None if uid is None else _uid(uid),
        limit=parameters.limit(request, default=DIFF_LIMIT, most=MAX_DIFF_LIMIT),
        cursor=parameters.text(request, "cursor", longest=paging.MAX_CURSOR_LENGTH),
    )


def _uid(text: str) -> UUID:
    try:
        return parameters.uid_of(text)
    except NotFound:
        raise Invalid({"entity_uid": [NO_UUID]}) from None


def _format(request: Request) -> str:
    """Raises Invalid."""
    value = (parameters.text(request, "format", longest=20) or NET).lower()
    if value not in _FORMATS:
        raise Invalid({"format": [f"Must be one of: {', '.join(_FORMATS)}."]})
    return value


def _net(question: _Question) -> tuple[Rows, str | None]:
    """The page, and the cursor of the next one."""
    page = history.diff(
        from_us=question.from_us,
        to_us=question.to_us,
        entity_uid=question.entity_uid,
        after=question.after(cursors.DIFFS),
        limit=question.limit,
    )
    return page.rows, cursors.DIFFS.of(page.rows[-1]) if page.has_next else None


def _steps(question: _Question) -> tuple[Rows, str | None]:
    """As `_net`, every change."""
    page = history.changes(
        from_us=question.from_us,
        to_us=question.to_us,
        entity_uid=question.entity_uid,
        after=question.after(cursors.CHANGES),
        limit=question.limit,
    )
    return page.rows, cursors.CHANGES.of(page.rows[-1]) if page.has_next else None


_FORMATS: Mapping[str, Callable[[_Question], tuple[Rows, str | None]]] = {
    NET: _net,
    AUDIT: _steps,
}


def _change_row(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = shared.row(row)
    if "changes" in row:
        plain["changes"] = [shared.row(change) for change in row["changes"]]
    return plain
