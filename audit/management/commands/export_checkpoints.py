"""What this location heard of a peer's audit chain, for whoever verifies it there."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from audit.chain import checkpoints
from audit.entries import add_entry
from events.commands import NotedCommand, command_act


class Command(NotedCommand):
    help = "Write what was heard here of another location's audit chain, for `verify_audit --peer`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("location", help="whose chain, e.g. loc1")
        parser.add_argument("file", type=Path, help="the file to write")

    def handle(self, *args: Any, location: str, file: Path, **options: Any) -> None:
        act = command_act("export_checkpoints")
        count = checkpoints.export(location, file)
        if not count:
            raise CommandError(
                f"Nothing was heard of an audit chain of {location}: is its id right, and does "
                "consume_events run here?"
            )
        add_entry(act, action="checkpoints.exported", codes=[location], result_count=count)
        what = "1 checkpoint" if count == 1 else f"{count:,} checkpoints"
        self.stdout.write(f"Wrote {what} of {location} to {file}.")
