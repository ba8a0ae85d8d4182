from argparse import ArgumentParser
from typing import Any

from events import restoring
from events.commands import NotedCommand, wall_us

WAITING = 2


class Command(NotedCommand):
    help = (
        "Says whether this location is open, or what it waits for after its database was restored "
        "from a backup. Exit code 0 open, 2 waiting."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--begin",
            action="store_true",
            help="this database came from a backup: close until what happened since is here",
        )
        what.add_argument(
            "--open-anyway",
            action="store_true",
            help="open without those who are gone for ever; people erased meanwhile may be seen",
        )

    def handle(self, *args: Any, begin: bool, open_anyway: bool, **options: Any) -> None:
        self.noted_words = ["begin"] * begin + ["open_anyway"] * open_anyway
        if begin:
            restoring.begin(now_us=wall_us())
        if open_anyway and (given_up := restoring.open_anyway()):
            self.stdout.write(f"Open, although it still waited for {given_up.words}.")
            return
        waiting = restoring.waiting()
        if waiting is None:
            self.stdout.write("This location is open.")
            return
        self.stdout.write(waiting.sentence)
        if not begin:
            raise SystemExit(WAITING)
