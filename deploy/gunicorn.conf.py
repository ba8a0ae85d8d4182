"""How gunicorn serves one location, in containers and without."""

import os
import shutil
import tempfile
from typing import Any

_IN_MEMORY = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108

wsgi_app = "sins.wsgi:application"
bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Seconds: a request, then the farewell.
timeout = 60
graceful_timeout = 10
# `X_Role` would be folded into X-Role: refused, not renamed.
header_map = "refuse"
limit_request_line = 8190
control_socket_disable = True
# Our own middleware logs each request, without its query.
accesslog = None
errorlog = "-"
loglevel = "warning"
worker_tmp_dir = _IN_MEMORY

# Where the processes count for /metrics, each in files of its own (sins/counters.py).
_COUNTS = ""
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _COUNTS = tempfile.mkdtemp(prefix="sins-metrics-", dir=_IN_MEMORY)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _COUNTS


def on_exit(server: Any) -> None:
    """Called in the first process when it ends."""
    if _COUNTS:
        shutil.rmtree(_COUNTS, ignore_errors=True)
