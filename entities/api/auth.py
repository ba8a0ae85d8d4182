"""The door for programs: a name and a password → a token, which then says who asks."""

from typing import Any, NoReturn

from django.contrib.auth import authenticate
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from audit import logins
from entities.api.operations import DOCUMENT
from entities.http import parameters
from entities.http.access import NOBODY, Access
from entities.http.authentication import act_of
from entities.http.views import JsonView
from entities.refusals import Invalid
from entities.roles import EVERYBODY

WRONG = "Unable to log in with provided credentials."


class TooManyFailed(Throttled):
    default_detail = "Too many logins have failed from your network."
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."
    default_code = "too_many_requests"


class Credentials(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4_096, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else ()
        if unknown:
            raise serializers.ValidationError({key: ["Unknown field."] for key in unknown})
        return super().to_internal_value(data)


class FailedLogins(BaseThrottle):
    """Against guessing: counts what failed from the network, at whichever door."""

    def allow_request(self, request: Request, view: Any) -> bool:
        self.wait_s = logins.wait_s(act_of(request))
        return not self.wait_s

    def wait(self) -> float:
        return self.wait_s


class TokenView(JsonView):
    """Whoever knows the password gets the user's token; there is one, made when first asked for."""

    document = DOCUMENT
    matrix = {("auth_token", "POST"): Access(EVERYBODY | {NOBODY}, "access.refused")}
    endpoint = "auth_token"
    authentication_classes = ()  # neither needed nor looked at, not even a browser's session
    throttle_classes = (FailedLogins,)

    def post(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        sent = Credentials(data=request.data)
        if not sent.is_valid():
            raise Invalid(sent.errors)
        user = authenticate(request._request, **sent.validated_data)
        if user is None:  # noted already, by Django's signal
            return Response({"non_field_errors": [WRONG]}, 400)
        token, _ = Token.objects.get_or_create(user=user)
        logins.note_token(act_of(request), user=user)
        return Response({"token": token.key}, headers={"Cache-Control": "no-store"})

    def throttled(self, request: Request, wait: float | None) -> NoReturn:
        raise TooManyFailed(wait)
