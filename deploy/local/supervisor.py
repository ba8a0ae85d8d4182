"""Keeps a set of child processes running until asked to stop, and leaves none behind."""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from deploy.local import processes
from deploy.local.console import NotPossibleError, say

# A child that lived this long has started well: its next end is restarted at once.
HEALTHY_S = 10
FIRST_DELAY_S = 0.25
LONGEST_DELAY_S = 10
# Quick deaths in a row after which it is called a crash loop, once.
LOOP_LENGTH = 3
STOP_DEADLINE_S = 25
TICK_S = 0.2


class StoppedError(Exception):
    """Somebody asked the supervisor to stop (Ctrl-C, SIGTERM)."""


@dataclass(slots=True)
class Child:
    """One process to keep running.

    `spec` is asked at every start, so that a restarted child sees what changed meanwhile.
    Children of a higher `floor` need those below: they are stopped first.
    """

    name: str
    spec: Callable[[], processes.Spec]
    pid_file: Path | None = None
    floor: int = 0
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    quick_deaths: int = 0
    due_at: float = field(default=0)


def delay_s(quick_deaths: int) -> float:
    """How long to wait before the next start, after so many quick deaths in a row."""
    if quick_deaths == 0:
        return 0
    return float(min(FIRST_DELAY_S * 2.0 ** (quick_deaths - 1), LONGEST_DELAY_S))


class Supervisor:
    """Single-threaded: whoever waits calls `wait_for`, which tends the children meanwhile."""

    def __init__(self, *, tell: Callable[[str], None] = say) -> None:
        self._tell = tell
        self._children: dict[str, Child] = {}
        # Signals write here and the wait reads: a lock (threading.Event) could be taken by the very
        # wait that the signal interrupts.
        self._bell, self._button = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._button, False)
        self._is_asked_to_stop = False

    @contextlib.contextmanager
    def in_charge(self) -> Iterator[None]:
        """Takes the stop signals; at the end, however it comes, every child is stopped."""
        wanted = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup keeps it ignored
            wanted.append(signal.SIGHUP)
        handlers = {number: signal.signal(number, self._on_signal) for number in wanted}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._button, warn_on_full_buffer=False)
        try:
            yield
        finally:
            self.stop()
            signal.set_wakeup_fd(-1)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            os.close(self._bell)
            os.close(self._button)

    def add(self, child: Child) -> None:
        self._children[child.name] = child
        self._start(child)

    def restart(self, names: Iterable[str]) -> None:
        """Stops these children together and starts them again, with a fresh spec."""
        chosen = [self._children[name] for name in names]
        self._end(chosen)
        for child in chosen:
            self._start(child)

    def run_all(self, specs: Mapping[str, processes.Spec]) -> None:
        """Runs these commands at the same time, each to its end.

        Raises NotPossibleError with the last words of one that failed.
        """
        commands = {name: processes.spawn(spec) for name, spec in specs.items()}
        try:
            self.wait_for(lambda: all(c.poll() is not None for c in commands.values()))
        finally:
            processes.end(commands.values())
        for name, command in commands.items():
            if command.returncode:
                how = how_it_ended(command.returncode)
                words = last_words(specs[name].log)
                raise NotPossibleError(f"{name} failed ({how}). {specs[name].log} says:\n{words}")

    def wait_for(
        self, condition: Callable[[], bool], *, deadline_s: float | None = None, every_s: float = 0
    ) -> bool:
        """True as soon as the condition holds, asked `every_s`; False after the deadline.

        Raises StoppedError when asked to stop.
        """
        until = None if deadline_s is None else time.monotonic() + deadline_s
        next_question = 0.0
        while True:
            self._tend()
            if time.monotonic() >= next_question:
                if condition():
                    return True
                next_question = time.monotonic() + every_s
            if until is not None and time.monotonic() > until:
                return False
            select.select([self._bell], [], [], TICK_S)
            with contextlib.suppress(BlockingIOError):
                os.read(self._bell, 4096)

    def stop(self) -> None:
        """Stops all children, those of the highest floor first."""
        for floor in sorted({child.floor for child in self._children.values()}, reverse=True):
            self._end([child for child in self._children.values() if child.floor == floor])
        self._children.clear()

    def _tend(self) -> None:
        if self._is_asked_to_stop:
            raise StoppedError
        now = time.monotonic()
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            elif child.process is None and now >= child.due_at:
                self._start(child)
            elif child.quick_deaths and now - child.started_at > HEALTHY_S:
                if child.quick_deaths >= LOOP_LENGTH:
                    self._tell(f"{child.name} runs again.")
                child.quick_deaths = 0

    def _bury(self, child: Child, now: float) -> None:
        process = child.process
        assert process is not None  # noqa: S101 - narrows the type for the reader and mypy
        processes.kill_group(process.pid)  # e.g. web workers that still hold the port
        child.process = None
        lived_s = now - child.started_at
        child.quick_deaths = child.quick_deaths + 1 if lived_s < HEALTHY_S else 0
        child.due_at = now + delay_s(child.quick_deaths)
        how = how_it_ended(process.returncode)
        if child.quick_deaths == LOOP_LENGTH:
            self._tell(
                f"{child.name} keeps ending ({how}); it is tried again, ever more slowly. "
                f"{child.spec().log} says:\n{last_words(child.spec().log)}"
            )
        elif child.quick_deaths < LOOP_LENGTH:
            self._tell(f"{child.name} ended ({how}); starting it again.")

    def _start(self, child: Child) -> None:
        child.process = processes.spawn(child.spec())
        child.started_at = time.monotonic()
        if child.pid_file is not None:
            write_whole(child.pid_file, f"{child.process.pid}\n")

    def _end(self, children: list[Child]) -> None:
        running = {child.name: child.process for child in children if child.process is not None}
        farewell = children[0].spec().farewell if children else signal.SIGTERM
        processes.end(running.values(), farewell=farewell, deadline_s=STOP_DEADLINE_S)
        for child in children:
            child.process = None
            if child.pid_file is not None:
                child.pid_file.unlink(missing_ok=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._is_asked_to_stop = True


def how_it_ended(returncode: int) -> str:
    """ "exit code 1" or "SIGKILL", from what Popen says."""
    if returncode >= 0:
        return f"exit code {returncode}"
    return signal.Signals(-returncode).name


def last_words(log: Path, *, count: int = 10) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-count:])


def write_whole(file: Path, text: str) -> None:
    """Readers see the old text or the new one, never a half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.write_text(text)
    draft.replace(file)
