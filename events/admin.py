"""Events and dead letters in the admin: looked at, never touched. Their values are people's."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.admin_kit import ReadOnlyAdmin, uid_of
from events.clock import instant_of
from events.models import PENDING_STATES, DeadLetter, LoggedEvent

# More of a message than anybody reads; the largest have 1 MiB.
MAX_SHOWN = 20_000
_ORIGIN = re.compile(r"[a-z0-9-]{1,32}/[0-9]{1,18}")


class PendingFilter(admin.SimpleListFilter):
    title = "pending"
    parameter_name = "pending"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "received, not folded yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "1":
            return queryset
        return queryset.filter(state__in=PENDING_STATES)


@admin.register(LoggedEvent)
class EventAdmin(ReadOnlyAdmin):
    """Newest first: ids are made in the order of time, so their index is that order."""

    list_display = (
        "event_id",
        "type",
        "entity_uid",
        "origin",
        "sequence",
        "actor",
        "said_at",
        "state",
    )
    list_filter = (PendingFilter,)
    filter_names = (PendingFilter.parameter_name,)
    ordering = ("-event_id",)
    search_fields = ("event_id",)  # shows the box; get_search_results reads it
    search_help_text = (
        "The id of an event or of an entity; an origin like loc1/1763733600, with a sequence"
        " after it or without."
    )
    fields = (
        "event_id",
        "type",
        "entity_uid",
        "origin",
        "sequence",
        "entity_seq",
        "said_at",
        "recorded_at",
        "state",
        "actor",
        "role",
        "request_id",
        "batch_id",
        "envelope",
    )
    list_action = read_action = "events.read"
    empty_list_text = "No event of this description is in the log."

    @admin.display(description="said at")
    def said_at(self, row: LoggedEvent) -> str:
        return formats.date_format(timezone.localtime(instant_of(row.hlc)), "DATETIME_FORMAT")

    @admin.display(description="envelope")
    def envelope(self, row: LoggedEvent) -> SafeString:
        if row.raw is None:
            return format_html("<em>{}</em>", "Its values were erased.")
        return _pre(_readable(bytes(row.raw)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoggedEvent]:
        return super().get_queryset(request).defer("sha256", "codes", "raw")  # up to 1 MiB each

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LoggedEvent], search_term: str
    ) -> tuple[QuerySet[LoggedEvent], bool]:
        return _searched(queryset, search_term.split()), False


def _searched(rows: QuerySet[LoggedEvent], words: list[str]) -> QuerySet[LoggedEvent]:
    if not words:
        return rows
    uid = uid_of(words[0])
    if uid is not None and len(words) == 1:
        return rows.filter(Q(event_id=uid) | Q(entity_uid=uid))
    if not _ORIGIN.fullmatch(words[0]):
        return rows.none()
    of_origin = rows.filter(origin=words[0])
    if len(words) == 1:
        return of_origin.order_by("-sequence")
    is_number = len(words) == 2 and words[1].isascii() and words[1].isdigit()
    return of_origin.filter(sequence=int(words[1][:18])) if is_number else rows.none()


class OpenFilter(admin.SimpleListFilter):
    """Open ones unless all are asked for."""

    title = "state"
    parameter_name = "letters"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "resolved ones, too")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        first, *others = super().choices(changelist)
        yield {**first, "display": "open"}  # Django's word for no choice is "All"
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(resolved_at__isnull=True)


@admin.register(DeadLetter)
class DeadLetterAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "reason_code",
        "origin",
        "sequence",
        "topic",
        "partition",
        "offset",
        "first_seen",
        "attempts",
        "resolved_at",
    )
    list_filter = (OpenFilter,)
    filter_names = (OpenFilter.parameter_name,)
    ordering = ("-id",)
    fields = (*list_display, "cluster_id", "entity_uid", "message")
    list_action = read_action = "dead_letters.read"
    empty_list_text = "No message is set aside."

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        return super().get_queryset(request).defer("raw")

    @admin.display(description="message")
    def message(self, row: DeadLetter) -> SafeString | None:
        return None if row.raw is None else _pre(_readable(bytes(row.raw)))

    def entity_of(self, row: DeadLetter) -> UUID | None:
        return row.entity_uid


def _readable(raw: bytes) -> str:
    """JSON in lines, without the salt, which tells nobody anything; other bytes as text."""
    try:
        envelope = orjson.loads(raw)
        if isinstance(envelope, dict) and isinstance(envelope.get("data"), dict):
            envelope["data"].pop("salt", None)
        return orjson.dumps(envelope, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return raw.decode(errors="backslashreplace")


def _pre(text: str) -> SafeString:
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}\n… {len(text):,} characters"
    return format_html("<pre>{}</pre>", shown)
