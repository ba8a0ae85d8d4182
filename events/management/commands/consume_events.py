from typing import Any

from django.core.management.base import BaseCommand

from events import commands
from events.consuming import Consumer


class Command(BaseCommand):
    help = "Receive the events of all locations from Kafka and fold them in, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = commands.stop_on_signals()
        commands.run(Consumer(), stop=stop)
        self.stdout.write("Stopped.")
