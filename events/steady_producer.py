"""The producer with its bad days: built when Kafka answers, rebuilt after any error, said once."""

import logging
import time
from collections.abc import Callable, Mapping

from events import kafka

logger = logging.getLogger(__name__)

RETRY_S = 1.0
CLOSE_S = 2.0


class SteadyProducer:
    """`generation` changes with every new producer: who counted on the old one starts again."""

    def __init__(self) -> None:
        self.generation = 0
        self._producer: kafka.Producer | None = None
        self._trouble = ""
        self._is_away = False
        self._retry_at = 0.0

    def is_ready(self) -> bool:
        """Is there a producer? Builds one when it is time to try (again)."""
        if self._trouble:
            self._drop()
        if self._producer is None and time.monotonic() >= self._retry_at:
            self._build()
        return self._producer is not None

    def send(
        self,
        topic: str,
        *,
        key: bytes,
        value: bytes,
        headers: Mapping[str, bytes],
        on_acked: Callable[[], None],
    ) -> bool:
        """Queue a message; False when there is no room now. After an error nothing more is acked:
        a new generation begins."""
        if self._producer is None or self._trouble:
            return False
        generation = self.generation

        def on_done(error: str | None) -> None:
            if generation != self.generation:
                return
            if error is not None:
                self._trouble = error
            elif not self._trouble:
                self._say_back()
                on_acked()

        return self._producer.send(topic, key=key, value=value, headers=headers, on_done=on_done)

    def poll(self, timeout_s: float) -> None:
        """Let acknowledgements in; waits at most this long for the first."""
        if self._producer is None:
            time.sleep(timeout_s)
            return
        try:
            self._producer.poll(timeout_s)
        except kafka.KafkaAwayError as error:
            self._trouble = str(error)
            return
        if self._producer.is_away:
            self._say_away("no broker answers")

    def room(self) -> int:
        """How many messages the queue still takes."""
        return 0 if self._producer is None else kafka.QUEUE_MESSAGES - self._producer.waiting()

    def close(self) -> None:
        if self._producer is not None:
            self._producer.close(timeout_s=0 if self._is_away else CLOSE_S)
            self._producer = None

    def _build(self) -> None:
        self._retry_at = time.monotonic() + RETRY_S
        try:
            made = kafka.create_topics()
            self._producer = kafka.Producer()
        except kafka.KafkaAwayError as error:
            self._say_away(str(error))
            return
        if made:
            logger.info("kafka.topics_created", extra={"topics": made})
        self._say_back()

    def _drop(self) -> None:
        """Whatever was queued is sent again from the cursor; duplicates are harmless."""
        self._say_away(self._trouble)
        self._trouble = ""
        self.generation += 1
        if self._producer is not None:
            self._producer.close(timeout_s=0)
            self._producer = None
        self._retry_at = time.monotonic() + RETRY_S

    def _say_away(self, reason: str) -> None:
        if not self._is_away:
            self._is_away = True
            logger.warning("kafka.away", extra={"reason": reason})

    def _say_back(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("kafka.back")
