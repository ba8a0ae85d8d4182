"""System checks of the settings: what would be unsafe or could not work stops the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from customers.nicknames import variants
from customers.search.weights_file import weights_in_use
from events import wire
from events.key_ring import BadKeyRing


@register()
def check_auth_mode(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.AUTH_MODE != "header" or settings.DEVELOPMENT:
        return []
    if not settings.ALLOW_INSECURE_ROLE_HEADER:
        return [
            Error(
                "AUTH_MODE=header lets every caller choose a role.",
                hint="Use AUTH_MODE=token, or set ALLOW_INSECURE_ROLE_HEADER=1 to say that you "
                "mean it.",
                id="sins.E002",
            )
        ]
    return [Warning("Every caller chooses a role: AUTH_MODE=header.", id="sins.W001")]


@register()
def check_secret_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.DEVELOPMENT or len(settings.SECRET_KEY) >= 32:
        return []
    return [Error("SECRET_KEY is shorter than 32 characters.", id="sins.E003")]


@register()
def check_nicknames(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        variants("")
    except ImproperlyConfigured as error:
        return [Error(str(error), id="sins.E004")]
    return []


@register()
def check_weights(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        weights_in_use()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="sins.E005")]
    return []


@register()
def check_event_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.EVENT_KEYS_FILE:
        if settings.DEVELOPMENT:
            return []
        return [
            Error(
                "EVENT_KEYS_FILE is not set: personal values would stand in Kafka in the clear.",
                hint="Name a file there, the same ring at every location; "
                "`manage.py event_keys create` makes it.",
                id="sins.E006",
            )
        ]
    try:
        wire.current_ring()
    except BadKeyRing as error:
        return [Error(str(error), id="sins.E007")]
    return []
