"""How gunicorn serves one location, in containers and without."""

import os
import shutil
import tempfile
from pathlib import Path
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


def _is_gone(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return True
    except PermissionError:
        return False
    return False


def _make_counts() -> str:
    """Where the processes count for /metrics, each in files of its own (sins/counters.py). What
    somebody left who was killed goes."""
    folder = Path(_IN_MEMORY or tempfile.gettempdir())
    for left in folder.glob("sins-metrics-*-*"):
        if _is_gone(left.name.split("-")[2]):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.mkdtemp(prefix=f"sins-metrics-{os.getpid()}-", dir=folder)


_COUNTS = ""
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _COUNTS = _make_counts()


def on_exit(server: Any) -> None:
    """Called in the first process when it ends."""
    if _COUNTS:
        shutil.rmtree(_COUNTS, ignore_errors=True)
