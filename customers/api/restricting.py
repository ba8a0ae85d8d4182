"""Restriction of a customer's processing, and its end."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from customers import restricting
from customers.api.base import RegistryView
from customers.api.erasing import texts_of
from entities.http import parameters
from entities.http.writing import Answer
from events.principal import Act


class _RestrictionView(RegistryView):
    act: ClassVar[Callable[..., None]]
    is_restricted: ClassVar[bool]

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        said = texts_of(request.data, required=("reason",))

        def write(act: Act) -> Answer:
            type(self).act(act, entity_uid=customer_uid, **said)
            body: dict[str, Any] = {
                "customer": str(customer_uid),
                "restricted": self.is_restricted,
            }
            return Answer(200, body, customer_uid)

        return self.answer(request, write)


class RestrictView(_RestrictionView):
    """From now on only providers find and read the customer."""

    endpoint = "restrict"
    act = restricting.restrict
    is_restricted = True


class UnrestrictView(_RestrictionView):
    """As before."""

    endpoint = "unrestrict"
    act = restricting.unrestrict
    is_restricted = False
