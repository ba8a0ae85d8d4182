"""What this process is to its location: for the names of log files and lines."""

import sys
from collections.abc import Sequence

PROCESS_OF_COMMAND = {
    "publish_events": "publish",
    "consume_events": "consume",
    "match_customers": "match",
    "keep_audit": "keep",
    "ship": "ship",
}


def process_name(argv: Sequence[str] = ()) -> str:
    """`web`, a worker's short name, or `command` for what runs once."""
    words = list(argv or sys.argv)
    if "gunicorn" in words[0]:
        return "web"
    return PROCESS_OF_COMMAND.get(words[1] if len(words) > 1 else "", "command")
