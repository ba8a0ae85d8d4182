"""`manage.py cleanup_customers`: erase whoever is scheduled and may be erased now."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from customers import cleaning
from customers.cleaning import Cleaner
from entities import executing
from events import commands
from events.commands import NotedCommand, command_act
from events.principal import Act

REST_S = 1.0


class Command(NotedCommand):
    help = (
        "Erase for ever whoever is scheduled at this location, as far as every location has "
        "answered and no hold stands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count; erase nobody")
        parser.add_argument("--loop", action="store_true", help="as a worker, until stopped")

    def handle(self, *args: Any, dry_run: bool = False, loop: bool = False, **options: Any) -> None:
        if dry_run and loop:
            raise CommandError("--dry-run ends by itself: leave out --loop.")
        if loop:
            self._work()
            return
        executed = executing.execute_due(_act, is_dry_run=dry_run)
        for line in cleaning.told(executed, is_dry_run=dry_run):
            self.stdout.write(line)

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.is_worker = bool(options.get("loop"))
        return super().execute(*args, **options)

    def _work(self) -> None:
        stop = commands.stop_on_signals()
        cleaner = Cleaner(_act)
        commands.run(cleaner, stop=stop, rest_s=REST_S)
        self.stdout.write(f"Erased {cleaner.erased:,}.")


def _act() -> Act:
    return command_act("cleanup_customers")
