"""What every page of the admin shares: roles decide, reads are noted, lists are bounded."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NoReturn, cast
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from events.principal import Act

# Nobody turns more pages than this: a longer list is searched. Keeps OFFSET and counts cheap.
MAX_LISTED = 10_000
PAGE_SIZE = 50


class RegistrySite(admin.AdminSite):
    """What the pages of all apps ask of the site; `sins` knows the roles and the audit."""

    def may(self, request: HttpRequest, *, model: str, action: str) -> bool:
        """May this caller `view`, `add`, `change` or `delete` in `app.model`?"""
        raise NotImplementedError

    def note(
        self,
        request: HttpRequest,
        *,
        action: str,
        outcome: str = "ok",
        entity_uid: UUID | None = None,
        hit_ids: Sequence[UUID] = (),
        codes: Sequence[str] = (),
        query: str | None = None,
        result_count: int | None = None,
    ) -> None:
        """One audit entry for what was looked at or refused."""
        raise NotImplementedError


def act_of(request: HttpRequest) -> Act:
    return cast(Act, request.act)  # type: ignore[attr-defined]


def address_of(model: type[Model], page: str, key: str = "") -> str:
    """A page of this model in the admin: its `changelist` or `add`, the `change` of a key."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=[quote(key)] if key else [])


def uid_of(text: str) -> UUID | None:
    """The UUID somebody typed or an address holds; None for anything else."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class BoundedPaginator(Paginator):
    """Counts at most MAX_LISTED rows and has no page beyond them."""

    @cached_property
    def _counted(self) -> int:
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: MAX_LISTED + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, MAX_LISTED)

    @property
    def is_cut(self) -> bool:
        return self._counted > MAX_LISTED


class BoundedChangeList(ChangeList):
    """A list in the one order that its index gives; `?o=` asks for others in vain. Beyond its end
    is the last page."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except IncorrectLookupParameters:
            asked = self.page_num
            rows = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
            self.page_num = 1 if asked < 1 else rows.num_pages
            self.say_no_page(request, asked)
            super().get_results(request)

    def say_no_page(self, request: HttpRequest, asked: int) -> None:
        messages.info(request, f"There is no page {asked}: this is page {self.page_num}.")

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return list(self.model_admin.get_ordering(request))

    def url_for_result(self, result: Model) -> str:
        return cast(RegistryAdmin, self.model_admin).address_of(result, "change")


class RegistryAdmin(admin.ModelAdmin):
    """An admin whose permissions come from the site's table, which writes to no log but the
    audit, and whose lists answer from indexes."""

    actions = None  # nothing is done to many at once
    paginator = BoundedPaginator
    list_per_page = PAGE_SIZE
    list_max_show_all = PAGE_SIZE
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    preserve_filters = False  # they would carry what was searched for into every address
    change_list_template = "admin/bounded_list.html"
    empty_list_text = "There is nothing here yet."

    list_action = ""  # what the audit calls a look at the list, and at one of it
    read_action = ""
    filter_names: tuple[str, ...] = ()  # the parameters that filters of the list may have

    @property
    def site(self) -> RegistrySite:
        return cast(RegistrySite, self.admin_site)

    def key_of(self, row: Any) -> str:
        """What stands for a row in addresses: never a local id."""
        return str(row.pk)

    def entity_of(self, row: Any) -> UUID | None:
        """Whom a row is about, for the audit."""
        return cast("UUID | None", getattr(row, "entity_uid", None))

    def address_of(self, row: Any, page: str) -> str:
        return address_of(self.model, page, self.key_of(row))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in self.filter_names

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if IS_POPUP_VAR in request.GET:
            raise Http404  # there one would pick rows by their local ids
        title = {"title": str(self.opts.verbose_name_plural).capitalize()}
        response = super().changelist_view(request, {**title, **(extra_context or {})})
        found = getattr(response, "context_data", {}).get("cl")
        if found is not None:
            uids = {uid for row in found.result_list if (uid := self.entity_of(row))}
            self.site.note(
                request,
                action=self.list_action,
                hit_ids=sorted(uids),
                query=found.query or None,
                result_count=len(found.result_list),
            )
        return response

    def note_read(self, request: HttpRequest, row: Any) -> None:
        self.site.note(request, action=self.read_action, entity_uid=self.entity_of(row))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404  # Django would show its own log, which is empty

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> NoReturn:
        raise Http404  # Django would lead to its index, and nobody would note who asked for what

    # Who may what. Django's own permissions, groups and users' flags are not asked.

    def _may(self, request: HttpRequest, action: str) -> bool:
        return self.site.may(request, model=self.opts.label_lower, action=action)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete")

    # Django's own log would keep names for ever: the audit entry of the act is the record.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        pass


class ReadOnlyAdmin(RegistryAdmin):
    """Facts that nobody changes: whatever the site's table says, there is only looking."""

    change_form_template = "admin/facts.html"

    def name_of(self, row: Any) -> str:
        return f"{str(self.opts.verbose_name).capitalize()} {self.key_of(row)}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        row = getattr(response, "context_data", {}).get("original")
        if row is not None:
            self.note_read(request, row)
            cast(Any, response).context_data |= {"title": self.name_of(row), "subtitle": None}
        return response
