"""Runs of management commands as audit entries, for those that note nothing themselves."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error

from audit.actions import Outcome
from audit.entries import add_entry, is_kept, watched
from events.commands import NotedCommand, command_act
from events.principal import Act

logger = logging.getLogger(__name__)


class NotedEndError(CommandError):
    """A command ends badly, and an entry of its own says so: the run needs no other."""


@contextmanager
def noted_run(command: NotedCommand) -> Iterator[None]:
    """How it ended decides: refused with a sentence, failed, or ok with its exit code."""
    act = command_act(command.name)
    if command.is_worker:
        _note(act, "worker.started", Outcome.OK, [command.name])
    outcome, codes = Outcome.OK, [command.name]
    with watched() as noted:
        try:
            yield
        except NotedEndError:
            raise
        except CommandError:
            outcome = Outcome.REFUSED
            raise
        except SystemExit as end:
            codes.append(f"exit {end.code or 0}")
            raise
        except BaseException as error:
            outcome = Outcome.FAILED
            codes.append(type(error).__name__)
            raise
        finally:
            codes[1:1] = command.noted_words
            if command.is_worker:
                _note(command_act(command.name), "worker.stopped", outcome, codes)
            elif outcome != Outcome.OK or not (noted and is_kept(noted)):
                _note(act, "command.run", outcome, codes)


def _note(act: Act, action: str, outcome: Outcome, codes: Sequence[str]) -> None:
    """A database that is away cannot note it; of a command that failed by that, its own sentence
    is enough."""
    try:
        add_entry(act, action=action, outcome=outcome, codes=codes)
    except Error as error:
        if outcome == Outcome.OK:
            logger.error("audit.lost", extra={"reason": type(error.__cause__).__name__})
