from argparse import ArgumentParser
from functools import partial
from typing import Any

from events.commands import NotedCommand, command_act
from events.retrying import retry_dead_letters


class Command(NotedCommand):
    help = "Try messages that were set aside, and events whose projection failed, once more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=10_000, help="try at most this many")

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        retried = retry_dead_letters(partial(command_act, "retry_dead_letters"), limit=limit)
        left = retried.tried - retried.resolved
        self.stdout.write(
            f"Tried {retried.tried} dead letters: {retried.resolved} resolved, {left} left."
        )
