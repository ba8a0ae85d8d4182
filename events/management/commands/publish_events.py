from typing import Any

from django.core.management.base import BaseCommand

from events import commands
from events.publishing import Publisher


class Command(BaseCommand):
    help = "Seal this location's events and send them to Kafka, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = commands.stop_on_signals()
        commands.run(Publisher(), stop=stop)
        self.stdout.write("Stopped.")
