"""The worker `ship`: numbered audit entries and log files → Elasticsearch. docs/decisions/0022.

A batch is taken, sent until each of its documents is there or refused for good, and only then the
position moves, in one transaction with what was refused. Whenever it dies, the same documents are
sent again under the same ids.
"""

import logging
import random
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from audit.shipping import log_stream, positions
from audit.shipping.audit_stream import AuditStream
from audit.shipping.batches import Batch, Stream
from audit.shipping.documents import AUDIT, LOGS, Document
from audit.shipping.elastic import Elastic, ElasticAwayError, TooMuchError
from audit.shipping.log_stream import LogStream
from audit.shipping.measuring import Measuring
from events import failpoints
from events.clock import instant_of
from events.commands import wall_us
from events.leadership import Leadership

logger = logging.getLogger(__name__)

STANDBY_S = 0.5
# In one request. Elasticsearch refuses more than 100 MB, and likes 5.
MOST_DOCUMENTS, MOST_BYTES = 1000, 4 * 1024 * 1024
FIRST_RETRY_S, LONGEST_RETRY_S = 0.5, 30.0
# So many refused documents are no accident: somebody has to look before more are set aside.
MAX_REFUSED = 10_000
HALTED_S = 30.0
SWEEP_EVERY_S = 30.0
AGE_EVERY_S = 3600.0
# From this share of LOG_DIR_MAX_MB on it is said that room is getting scarce.
FILLING = 0.8


class Shipper:
    """One leads; what it holds in memory is only the batch that is on its way."""

    def __init__(self) -> None:
        self._leadership = Leadership("ship")
        self._streams: tuple[Stream, ...] = (AuditStream(), LogStream())
        self._delivery = Delivery()
        self._measuring = Measuring()
        self._chores = Chores()

    def step(self) -> bool:
        """False when there was nothing to send, or nobody to take it."""
        if not self._leadership.is_held():
            self._delivery.forget()
            time.sleep(STANDBY_S)
            return True
        now_s = time.monotonic()
        self._measuring.step(now_s=now_s)
        self._chores.sweep(now_s=now_s)
        if not self._delivery.is_ready(now_s=now_s):
            return False
        try:
            worked = [self._delivery.step(stream) for stream in self._streams]
            self._chores.remove_old(self._delivery.elastic(), now_s=now_s)
        except ElasticAwayError as error:
            self._delivery.wait(error)
            return False
        return any(worked)

    def close(self) -> None:
        self._delivery.forget()


class Delivery:
    """Sends batches with patience: while Elasticsearch is away, ever more slowly."""

    def __init__(self) -> None:
        self._elastic: Elastic | None = None
        self._most = MOST_DOCUMENTS
        self._pending: dict[str, tuple[Batch, list[Document]]] = {}
        self._retry_at_s = 0.0
        self._tries = 0
        self._halted_until_s: dict[str, float] = {}

    def elastic(self) -> Elastic:
        """The client, once the templates are there. Raises ElasticAwayError."""
        if self._elastic is None:
            elastic = Elastic()
            try:
                elastic.prepare()
            except ElasticAwayError:
                elastic.close()
                raise
            self._elastic = elastic
        return self._elastic

    def is_ready(self, *, now_s: float) -> bool:
        return now_s >= self._retry_at_s

    def forget(self) -> None:
        """What is on its way is taken again."""
        self._pending.clear()
        if self._elastic is not None:
            self._elastic.close()
            self._elastic = None

    def wait(self, error: ElasticAwayError) -> None:
        """Less at once and later; said once. It may be another one when it is back, so that the
        templates are looked at again."""
        if isinstance(error, TooMuchError):
            self._pending.clear()  # taken again, in smaller pieces
        elif self._elastic is not None:
            self._elastic.close()
            self._elastic = None
        self._most = max(1, self._most // 2)
        delay_s = min(FIRST_RETRY_S * 2.0 ** min(self._tries, 10), LONGEST_RETRY_S)
        self._retry_at_s = time.monotonic() + delay_s * random.uniform(0.5, 1.0)  # noqa: S311
        self._tries += 1
        if self._tries == 1:
            logger.warning("elasticsearch.away", extra={"reason": str(error)})

    def step(self, stream: Stream) -> bool:
        """One batch of it, or what is left of one; False when there was none. Raises
        ElasticAwayError."""
        if self._is_halted(stream):
            return False
        now = instant_of(wall_us())
        if stream.name not in self._pending:
            batch = stream.take(most=self._most, most_bytes=self._most_bytes(), now=now)
            if batch is None:
                return False
            self._pending[stream.name] = (batch, list(batch.documents))
        batch, left = self._pending[stream.name]
        if left:
            self._send(stream, batch, left)
        del self._pending[stream.name]
        try:
            batch.keep(now=now)
        except positions.MovedByAnotherError:
            return True
        failpoints.reach("ship.kept")
        return True

    def _send(self, stream: Stream, batch: Batch, left: Sequence[Document]) -> None:
        try:
            sent = self.elastic().send(left)
        except TooMuchError:
            if len(left) > 1:
                raise
            batch.set_aside.append(batch.refusal(left[0], "too_large"))
            return
        failpoints.reach("ship.sent")
        for document, reason_code in sent.refused:
            batch.set_aside.append(batch.refusal(document, reason_code))
        if sent.refused:
            logger.error(
                "ship.refused",
                extra={
                    "stream": stream.name,
                    "count": len(sent.refused),
                    "reasons": sorted({reason for _, reason in sent.refused})[:10],
                },
            )
        if sent.later:
            self._pending[stream.name] = (batch, sent.later)
            raise ElasticAwayError(sent.later_reason)
        self._succeed()

    def _succeed(self) -> None:
        if self._tries:
            logger.info("elasticsearch.back")
        self._tries = 0
        self._most = min(self._most * 2, MOST_DOCUMENTS)

    def _most_bytes(self) -> int:
        return max(1, MOST_BYTES * self._most // MOST_DOCUMENTS)

    def _is_halted(self, stream: Stream) -> bool:
        if stream.name in self._pending:
            return False
        now_s = time.monotonic()
        if now_s < self._halted_until_s.get(stream.name, 0.0):
            return True
        if positions.count_refused(stream.name) < MAX_REFUSED:
            self._halted_until_s.pop(stream.name, None)
            return False
        if stream.name not in self._halted_until_s:
            logger.error("ship.halted", extra={"stream": stream.name, "count": MAX_REFUSED})
        self._halted_until_s[stream.name] = now_s + HALTED_S
        return True


class Chores:
    """What keeps disks from filling, here and there."""

    def __init__(self) -> None:
        self._sweep_at_s = self._age_at_s = 0.0
        self._is_filling = False

    def sweep(self, *, now_s: float) -> None:
        if now_s < self._sweep_at_s or not settings.LOG_DIR:
            return
        self._sweep_at_s = now_s + SWEEP_EVERY_S
        log_stream.sweep()
        taken = log_stream.folder_bytes()
        is_filling = taken > FILLING * settings.LOG_DIR_MAX_MB * 1024 * 1024
        if is_filling and not self._is_filling:
            logger.warning("logs.filling", extra={"bytes": taken})
        self._is_filling = is_filling

    def remove_old(self, elastic: Elastic, *, now_s: float) -> None:
        """Months that are past their age, as whole indices. Raises ElasticAwayError."""
        if now_s < self._age_at_s:
            return
        today = instant_of(wall_us()).date()
        for alias, days in (
            (AUDIT, settings.ELASTICSEARCH_AUDIT_DAYS),
            (LOGS, settings.ELASTICSEARCH_LOGS_DAYS),
        ):
            for name in past_age(elastic.indices(alias), alias=alias, days=days, today=today):
                elastic.delete_index(name)
                logger.info("elasticsearch.index_deleted", extra={"index": name})
        self._age_at_s = now_s + AGE_EVERY_S


def past_age(names: Sequence[str], *, alias: str, days: int, today: date) -> list[str]:
    """The months whose last day is longer ago than `days`; names of another form are nobody's."""
    found = []
    for name in names:
        try:
            first = datetime.strptime(name, f"{alias}-%Y.%m").date()
        except ValueError:
            continue
        next_month = (first + timedelta(days=31)).replace(day=1)
        if next_month + timedelta(days=days) <= today:
            found.append(name)
    return found
