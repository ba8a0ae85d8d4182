"""Add, change and delete in the admin, each by one call of a service: all of it or nothing."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from entities import queries
from entities.admin import reading
from entities.admin.forms import ReasonForm, ServiceForm
from entities.refusals import Stale
from events.admin_kit import RegistryAdmin, address_of
from events.errors import Refused
from events.event import Event

Context = dict[str, Any]


class WritingAdmin(RegistryAdmin):
    """The pages around services. A refusal becomes the form's errors and an entry of the audit;
    what was written the service audits itself, in its transaction."""

    writing_template = "admin/entities/writing.html"
    added_action = ""  # what the audit calls what the services were asked for
    changed_action = ""
    ended_action = ""
    end_words = "Delete"
    end_sentence = ""

    # What each admin says of its own: see those below.

    def opened(self, request: HttpRequest, key: str) -> Any:
        """What this key stands for, with the `digest` that its entity had before it was read.
        Raises Http404."""
        raise NotImplementedError

    def form_for(self, request: HttpRequest, row: Any, data: QueryDict | None) -> Any:
        """The form to add (no row) or to change one."""
        raise NotImplementedError

    def write(self, request: HttpRequest, form: Any, row: Any) -> str:
        """Calls the service; where to go then. Raises Refused."""
        raise NotImplementedError

    def end(self, request: HttpRequest, form: ReasonForm, row: Any) -> str:
        raise NotImplementedError

    def name_of(self, row: Any) -> str:
        raise NotImplementedError

    def subject_of(self, form: Any, row: Any) -> UUID | None:
        """Whom the page is about, for the audit: also a page to add something to somebody."""
        return self.entity_of(row)

    def facts(self, request: HttpRequest, row: Any) -> Context:
        """What the page of a row shows beside the form."""
        return {}

    def list_address(self) -> str:
        return address_of(self.model, "changelist")

    # The pages

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Context | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._answer(request, None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Context | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.opened(request, unquote(object_id))
        if request.method == "POST" and not self.has_change_permission(request, row):
            raise PermissionDenied
        return self._answer(request, row)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Context | None = None
    ) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        row = self.opened(request, unquote(object_id))
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form = ReasonForm(data, initial={"if_match": row.digest})
        if request.method == "POST" and form.is_valid():
            try:
                return HttpResponseRedirect(self.end(request, form, row))
            except Refused as refusal:
                self.refuse(request, form, refusal, self.ended_action, self.entity_of(row))
        else:
            self.note_read(request, row)  # it is named on the page
        words = {"save_words": self.end_words, "sentence": self.end_sentence, "is_end": True}
        return self.page(request, form, row, words)

    def _answer(self, request: HttpRequest, row: Any) -> HttpResponse:
        action = self.added_action if row is None else self.changed_action
        if request.method != "POST":
            form = self.form_for(request, row, None)
            subject = self.subject_of(form, row)
            if row is not None or subject is not None:
                self.site.note(request, action=self.read_action, entity_uid=subject)
            return self.page(request, form, row)
        form = self.form_for(request, row, request.POST)
        if form.is_valid():
            try:
                return HttpResponseRedirect(self.write(request, form, row))
            except Refused as refusal:
                self.refuse(request, form, refusal, action, self.subject_of(form, row))
        else:
            self.note_refusal(request, action, self.subject_of(form, row), "invalid")
        return self.page(request, form, row)

    def page(
        self, request: HttpRequest, form: ServiceForm, row: Any, words: Context | None = None
    ) -> HttpResponse:
        may_change = row is None or self.has_change_permission(request, row)
        if not may_change:
            for field in form.fields.values():
                field.disabled = True
        more = {} if row is None or words else self.facts(request, row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.name_of(row) if row is not None else f"Add {self.opts.verbose_name}",
            "row": row,
            "adminform": helpers.AdminForm(
                cast(Any, form), form.fieldsets, {}, (), model_admin=self
            ),
            "may_change": may_change,
            "save_words": "Save",
            "row_url": row and self.address_of(row, "change"),
            "end_url": row
            and self.has_delete_permission(request, row)
            and self.address_of(row, "delete"),
            "end_words": self.end_words,
            **more,
            **(words or {}),
        }
        return TemplateResponse(request, self.writing_template, context)

    def refuse(
        self,
        request: HttpRequest,
        form: ServiceForm,
        refusal: Refused,
        action: str,
        entity_uid: UUID | None,
    ) -> None:
        """After the refused transaction was rolled back, so that the entry stays."""
        if refusal.code == Stale.code and entity_uid is not None:
            name = reading.names_of([entity_uid]).get(entity_uid, reading.NO_NAME)
            form.tell_stale(name, request.get_full_path())
        else:
            form.tell(refusal)
        self.note_refusal(request, action, entity_uid, refusal.code)

    def note_refusal(
        self, request: HttpRequest, action: str, entity_uid: UUID | None, code: str
    ) -> None:
        self.site.note(
            request, action=action, outcome="refused", entity_uid=entity_uid, codes=[code]
        )


def say_written(request: HttpRequest, entity_uid: UUID, events: list[Event], done: str) -> None:
    """What came of it, in the words of the registry."""
    if not events:
        messages.info(request, "Nothing differs from what is recorded; nothing was written.")
        return
    messages.success(request, f"{done} at {settings.LOCATION_ID}.")
    if later := queries.superseded(entity_uid=entity_uid, events=events):
        messages.warning(
            request,
            f"It holds only until a later value does: today's {', '.join(later)} stays as it was.",
        )
