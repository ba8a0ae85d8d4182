"""`manage.py find_duplicates`: the whole list against itself, into the work list."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from customers.duplicates.finding import Found, find_duplicates
from customers.duplicates.pairs import LEAST_SCORE
from events.commands import NotedCommand, command_act
from events.errors import Refused


class Command(NotedCommand):
    help = "Compare all customers with whoever may be the same person, and list the likely pairs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--least", type=float, default=LEAST_SCORE, help="score from which on a pair is listed"
        )
        parser.add_argument("--limit", type=int, help="compare so many pairs now, the rest later")
        parser.add_argument("--dry-run", action="store_true", help="compare only, write nothing")

    def handle(
        self,
        *args: Any,
        least: float = LEAST_SCORE,
        limit: int | None = None,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        if not LEAST_SCORE <= least <= 1:
            raise CommandError(
                f"--least is {least:g}: it should be {LEAST_SCORE:g} to 1. Less likely pairs do "
                "not stay in the work list: match_customers removes them."
            )
        if limit is not None and limit < 1:
            raise CommandError(f"--limit is {limit}: it should be 1 or more.")
        with tqdm(unit="pair", disable=not sys.stderr.isatty()) as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                found = find_duplicates(
                    command_act("find_duplicates"),
                    least=least,
                    limit=limit,
                    is_dry_run=dry_run,
                    on_progress=show,
                )
            except Refused as refused:
                raise CommandError(refused.detail) from refused
        self.stdout.write(sentence(found, is_dry_run=dry_run))


def sentence(found: Found, *, is_dry_run: bool) -> str:
    verb = "would be listed" if is_dry_run else "are listed"
    said = f"Compared {found.compared} pairs of customers: {found.kept} {verb}"
    if found.is_resumed:
        said += ", with those of the run before that did not end"
    if found.left_out.blocks:
        said += (
            f"; {found.left_out.blocks} groups too large to compare were left out "
            f"({found.left_out.people} places in them)"
        )
    if found.left:
        said += f"; {found.left} pairs are left for the next run"
    return f"{said}."
