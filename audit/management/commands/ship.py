"""The worker that ships to Elasticsearch."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from audit.shipping import positions
from audit.shipping.shipper import Shipper
from events import commands
from events.commands import NotedCommand

REST_S = 0.25


class Command(NotedCommand):
    help = "Ship audit entries and log files to Elasticsearch, until stopped."
    is_worker = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from-start",
            action="store_true",
            help="begin anew, for an Elasticsearch that lost what it had: what is there stays",
        )

    def handle(self, *args: Any, from_start: bool, **options: Any) -> None:
        if not settings.ELASTICSEARCH_HOST:
            raise CommandError(
                "ELASTICSEARCH_HOST is empty: set it to the address of Elasticsearch, such as "
                "https://elasticsearch:9200."
            )
        if from_start:
            positions.start_again()
        stop = commands.stop_on_signals()
        commands.run(Shipper(), stop=stop, rest_s=REST_S)
        self.stdout.write("Stopped.")
