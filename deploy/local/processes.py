"""Child processes: started apart from the terminal, ended with everything they started."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Spec:
    """How to start one process, and the signal that asks it to end."""

    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path = Path("/")
    user: str | None = None
    farewell: signal.Signals = field(default=signal.SIGTERM)


def spawn(spec: Spec) -> subprocess.Popen[bytes]:
    """Starts it in a session of its own: no terminal, no standard input, output to its log.

    Call it from the main thread: on Linux the child gets its farewell when the thread that
    started it ends, so that nothing survives a starter that was killed.
    """
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    with spec.log.open("ab") as log:
        return subprocess.Popen(
            list(spec.argv),
            env=dict(spec.env),
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(spec.farewell),
            user=spec.user,
            group=_group_of(spec.user),
            extra_groups=[] if spec.user else None,
        )


def run(
    argv: Sequence[str], *, env: Mapping[str, str], user: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end, as another user if root asks for one."""
    return subprocess.run(
        argv,
        env=env,
        cwd="/",
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the starter, which stops when this is done
        capture_output=True,
        text=True,
        user=user,
        group=_group_of(user),
        extra_groups=[] if user else None,
    )


def end(
    children: Iterable[subprocess.Popen[bytes]],
    *,
    farewell: signal.Signals = signal.SIGTERM,
    deadline_s: float = 20,
) -> None:
    """Asks all of them to end, waits, and kills whoever (or whose children) did not."""
    children = list(children)
    for child in children:
        if child.poll() is None:
            child.send_signal(farewell)
    wait_until(lambda: all(child.poll() is not None for child in children), deadline_s)
    for child in children:
        kill_group(child.pid)
        child.wait()


def kill_group(leader: int) -> None:
    """Kills what is left of the process group of a child that `spawn` started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], deadline_s: float) -> bool:
    """True as soon as the condition holds, False when the deadline passed without."""
    until = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_S)
    return True


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _state(pid) != "Z"


def command_line(pid: int) -> str:
    """The words of a process; empty when there is no such process (or it is not ours to see)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "" if Path("/proc/self").exists() else _ps(pid, "command=")
    return b" ".join(words).decode(errors="replace").strip()


def marked(mark: str) -> list[int]:
    """Living processes whose environment holds the line `mark` (NAME=value), from /proc.

    Where there is no /proc (macOS) nothing is found: pid files have to do there.
    """
    line = mark.encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if line in (entry / "environ").read_bytes().split(b"\0") and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def end_strays(pids: Iterable[int], *, deadline_s: float = 10) -> None:
    """Ends processes that are not our children: asks, waits, kills."""
    pids = [pid for pid in pids if pid != os.getpid()]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not any(is_alive(pid) for pid in pids), deadline_s):
            return


def _die_with_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # looked up before the fork: little may be done after it
    parent = os.getpid()

    def ask_for_the_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_the_signal


def _group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return _ps(pid, "state=")[:1]


def _ps(pid: int, column: str) -> str:
    answer = subprocess.run(["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout.strip()
