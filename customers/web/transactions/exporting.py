"""The export from the page: the same files as the API's, for whoever is logged in here."""

from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from audit.entries import add_entry
from audit.totals import totals
from audit.transactions import Asked, all_transactions
from customers.web.edge import act_of, page, text_of
from customers.web.transactions import filters
from entities.api.transaction_files import FORMATS
from events.clock import instant_of
from events.errors import Refused

NO_FORMAT = "There is no such format. Export as csv or as ndjson."
MAX_COUNT = 2**31 - 1  # what an entry can say


@page
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All that is asked for, up to the moment of asking; sent while it is read."""
    asked = filters.read(request.GET, today=timezone.localdate())
    if asked.problems:
        raise Refused(filters.CANNOT_ASK, code="invalid")
    name = text_of(request.GET, "format")
    if name not in FORMATS:
        raise Refused(NO_FORMAT, code="invalid")
    now = instant_of(act_of(request).now_us)
    question = Asked(**asked.asked(timezone.get_current_timezone()))
    question = replace(question, until=min(question.until or now, now))
    with transaction.atomic():
        add_entry(
            act_of(request),
            action="transactions.exported",
            entity_uid=question.subject,
            codes=[name, *asked.names],
            result_count=min(totals(question).entries, MAX_COUNT),
        )
    file = FORMATS[name]
    called = f"transactions-{settings.LOCATION_ID}-{now:%Y%m%dT%H%M%SZ}.{name}"
    return StreamingHttpResponse(
        file.write(all_transactions(question)),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{called}"'},
    )
