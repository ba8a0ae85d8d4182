"""How the locations stand: what they know of each other, what was set aside, and a sign of life."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api import paging
from entities.api.base import EntitiesView
from entities.http import cursors, parameters
from entities.http import serializers as shared
from entities.http.authentication import act_of
from events import deadletters
from events.clock import instant_of
from events.queries import sync_state


class SyncView(EntitiesView):
    """This location's view of all locations."""

    endpoint = "sync"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        state = sync_state()
        self.note(request)
        return Response(state)


LETTERS = paging.Paging(cursors.LETTERS)


class DeadLettersView(EntitiesView):
    """Messages set aside, newest first, without their bytes."""

    endpoint = "dead_letters"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=paging.PARAMETERS)
        window = LETTERS.window(request)
        page = deadletters.page(window=window)
        results = [shared.row(letter) for letter in page.rows]
        answer = LETTERS.envelope(request, window, page, results)
        self.note(request)
        return Response(answer)


class PingView(EntitiesView):
    """Somebody answers here; nothing else is looked at."""

    endpoint = "ping"

    def get(self, request: Request) -> Response:
        parameters.check_names(request, known=())
        at = instant_of(act_of(request).now_us)
        return Response(
            {
                "status": "ok",
                "location_id": settings.LOCATION_ID,
                "version": settings.VERSION,
                "at": shared.instant(at),
            }
        )
