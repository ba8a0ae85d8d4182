"""What the local tools say to the person who started them."""

import os
import signal
import sys
from collections.abc import Callable


class NotPossibleError(Exception):
    """Something the person has to put right first; the message says what and how."""


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Whoever read along (`| tee`, `| head`) has gone; the work goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(main: Callable[[], int]) -> None:
    """Ends this process with what `main` returns, or with 1 and the sentence of its refusal."""
    # As an exception, SIGTERM takes a command that is being waited for (pip, apt) along.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        code = main()
    except NotPossibleError as refusal:
        print(refusal, file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
