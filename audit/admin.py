"""Audit entries in the admin: who did what, when. Looked at by providers, changed by nobody."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audit.models import AuditEntry, RefusedDocument
from events.admin_kit import ReadOnlyAdmin, uid_of

DAY = timedelta(days=1)
# More of a line than anybody reads.
MAX_SHOWN = 20_000


class DayFilter(admin.SimpleListFilter):
    """The last days one by one, each bounded: others are typed into the search."""

    title = "day"
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        today = timezone.localdate()
        days = [today - DAY * back for back in range(7)]
        return [(day.isoformat(), _day_words(day, today)) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        day = _day_of(self.value() or "")
        return queryset if day is None else on_day(queryset, day)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "role", "action", "outcome", "entity_uid", "auth", "address")
    list_filter = (DayFilter,)
    filter_names = (DayFilter.parameter_name,)
    ordering = ("-audit_id",)
    search_fields = ("audit_id",)  # shows the box; get_search_results reads it
    search_help_text = (
        "The id of an entity or of an entry, an actor, a day like 2026-11-21, or several of them."
    )
    fields = (
        "audit_id",
        "at",
        "location_id",
        "actor",
        "role",
        "auth",
        "address",
        "kind",
        "action",
        "outcome",
        "entity_uid",
        "codes",
        "result_count",
        "hit_ids",
        "event_ids",
        "request_id",
        "batch_id",
        "duration_us",
    )
    list_action = read_action = "audit.read"
    empty_list_text = "No entry of this description."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        rows = queryset
        for word in search_term.split():
            rows = _having(rows, word)
        day = _day_of(request.GET.get(DayFilter.parameter_name, ""))
        is_narrowed = rows is not queryset or day is not None
        # Entries are numbered in the order of time: the newest of all come from the key's index,
        # those of somebody or of a day from the indexes that hold `at`.
        return (rows.order_by("-at", "-audit_id") if is_narrowed else rows), False


@admin.register(RefusedDocument)
class RefusedDocumentAdmin(ReadOnlyAdmin):
    """What Elasticsearch would not take: retry_refused_documents tries it again."""

    list_display = ("id", "stream", "reason_code", "seq", "file", "refused_at", "attempts")
    ordering = ("-id",)
    fields = (*list_display, "document_id", "file_offset", "text")
    list_action = read_action = "audit.read"
    empty_list_text = "Nothing was refused."

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefusedDocument]:
        return super().get_queryset(request).defer("line")

    @admin.display(description="line")
    def text(self, row: RefusedDocument) -> str | None:
        return None if row.line is None else bytes(row.line)[:MAX_SHOWN].decode(errors="replace")


def _having(rows: QuerySet[AuditEntry], word: str) -> QuerySet[AuditEntry]:
    uid = uid_of(word)
    if uid is not None:
        return rows.filter(Q(entity_uid=uid) | Q(audit_id=uid))
    day = _day_of(word)
    return on_day(rows, day) if day else rows.filter(actor=word)


def on_day(rows: QuerySet[AuditEntry], day: date) -> QuerySet[AuditEntry]:
    """Of this day in the zone in which people read times."""
    start = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
    begin = start.astimezone(UTC)
    return rows.filter(at__gte=begin, at__lt=(start + DAY).astimezone(UTC))


def _day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 9000 else None  # away from where zones overflow


def _day_words(day: date, today: date) -> str:
    names = {0: "today", 1: "yesterday"}
    return names.get((today - day).days, day.isoformat())
