"""The edge of management commands: wall clock, who acts, and the loop that workers run in."""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from types import FrameType
from typing import Any, Protocol

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection
from uuid_utils.compat import uuid7

from events.database_errors import is_passing
from events.principal import Act, Principal
from events.restoring import Restoring

logger = logging.getLogger(__name__)

RETRY_S = 1.0
# The longest a signal has to wait for a worker that rests.
NAP_S = 0.1


def wall_us() -> int:
    return time.time_ns() // 1000


def command_act(name: str, *, actor: str = "") -> Act:
    """A transaction of a management command, in the name of `actor` or of the command itself."""
    return Act(
        principal=Principal(actor or name, "service_provider", settings.LOCATION_ID, "command"),
        request_id=uuid7(),
        now_us=wall_us(),
        started_ns=time.perf_counter_ns(),
    )


# Around each run of a command: who, and whether it works until it is stopped.
RunObserver = Callable[["NotedCommand"], AbstractContextManager[None]]
_observers: list[RunObserver] = []


def register_run_observer(observer: RunObserver) -> None:
    """The audit hears of each command that way: it stands above this app."""
    if observer not in _observers:
        _observers.append(observer)


class NotedCommand(BaseCommand):
    """A command whose every run is a transaction. What it noted itself is enough; otherwise its
    name is, with the words it was told that say what it did (`noted_words`, never a value), and of
    a worker its start and its end."""

    is_worker = False
    noted_words: Sequence[str] = ()

    @property
    def name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    def execute(self, *args: Any, **options: Any) -> str | None:
        with ExitStack() as observed:
            for observer in _observers:
                observed.enter_context(observer(self))
            try:
                return super().execute(*args, **options)
            except Restoring as refusal:
                raise CommandError(refusal.detail) from refusal


class Worker(Protocol):
    def step(self) -> bool:
        """Do what is due; False when there was nothing, so that the loop may rest."""

    def close(self) -> None:
        """Let go of everything, in a few seconds."""


class Stop:
    """A plain flag that SIGTERM and SIGINT set. No `threading.Event`: its lock, wanted by a signal
    handler while the interrupted code holds it, is never given."""

    def __init__(self) -> None:
        self._is_asked = False

    def ask(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self._is_asked = True

    def is_set(self) -> bool:
        return self._is_asked

    def wait(self, seconds: float = float("inf")) -> None:
        until = time.monotonic() + seconds
        while not self._is_asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, NAP_S))


def stop_on_signals() -> Stop:
    """Set by SIGTERM and SIGINT: the worker finishes its step and ends with code 0."""
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.ask)
    signal.signal(signal.SIGINT, stop.ask)
    return stop


def run(worker: Worker, *, stop: Stop, rest_s: float = 0.05) -> None:
    """Step until asked to stop. While PostgreSQL is away it waits and says so once; what would
    write at a restored location waits until that has caught up. Any other exception is a bug and
    ends the process, which its supervisor restarts."""
    is_away = False
    try:
        while not stop.is_set():
            try:
                has_worked = worker.step()
            except DatabaseError as error:
                if not is_passing(error):
                    raise
                if not is_away:
                    logger.warning("postgres.away", extra={"reason": type(error).__name__})
                is_away = True
                connection.close()
                stop.wait(RETRY_S)
                continue
            except Restoring:
                stop.wait(RETRY_S)  # closed until the consumer has caught up
                continue
            if is_away:
                is_away = False
                logger.info("postgres.back")
            if not has_worked:
                stop.wait(rest_s)
    finally:
        worker.close()
