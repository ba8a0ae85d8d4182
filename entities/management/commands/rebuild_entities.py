"""`manage.py rebuild_entities`: fold everything from the log again and say what differed."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from entities.rebuilding import Rebuilt, entity_count, rebuild
from events.commands import NotedCommand, command_act

NAMED = 20


class Command(NotedCommand):
    help = "Fold all entities from the event log again and put right what the tables say otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="compare only, write nothing")

    def handle(self, *args: Any, dry_run: bool = False, **options: Any) -> None:
        act = command_act("rebuild_entities")
        with tqdm(total=entity_count(), unit="entity", disable=not sys.stderr.isatty()) as bar:
            rebuilt = rebuild(act, is_dry_run=dry_run, on_progress=bar.update)
        self.stdout.write(sentence(rebuilt, is_dry_run=dry_run))


def sentence(rebuilt: Rebuilt, *, is_dry_run: bool) -> str:
    folded = f"Folded {rebuilt.events} events of {rebuilt.entities} entities"
    if not rebuilt.differences:
        return f"{folded}: nothing differed."
    done = "would be put right" if is_dry_run else "put right"
    lines = [f"{folded}: {len(rebuilt.differences)} differed, {done}:"]
    for difference in rebuilt.differences[:NAMED]:
        lines.append(f"  {difference.entity_uid}: {', '.join(difference.parts)}")
    if len(rebuilt.differences) > NAMED:
        lines.append(f"  and {len(rebuilt.differences) - NAMED} more.")
    return "\n".join(lines)
