"""Holds on a customer, and erasure for ever."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from customers import erasing
from customers.api.base import RegistryView
from entities.erasing import Awaited
from entities.holding import Hold
from entities.http import parameters
from entities.http import serializers as shared
from entities.http.writing import Answer
from entities.refusals import Invalid
from events.clock import instant_of
from events.principal import Act

NO_TEXT = "Must be a text."
REQUIRED = "This field is required."


class HoldView(RegistryView):
    """What keeps a customer and what is to happen; and a new hold."""

    endpoint = "hold"

    def get(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        standing = erasing.standing_of(uid=customer_uid)
        self.note(request, entity_uid=customer_uid, hits=[customer_uid])
        awaited = standing.erasure
        return Response(
            {
                "holds": [_hold(hold) for hold in standing.holds],
                "erasure": None if awaited is None else _erasure(awaited),
            }
        )

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        said = texts_of(request.data, required=("reason",), optional=("reference",))

        def place(act: Act) -> Answer:
            return Answer(
                200,
                _hold(erasing.place_hold(act, entity_uid=customer_uid, **said)),
                customer_uid,
            )

        return self.answer(request, place)


class LiftView(RegistryView):
    """The end of a hold."""

    endpoint = "lift"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        said = texts_of(request.data, required=("hold_id", "reason"))

        def lift(act: Act) -> Answer:
            erasing.lift_hold(act, entity_uid=customer_uid, **said)
            body = {"hold_id": said["hold_id"], "lifted": True}
            return Answer(200, body, customer_uid)

        return self.answer(request, lift)


class EraseView(RegistryView):
    """Asks for the erasure of a person."""

    endpoint = "erase"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        said = texts_of(request.data, required=("basis",), optional=("reason",))

        def erase(act: Act) -> Answer:
            awaited = erasing.erase(act, entity_uid=customer_uid, **said)
            return Answer(202, _erasure(awaited), customer_uid)

        return self.answer(request, erase)


class CancelErasureView(RegistryView):
    """Takes back what was asked for, as long as it has not happened."""

    endpoint = "cancel_erasure"

    def post(self, request: Request, uid: str) -> Response:
        parameters.check_names(request, known=())
        customer_uid = parameters.uid_of(uid)
        said = texts_of(request.data, required=("reason",))

        def cancel(act: Act) -> Answer:
            erasing.cancel_erasure(act, entity_uid=customer_uid, **said)
            return Answer(200, _cancelled(customer_uid), customer_uid)

        return self.answer(request, cancel)


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "hold_id": hold.hold_id,
        "customer": str(hold.entity_uid),
        "reason": hold.reason,
        "reference": hold.reference,
        "placed_at": shared.instant(hold.placed_at),
        "actor": hold.actor,
        "location_id": hold.location_id,
    }


def _erasure(awaited: Awaited) -> dict[str, str]:
    return {
        "basis": awaited.basis,
        "execute_after": shared.instant(instant_of(awaited.execute_after_us)),
    }


def _cancelled(uid: UUID) -> dict[str, Any]:
    return {"customer": str(uid), "cancelled": True}


def texts_of(
    body: Any, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The texts of a body, null as if it were not there. Raises Invalid, ParseError."""
    given = shared.json_object(body)
    errors = {key: ["Unknown field."] for key in given if key not in (*required, *optional)}
    found = {}
    for key in (*required, *optional):
        value = given.get(key)
        if isinstance(value, str):
            found[key] = value
        elif value is not None:
            errors[key] = [NO_TEXT]
        elif key in required:
            errors[key] = [REQUIRED]
    if errors:
        raise Invalid(errors)
    return found
