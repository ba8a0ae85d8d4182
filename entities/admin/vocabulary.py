"""Detail types and entity types in the admin: proposed, decided about and named by events, never
taken away."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict

from entities import governance, vocabulary
from entities.admin.forms import DetailTypeForm, EntityTypeForm
from entities.admin.lists import FoundList
from entities.admin.writing import WritingAdmin
from entities.models import DetailType, EntityType
from events.admin_kit import PAGE_SIZE, act_of
from events.paging import Page

TOLD = "All locations will know it."
NOTHING_NEW = "Nothing differs from what is recorded; nothing was written."
DEFINED = "Defined. All locations will know it."


class DefinitionAdmin(WritingAdmin):
    """What both kinds of types share: a code for a key, and no end. Built-in ones stay as they are;
    two people who name one at once are a conflict that the inbox shows, so no digest is asked."""

    list_action = read_action = "vocabulary.read"

    def key_of(self, row: Any) -> str:
        return str(row.code)

    def name_of(self, row: Any) -> str:
        return f"{row.code} · {row.label}"

    def entity_of(self, row: Any) -> None:
        return None  # a definition is about nobody

    def is_built_in(self, row: Any) -> bool:
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_open = obj is None or not self.is_built_in(obj)
        return is_open and super().has_change_permission(request)


@admin.register(DetailType)
class DetailTypeAdmin(DefinitionAdmin):
    list_display = ("code", "label", "value_type", "data_class", "status", "reason", "built_in")
    ordering = ("code",)
    added_action = "detail_type.proposed"
    changed_action = "detail_type.amended"

    @admin.display(description="built in", boolean=True)
    def built_in(self, row: DetailType) -> bool:
        return self.is_built_in(row)

    def is_built_in(self, row: DetailType) -> bool:
        return row.entity_uid is None

    def opened(self, request: HttpRequest, key: str) -> DetailType:
        found = None if "\x00" in key else vocabulary.detail_type(key)
        if found is None:
            raise Http404
        return found

    def form_for(
        self, request: HttpRequest, row: DetailType | None, data: QueryDict | None
    ) -> DetailTypeForm:
        if row is None:
            return DetailTypeForm(data, initial={"type": "text"})
        initial = {
            "code": row.code,
            "label": row.label,
            "type": row.value_type,
            "options": "\n".join(row.options),
            "field_class": row.data_class,
            "help": row.help_text,
            "order": row.position,
            **{part.lower(): value for part, value in row.rules.items()},
        }
        is_fixed = row.entity_uid is None or governance.is_type_fixed(row.entity_uid)
        return DetailTypeForm(data, initial=initial, status=row.status, is_type_fixed=is_fixed)

    def write(self, request: HttpRequest, form: DetailTypeForm, row: DetailType | None) -> str:
        wish = form.cleaned_data
        act, reason = act_of(request), wish["reason"] or None
        if row is None:
            made = governance.propose(act, code=wish["code"], parts=form.parts(), reason=reason)
        else:
            made = governance.decide(
                act,
                entity_uid=row.entity_uid or vocabulary.vocabulary_uid("DETAIL_TYPE", row.code),
                status=wish["decision"] or None,
                changes=form.parts(),
                reason=reason,
            )
        if made.is_recorded:
            messages.success(request, f"{made.row['code']} is {made.row['status']}. {TOLD}")
        else:
            messages.info(request, NOTHING_NEW)
        return self.list_address()


@admin.register(EntityType)
class EntityTypeAdmin(DefinitionAdmin):
    list_display = ("code", "label", "status", "built_in")
    added_action = changed_action = "entity_type.defined"

    @admin.display(description="code")
    def code(self, row: Any) -> str:
        return str(row.code)

    @admin.display(description="label")
    def label(self, row: Any) -> str:
        return str(row.label)

    @admin.display(description="status")
    def status(self, row: Any) -> str:
        return str(row.status)

    @admin.display(description="built in", boolean=True)
    def built_in(self, row: Any) -> bool:
        return self.is_built_in(row)

    def is_built_in(self, row: Any) -> bool:
        return row.code in vocabulary.BUILT_IN_TYPES

    def get_queryset(self, request: HttpRequest) -> QuerySet[EntityType]:
        return super().get_queryset(request).none()  # `found` reads the vocabulary

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FoundList

    def found(self, asked: FoundList) -> Page[Any]:
        rows = [_as_model(row) for row in vocabulary.entity_type_rows()]
        start = (asked.page_num - 1) * PAGE_SIZE
        shown = tuple(rows[start : start + PAGE_SIZE])
        return Page(
            rows=shown,
            count=len(rows),
            is_estimated=False,
            has_previous=start > 0,
            has_next=start + PAGE_SIZE < len(rows),
        )

    def opened(self, request: HttpRequest, key: str) -> Any:
        rows = [row for row in vocabulary.entity_type_rows() if row["code"] == key]
        if not rows:
            raise Http404
        return _as_model(rows[0])

    def form_for(self, request: HttpRequest, row: Any, data: QueryDict | None) -> EntityTypeForm:
        initial = {"code": row.code, "label": row.label} if row else {}
        return EntityTypeForm(data, initial=initial, is_defined=row is not None)

    def write(self, request: HttpRequest, form: EntityTypeForm, row: Any) -> str:
        wish = form.cleaned_data
        vocabulary.define_entity_type(act_of(request), code=wish["code"], label=wish["label"])
        messages.success(request, DEFINED)
        return self.list_address()


def _as_model(row: dict[str, Any]) -> Any:
    """As Django's list wants it; the code and the rest are the vocabulary's, no columns."""
    shown: Any = EntityType(display_name=row["label"])
    shown.code, shown.label, shown.status = row["code"], row["label"], row["status"]
    return shown
