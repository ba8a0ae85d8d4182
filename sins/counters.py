"""What the web processes count as they go: requests, how long they took, and log lines.

gunicorn runs several processes, and any of them may be asked for /metrics: each writes its counts
into a file of its own (PROMETHEUS_MULTIPROC_DIR, made by deploy/gunicorn.conf.py), and whoever is
asked adds them up. What workers and commands do is not here: their numbers are in the database.
"""

import logging
import os

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

disable_created_metrics()  # a second series beside each, which says when it began

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
LEVELS = frozenset(("debug", "info", "warning", "error", "critical"))
# Seconds. Most answers take 5 to 100 ms; a statement is cut off after 15 s.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)

REQUESTS = Counter(
    "sins_http_requests_total",
    "Requests answered by this location",
    ["location", "route", "method", "status"],
    registry=None,
)
SECONDS = Histogram(
    "sins_http_request_seconds",
    "How long requests took",
    ["location", "route"],
    buckets=BUCKETS,
    registry=None,
)
LINES = Counter(
    "sins_log_lines_total",
    "Lines in the logs of the web processes",
    ["location", "level"],
    registry=None,
)


def count_request(
    *, location_id: str, route: str, method: str | None, status: int, seconds: float
) -> None:
    """`route` is a name of the URLconf, never a path: there are only so many."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(location_id, route or "none", verb, str(status)).inc()
    SECONDS.labels(location_id, route or "none").observe(seconds)


class LineCounter(logging.Handler):
    """Counts the lines by their level."""

    def __init__(self, location_id: str) -> None:
        super().__init__()
        self._location_id = location_id

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname.lower()
        LINES.labels(self._location_id, level if level in LEVELS else "other").inc()


def register(registry: CollectorRegistry) -> None:
    """Of all web processes of this location; without gunicorn of this one."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        return
    for metric in (REQUESTS, SECONDS, LINES):
        registry.register(metric)
