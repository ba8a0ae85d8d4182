"""What every endpoint of both JSON faces does before and after its own work."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar, NoReturn
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.entries import add_entry
from entities.http.access import Matrix, MatrixPermission, access_of, deny
from entities.http.authentication import act_of
from entities.http.openapi import FaceSchema
from entities.http.operations import FaceDocument
from entities.http.renderers import AlwaysJSON, FastJSONRenderer
from entities.http.writing import Answer, answer_write
from entities.restricted import check_open
from entities.roles import sees_all
from events.errors import Refused
from events.principal import Act

IDS_IN_PATHS = ("uid", "a", "b")


class LengthRequired(Refused):
    """WSGI does not say where a chunked body ends; reading none of it would lose what was said."""

    code = "length_required"
    status = 411

    def __init__(self) -> None:
        super().__init__("Send the body with a Content-Length, not in chunks.")


class JsonView(APIView):
    """One endpoint of a face. `endpoint` is its name in the face's `matrix` of access and in its
    `document`; without one the endpoint is in no document."""

    schema = FaceSchema()
    document: ClassVar[FaceDocument | None] = None
    matrix: ClassVar[Matrix]
    endpoint: str
    # In `header` mode: is a caller without a role header a customer, or nobody?
    is_nobody_a_customer: ClassVar[bool] = False
    permission_classes = (MatrixPermission,)
    renderer_classes = (FastJSONRenderer,)
    content_negotiation_class = AlwaysJSON
    http_method_names = ("get", "head", "post", "put", "patch", "delete")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
            raise LengthRequired
        check_open(act_of(request).principal, list(_asked_for(kwargs)))

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Answers are personal and differ by role: kept by nobody between, asked anew each time."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(answer, private=True, no_cache=True)
        patch_vary_headers(answer, [settings.ROLE_HEADER, "Authorization", "Cookie"])
        return answer

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        deny(act_of(request).principal, is_nobody_a_customer=self.is_nobody_a_customer)

    def is_masked(self, request: Request) -> bool:
        return not sees_all(act_of(request).principal)

    def as_endpoint(self, request: Request, name: str) -> None:
        """A parameter makes it another row of the matrix. Raises as a forbidden endpoint does."""
        self.endpoint = name
        self.check_permissions(request)

    def note(
        self,
        request: Request,
        *,
        entity_uid: UUID | None = None,
        hits: Collection[UUID] = (),
        query: str | None = None,
    ) -> None:
        """The audit entry of a read, in its transaction."""
        action = self._action(request)
        add_entry(
            act_of(request),
            action=action,
            entity_uid=entity_uid,
            hit_ids=list(hits),
            query=query,
            result_count=len(hits),
        )

    def answer(self, request: Request, write: Callable[[Act], Answer]) -> Response:
        return answer_write(request, self._action(request), write)

    def _action(self, request: Request) -> str:
        access = access_of(request, self)
        return access.action if access else ""


def _asked_for(kwargs: Mapping[str, str]) -> Iterator[UUID]:
    """The entities that an address names."""
    for name in IDS_IN_PATHS:
        with suppress(ValueError):
            yield UUID(kwargs.get(name, ""))


class NoView(JsonView):
    """A path of a face that is none: JSON for programs, never a page."""

    matrix = {}
    endpoint = "none"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        raise Http404
