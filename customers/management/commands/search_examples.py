"""Writes docs/search-examples.md: questions to the sample, and what search answers."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from customers.search.examples import written_examples
from events.commands import NotedCommand, command_act
from events.errors import Refused


class Command(NotedCommand):
    help = "Shows what search answers to worked examples; whatever that needs is not kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", type=Path, metavar="FILE", help="instead of showing them")

    def handle(self, *args: Any, write: Path | None = None, **options: Any) -> None:
        try:
            with transaction.atomic():
                text = written_examples(command_act("search_examples"))
                transaction.set_rollback(True)
        except Refused as refused:
            raise CommandError(refused.detail) from refused
        if write is None:
            self.stdout.write(text)
            return
        write.write_text(text, encoding="utf-8")
        self.stdout.write(f"Wrote {write}.")
