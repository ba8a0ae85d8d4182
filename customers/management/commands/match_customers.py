"""`manage.py match_customers`: likely duplicates of whoever is new or changed, until stopped."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from customers.duplicates.backlog import Matcher
from events import commands
from events.commands import NotedCommand

REST_S = 0.1


class Command(NotedCommand):
    help = "Look for likely duplicates of customers who are new or changed, until stopped."
    is_worker = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nobody waits any more")
        parser.add_argument("--limit", type=int, help="end after so many customers")

    def handle(
        self, *args: Any, once: bool = False, limit: int | None = None, **options: Any
    ) -> None:
        if limit is not None and limit < 1:
            raise CommandError(f"--limit is {limit}: it should be 1 or more.")
        stop = commands.stop_on_signals()
        matcher = Matcher(limit=limit)
        worker = Once(matcher, stop) if once or limit is not None else matcher
        commands.run(worker, stop=stop, rest_s=REST_S)
        self.stdout.write(f"Matched {matcher.matched} customers: {matcher.kept} pairs kept.")


class Once:
    """Asks to stop as soon as there was nothing to do."""

    def __init__(self, matcher: Matcher, stop: commands.Stop) -> None:
        self._matcher = matcher
        self._stop = stop

    def step(self) -> bool:
        has_worked = self._matcher.step()
        if not has_worked:
            self._stop.ask()
        return has_worked

    def close(self) -> None:
        self._matcher.close()
