"""Current details in the admin: each value with its page, changed by events of its entity."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from entities import services, text_forms, vocabulary
from entities.admin import reading
from entities.admin.forms import DetailForm, NewDetailForm, ReasonForm, ServiceForm, as_text
from entities.admin.reading import NO_NAME, detail_key, uid_or_404
from entities.admin.writing import Context, WritingAdmin, say_written
from entities.models import DetailVersion, EntityVersion
from entities.services import DetailChange
from events.admin_kit import BoundedChangeList, act_of, address_of, uid_of


@dataclass(frozen=True, slots=True)
class OpenedDetail:
    """A current value on its page. `digest` is its entity's, read before the value."""

    entity_uid: UUID
    entity_name: str
    detail_code: str
    value: Any
    digest: str


class NamedList(BoundedChangeList):
    """Each row with the name of its entity: those of a page are read at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        names = reading.names_of(row.entity_uid for row in rows)
        for row in rows:
            row.entity_name = names.get(row.entity_uid, NO_NAME)
        self.result_list = cast(Any, rows)


@admin.register(DetailVersion)
class DetailAdmin(WritingAdmin):
    list_display = ("detail_code", "shown_value", "entity", "valid_from", "location_id")
    ordering = ("entity_uid", "detail_code")
    search_fields = ("entity_uid",)  # shows the box; get_search_results reads it
    search_help_text = (
        "The id of an entity, or any part of a value with three letters or digits in a row."
    )
    empty_list_text = "No entity has a detail here yet."
    list_action, read_action = "entity.listed", "entity.read"
    added_action = changed_action = ended_action = "entity.updated"
    end_words = "End"
    end_sentence = "The value ends now; it stays in the history of its entity."

    @admin.display(description="value")
    def shown_value(self, row: DetailVersion) -> str:
        return as_text(row.value)

    @admin.display(description="entity")
    def entity(self, row: Any) -> SafeString:
        address = address_of(EntityVersion, "change", str(row.entity_uid))
        return format_html('<a href="{}">{}</a>', address, row.entity_name)

    def key_of(self, row: Any) -> str:
        return detail_key(row.entity_uid, row.detail_code)

    def name_of(self, row: OpenedDetail) -> str:
        return f"{row.detail_code} of {row.entity_name}"

    def subject_of(self, form: ServiceForm, row: OpenedDetail | None) -> UUID | None:
        if row is not None:
            return row.entity_uid
        uid = uid_of(str(form["entity_uid"].value() or ""))
        return uid if uid and reading.names_of([uid]) else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[DetailVersion]:
        """Those of definitions are left out: they change with their types."""
        definitions = EntityVersion.objects.filter(
            entity_type__in=sorted(vocabulary.RESERVED_TYPES), valid_to__isnull=True
        )
        current = super().get_queryset(request).filter(valid_to__isnull=True)
        return current.exclude(entity_uid__in=definitions.values("entity_uid"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[DetailVersion], search_term: str
    ) -> tuple[QuerySet[DetailVersion], bool]:
        uid, text = uid_of(search_term), text_forms.sortable(search_term)
        if uid is not None:
            return queryset.filter(entity_uid=uid), False
        if not text:
            return queryset, False
        if not text_forms.has_trigram(text):
            return queryset.none(), False  # it would be looked for in every row
        return queryset.filter(search_text__contains=text), False

    def opened(self, request: HttpRequest, key: str) -> OpenedDetail:
        uid_text, _, code = key.partition(":")
        uid = uid_or_404(uid_text)
        digest = reading.digest_of(uid)
        row = None if "\x00" in code else reading.current_details(uid).filter(detail_code=code)
        found = row and row.first()
        if not found:
            raise Http404
        name = reading.names_of([uid]).get(uid, NO_NAME)
        return OpenedDetail(uid, name, code, found.value, digest)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Context | None = None
    ) -> HttpResponse:
        """The history of its entity: of that it is a part."""
        uid = uid_or_404(unquote(object_id).partition(":")[0])
        return HttpResponseRedirect(address_of(EntityVersion, "history", str(uid)))

    def form_for(
        self, request: HttpRequest, row: OpenedDetail | None, data: QueryDict | None
    ) -> DetailForm | NewDetailForm:
        if row is not None:
            initial = {"value": as_text(row.value), "if_match": row.digest}
            kind = vocabulary.detail_type(row.detail_code)
            return DetailForm(data, initial=initial, code=row.detail_code, kind=kind)
        uid = uid_of(request.GET.get("entity_uid", ""))
        seen = {"entity_uid": uid, "if_match": reading.digest_of(uid)} if uid else {}
        return NewDetailForm(data, initial=seen, types=vocabulary.authorised_types().values())

    def write(
        self, request: HttpRequest, form: DetailForm | NewDetailForm, row: OpenedDetail | None
    ) -> str:
        wish = form.cleaned_data
        code = row.detail_code if row else wish["detail_code"]
        uid = row.entity_uid if row else wish["entity_uid"]
        events = services.update_entity(
            act_of(request),
            entity_uid=uid,
            details=[DetailChange(code, wish["value"])],
            valid_from=form.since_us,
            reason=wish["reason"] or None,
            if_match=form.expected,
        )
        say_written(request, uid, events, f"{code} saved")
        return address_of(EntityVersion, "change", str(uid))

    def end(self, request: HttpRequest, form: ReasonForm, row: OpenedDetail) -> str:
        events = services.update_entity(
            act_of(request),
            entity_uid=row.entity_uid,
            details=[DetailChange(row.detail_code, None)],
            reason=form.cleaned_data["reason"] or None,
            if_match=form.expected,
        )
        say_written(request, row.entity_uid, events, f"{row.detail_code} ended")
        return address_of(EntityVersion, "change", str(row.entity_uid))

    def page(
        self, request: HttpRequest, form: ServiceForm, row: Any, words: Context | None = None
    ) -> HttpResponse:
        """Also what is added says to whom."""
        uid = self.subject_of(form, row)
        if row is None and uid is not None:
            name = reading.names_of([uid]).get(uid, NO_NAME)
            entity_url = address_of(EntityVersion, "change", str(uid))
            words = {
                "title": f"Add detail of {name}",
                "entity_name": name,
                "entity_url": entity_url,
            }
        return super().page(request, form, row, words)

    def facts(self, request: HttpRequest, row: OpenedDetail) -> Context:
        return {
            "entity_name": row.entity_name,
            "entity_url": address_of(EntityVersion, "change", str(row.entity_uid)),
            "history_url": address_of(EntityVersion, "history", str(row.entity_uid)),
        }
