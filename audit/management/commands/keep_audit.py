"""The worker that numbers audit entries, makes months ahead, archives old ones and verifies."""

from typing import Any

from audit.chain.keeping import Keeper
from events import commands
from events.commands import NotedCommand

# An entry is numbered so long after its commit at the latest, while there is little to do.
REST_S = 0.2


class Command(NotedCommand):
    help = "Number and chain audit entries, archive old months, verify the chain, until stopped."
    is_worker = True

    def handle(self, *args: Any, **options: Any) -> None:
        stop = commands.stop_on_signals()
        commands.run(Keeper(), stop=stop, rest_s=REST_S)
        self.stdout.write("Stopped.")
