"""Entities in the admin: found by name or id, changed by events, with their whole history."""

from dataclasses import replace
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from entities import listing, services, survivors, vocabulary
from entities.admin import reading
from entities.admin.forms import EntityForm, NewEntityForm, ReasonForm
from entities.admin.lists import FoundList
from entities.admin.reading import NO_NAME, OpenedEntity, uid_or_404
from entities.admin.writing import Context, WritingAdmin, say_written
from entities.models import DetailVersion, EntityVersion
from entities.services import DetailChange
from events.admin_kit import PAGE_SIZE, act_of, address_of, uid_of
from events.paging import Page, Window

# A page names so many records that were merged into one, and leaves out the others.
MAX_LOSERS = 50


class TypeFilter(admin.SimpleListFilter):
    """Definitions of the vocabulary are entities, too, but have lists of their own."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(vocabulary.entity_types().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset  # `found` asks for it


@admin.register(EntityVersion)
class EntityAdmin(WritingAdmin):
    list_display = ("name", "entity_type", "valid_from", "location_id", "entity_uid")
    list_filter = (TypeFilter,)
    filter_names = (TypeFilter.parameter_name,)
    search_fields = ("entity_uid",)  # shows the box; `found` reads it
    search_help_text = "Any part of a name or of a value, or the id of an entity."
    empty_list_text = "No entity is registered here yet."
    list_action, read_action = "entity.listed", "entity.read"
    added_action, changed_action = "entity.created", "entity.updated"
    ended_action = "entity.deleted"
    end_sentence = "Its versions end now; its history stays, and it can be restored."
    writing_template = "admin/entities/entity.html"

    @admin.display(description="name")
    def name(self, row: EntityVersion) -> str:
        return row.display_name or NO_NAME

    def key_of(self, row: Any) -> str:
        return str(row.entity_uid)

    def name_of(self, row: OpenedEntity) -> str:
        return row.version.display_name or NO_NAME

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FoundList

    def found(self, asked: FoundList) -> Page[Any]:
        """The list as the API has it: the same order, the same search, the same indexes."""
        entity_type = asked.params.get(TypeFilter.parameter_name) or None
        if entity_type not in (None, *vocabulary.RESERVED_TYPES, *vocabulary.entity_types()):
            raise IncorrectLookupParameters
        page = listing.list_entities(
            window=Window(size=PAGE_SIZE, offset=(asked.page_num - 1) * PAGE_SIZE),
            q=asked.query.strip() or None,
            entity_type=entity_type,
        )
        rows: Page[Any] = page
        return replace(rows, rows=tuple(_listed(row) for row in page.rows))

    def changelist_view(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        """The id of an entity that is here leads to its page, also of a deleted one."""
        uid = uid_of(request.GET.get("q", "")) if self.has_view_permission(request) else None
        if uid is not None and EntityVersion.objects.filter(entity_uid=uid).exists():
            return HttpResponseRedirect(address_of(EntityVersion, "change", str(uid)))
        return super().changelist_view(request, extra_context)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = not isinstance(obj, OpenedEntity) or obj.is_open
        return is_open and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = not isinstance(obj, OpenedEntity) or obj.is_open
        return is_open and super().has_delete_permission(request)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<path:object_id>/restore/",
                cast(Any, self.admin_site).admin_view(self.restore_view),
                name="entities_entityversion_restore",
            )
        ]
        return own + super().get_urls()

    def opened(self, request: HttpRequest, key: str) -> OpenedEntity:
        return reading.opened_entity(uid_or_404(key))

    def form_for(
        self, request: HttpRequest, row: OpenedEntity | None, data: QueryDict | None
    ) -> EntityForm:
        if row is None:
            types = vocabulary.authorised_types().values()
            return NewEntityForm(data, initial={"entity_type": vocabulary.PERSON}, types=types)
        initial = {
            "entity_type": row.version.entity_type,
            "display_name": row.version.display_name,
            "if_match": row.digest,
        }
        return EntityForm(data, initial=initial, is_named=reading.is_named_by_details(row))

    def write(self, request: HttpRequest, form: EntityForm, row: OpenedEntity | None) -> str:
        act, wish = act_of(request), form.cleaned_data
        if row is None:
            values = cast(NewEntityForm, form).values()
            made = services.create_entity(
                act,
                entity_type=wish["entity_type"],
                display_name=wish["display_name"] or None,
                details=[DetailChange(code, value) for code, value in values.items()],
                valid_from=form.since_us,
                reason=wish["reason"] or None,
            )
            messages.success(request, f"Created at {settings.LOCATION_ID}.")
            return address_of(EntityVersion, "change", str(made.entity_uid))
        events = services.update_entity(
            act,
            entity_uid=row.entity_uid,
            entity_type=form.change_of("entity_type"),
            display_name=form.change_of("display_name"),
            valid_from=form.since_us,
            reason=wish["reason"] or None,
            if_match=form.expected,
        )
        say_written(request, row.entity_uid, events, "Saved")
        return self.address_of(row, "change")

    def end(self, request: HttpRequest, form: ReasonForm, row: OpenedEntity) -> str:
        services.delete_entity(
            act_of(request),
            entity_uid=row.entity_uid,
            reason=form.cleaned_data["reason"] or None,
            if_match=form.expected,
        )
        messages.success(request, f"Deleted at {settings.LOCATION_ID}. It can be restored below.")
        return self.address_of(row, "change")

    def restore_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Back as it was: by POST only, from the page of a deleted one."""
        if request.method != "POST" or not super().has_change_permission(request):
            raise PermissionDenied
        uid = uid_or_404(unquote(object_id))
        services.restore_entity(act_of(request), entity_uid=uid)
        messages.success(request, f"Restored at {settings.LOCATION_ID}.")
        return HttpResponseRedirect(address_of(EntityVersion, "change", str(uid)))

    def facts(self, request: HttpRequest, row: OpenedEntity) -> Context:
        """Its details, open conflicts and the newest of its history."""
        uid = row.entity_uid
        may_restore = not row.is_alive and super().has_change_permission(request)
        add_url = f"{address_of(DetailVersion, 'add')}?entity_uid={uid}"
        return {
            "details": reading.detail_rows(uid),
            "add_detail_url": add_url if row.is_open else None,
            "survivors": reading.links_to([row.survivor] if row.survivor else []),
            "losers": reading.links_to(survivors.losers_of(uid)[:MAX_LOSERS]),
            "conflicts": reading.conflict_rows(uid),
            "history_url": self.address_of(row, "history"),
            "restore_url": may_restore
            and reverse("admin:entities_entityversion_restore", args=[uid]),
            **reading.history_rows(uid, before=None),
            **self._events_context(request),
        }

    def _events_context(self, request: HttpRequest) -> Context:
        """May events be opened from here?"""
        return {"may_see_events": self.site.may(request, model="events.loggedevent", action="view")}

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Context | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.opened(request, unquote(object_id))
        page = reading.history_rows(row.entity_uid, before=request.GET.get("before"))
        self.site.note(request, action="entity.history_read", entity_uid=row.entity_uid)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"History of {self.name_of(row)}",
            "row_url": self.address_of(row, "change"),
            "history_url": self.address_of(row, "history"),
            **page,
            **self._events_context(request),
        }
        return TemplateResponse(request, "admin/entities/history.html", context)


def _listed(row: listing.EntityRow) -> EntityVersion:
    return EntityVersion(
        entity_uid=row.entity_uid,
        entity_type=row.entity_type,
        display_name=row.display_name,
        valid_from=row.valid_from,
        location_id=row.location_id,
    )
