"""What the local tools say to the person who started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# So often a person hears that a command which says nothing itself still works.
TOLD_EVERY_S = 10.0


class NotPossibleError(Exception):
    """Something the person has to put right first; the message says what and how."""


def say(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # Whoever read along (`| tee`, `| head`) has gone; the work goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run_quiet(
    argv: Sequence[str], what: str, *, cwd: Path | None = None, every_s: float = TOLD_EVERY_S
) -> int:
    """Runs a command that is silent while it works, and says from time to time that it does."""
    began = time.monotonic()
    with subprocess.Popen(argv, cwd=cwd, stdin=subprocess.DEVNULL) as child:
        try:
            while True:
                try:
                    return child.wait(every_s)
                except subprocess.TimeoutExpired:
                    say(f"… {what}: {time.monotonic() - began:.0f} s so far")
        except BaseException:
            child.kill()
            raise


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
