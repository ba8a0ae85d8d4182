from argparse import ArgumentParser
from functools import partial
from typing import Any

from events.commands import NotedCommand, command_act
from events.retrying import DAMAGED, UNOPENED, retry_dead_letters


class Command(NotedCommand):
    help = "Try messages that were set aside, and events whose projection failed, once more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=10_000, help="try at most this many")
        parser.add_argument(
            "--ask-again",
            action="store_true",
            help="give up messages whose key is gone for ever, and ask their senders again",
        )

    def handle(self, *args: Any, limit: int, ask_again: bool, **options: Any) -> None:
        retried = retry_dead_letters(
            partial(command_act, "retry_dead_letters"),
            limit=limit,
            given_up=UNOPENED if ask_again else DAMAGED,
        )
        left = retried.tried - retried.resolved
        self.stdout.write(
            f"Tried {retried.tried} dead letters: {retried.resolved} resolved, {left} left."
        )
