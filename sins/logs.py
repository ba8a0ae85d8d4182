"""JSON log lines with Elastic Common Schema names: a constant event name and keyword data."""

import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.core.signals import got_request_exception
from django.dispatch import receiver
from pythonjsonlogger.json import JsonFormatter

logger = logging.getLogger("sins.request")

# The request a line belongs to; set by the middleware, empty in workers.
request_id: ContextVar[str] = ContextVar("request_id", default="")


# Whose lines carry data: the keywords of others' lines may hold anything, as their arguments may.
OUR_LOGGERS = {"sins", "customers", "entities", "audit", "events"}
# Keys that Python's logging or the formatter give a line, and that are no data.
NOT_DATA = {"message", "exc_info", "exc_text", "stack_info", "taskName", "request"}


class EcsFormatter(JsonFormatter):
    """`@timestamp`, `log.level`, `message`, `labels.location`, `http.request.id`, then the line's
    own keywords (`extra={…}`; those without a dot under `sins.`). Exceptions go under `error.*`:
    their types and where they were raised, not their messages, which may repeat a value that
    somebody sent. For the same reason lines of libraries come without their arguments."""

    def __init__(self, location_id: str = "", process: str = "") -> None:
        super().__init__()
        self.location_id = location_id
        self.process = process

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        found: dict[str, Any] = {}
        super().add_fields(found, record, message_dict)
        stack_trace = found.get("exc_info", "")
        if record.name.partition(".")[0] in OUR_LOGGERS:
            data = {key: value for key, value in found.items() if key not in NOT_DATA}
            log_data |= {key if "." in key else f"sins.{key}": each for key, each in data.items()}
        log_data["@timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["message"] = log_data["event.action"] = str(record.msg)
        log_data["log.level"] = record.levelname.lower()
        log_data["log.logger"] = record.name
        log_data["labels.location"] = self.location_id
        log_data["process.pid"] = record.process
        log_data["process.name"] = self.process
        if request_id.get():
            log_data.setdefault("http.request.id", request_id.get())
        if record.exc_info and record.exc_info[0]:
            log_data["error.type"] = record.exc_info[0].__name__
            log_data["error.stack_trace"] = stack_trace

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name is logging's)
        """The lines of code that led there; of a chain the cause first."""
        return "".join(_without_messages(traceback.TracebackException(*ei)))


def _without_messages(error: traceback.TracebackException) -> list[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = _without_messages(cause) if cause else []
    name = error.exc_type.__name__ if error.exc_type else ""
    return [*before, *error.stack.format(), f"{name}\n"]


@receiver(got_request_exception, dispatch_uid="sins.logs")
def log_bug(sender: Any, **kwargs: Any) -> None:
    """A request that failed by a bug: called while its exception is being handled."""
    logger.error("http.failed", exc_info=True)
