"""The export from the page: the same files as the API's, for whoever is logged in here."""

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from audit.transactions import Asked
from customers.web.edge import act_of, page, text_of
from customers.web.transactions import filters
from entities.api.transaction_export import export as sent
from entities.api.transaction_files import FORMATS
from events.errors import Refused

NO_FORMAT = "There is no such format. Export as csv or as ndjson."


@page
def export(request: HttpRequest) -> StreamingHttpResponse:
    asked = filters.read(request.GET, today=timezone.localdate())
    if asked.problems:
        raise Refused(filters.CANNOT_ASK, code="invalid")
    kind = text_of(request.GET, "format")
    if kind not in FORMATS:
        raise Refused(NO_FORMAT, code="invalid")
    question = Asked(**asked.asked(timezone.get_current_timezone()))
    return sent(act_of(request), question, kind=kind, names=asked.names)
