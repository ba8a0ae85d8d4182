from typing import Any

from events import commands
from events.commands import NotedCommand
from events.publishing import Publisher


class Command(NotedCommand):
    help = "Seal this location's events and send them to Kafka, until stopped."
    is_worker = True

    def handle(self, *args: Any, **options: Any) -> None:
        stop = commands.stop_on_signals()
        commands.run(Publisher(), stop=stop)
        self.stdout.write("Stopped.")
