"""What is asked of the report → its entry, then a file: the same for the API and the pages."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.http import StreamingHttpResponse

from audit.entries import add_entry
from audit.totals import totals
from audit.transactions import Asked, all_transactions
from entities.api.transaction_files import FORMATS
from events.clock import instant_of
from events.principal import Act

MAX_COUNT = 2**31 - 1  # what an entry can say


def export(act: Act, asked: Asked, *, kind: str, names: Sequence[str]) -> StreamingHttpResponse:
    """All that fits, up to the moment of asking; sent while it is read. `names`: which filters were
    used; what for is nobody's business but the subject's."""
    now = instant_of(act.now_us)
    asked = replace(asked, until=min(asked.until or now, now))
    with transaction.atomic():
        add_entry(
            act,
            action="transactions.exported",
            entity_uid=asked.subject,
            codes=[kind, *names],
            result_count=min(totals(asked).entries, MAX_COUNT),
        )
    file = FORMATS[kind]
    called = f"transactions-{settings.LOCATION_ID}-{now:%Y%m%dT%H%M%SZ}.{kind}"
    return StreamingHttpResponse(
        file.write(all_transactions(asked)),
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{called}"'},
    )
