"""Loads the invented people and institutions of the sample at this location."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from customers import sample_data
from customers.loading import load_sample
from events.commands import NotedCommand, command_act
from events.errors import Refused

MAX_EXTRAS = 1_000_000


class Command(NotedCommand):
    help = "Loads the sample; whoever is here already stays as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--extras", type=int, default=0, help="people beyond the sample (0)")

    def handle(self, *args: Any, extras: int, **options: Any) -> None:
        if not 0 <= extras <= MAX_EXTRAS:
            raise CommandError(f"--extras is {extras}, but it must be from 0 to {MAX_EXTRAS:,}.")
        total = sample_data.PLAIN_COUNT + extras
        try:
            with tqdm(total=total, unit=" entities", disable=None, leave=False) as bar:
                loaded = load_sample(
                    command_act("load_sample_data"), extras=extras, on_progress=bar.update
                )
        except Refused as refused:
            raise CommandError(refused.detail) from refused
        self.stdout.write(
            f"Sample: {loaded.entities} loaded ({loaded.events} events), "
            f"{loaded.unchanged} were here already."
        )
