"""`manage.py rebuild_search`: the words by which search finds people, made from the customers."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from customers.search import index as search_index
from events.commands import NotedCommand, command_act


class Command(NotedCommand):
    help = "Index the customers that search does not know yet, and count how common each word is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", dest="is_all", help="index everybody")

    def handle(self, *args: Any, is_all: bool = False, **options: Any) -> None:
        act = command_act("rebuild_search")
        total = search_index.count(is_all=is_all)
        with tqdm(total=total, unit="customer", disable=not sys.stderr.isatty()) as bar:
            done = search_index.rebuild(act, is_all=is_all, on_progress=bar.update)
        self.stdout.write(f"Indexed {done} customers and counted their words.")
