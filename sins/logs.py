"""JSON log lines with Elastic Common Schema names: a constant event name and keyword data."""

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# The request a line belongs to; set by the middleware, empty in workers.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class EcsFormatter(JsonFormatter):
    """`@timestamp`, `log.level`, `message`, `labels.location`, `http.request.id`, then the line's
    own keywords (`extra={…}`). Exceptions go under `error.*`, with their trace, never values."""

    def __init__(self, location_id: str = "") -> None:
        super().__init__()
        self.location_id = location_id

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data["@timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["log.level"] = record.levelname.lower()
        log_data["log.logger"] = record.name
        log_data["labels.location"] = self.location_id
        log_data["process.pid"] = record.process
        if request_id.get():
            log_data["http.request.id"] = request_id.get()
        if record.exc_info and record.exc_info[0]:
            log_data["error.type"] = record.exc_info[0].__name__
            log_data["error.stack_trace"] = log_data.pop("exc_info", "")
