from typing import Any

from events import commands
from events.commands import NotedCommand
from events.consuming import Consumer


class Command(NotedCommand):
    help = "Receive the events of all locations from Kafka and fold them in, until stopped."
    is_worker = True

    def handle(self, *args: Any, **options: Any) -> None:
        stop = commands.stop_on_signals()
        commands.run(Consumer(), stop=stop)
        self.stdout.write("Stopped.")
