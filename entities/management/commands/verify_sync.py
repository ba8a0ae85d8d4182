"""`manage.py verify_sync`: are the locations identical, or which bucket and entity differ?"""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from entities import verification
from entities.verification import Result, Verdict
from events.commands import NotedCommand, wall_us
from events.heartbeat import Heartbeat

# Between two looks of --wait: a heartbeat comes every two seconds at most.
LOOK_AGAIN_S = 0.2


class Command(NotedCommand):
    help = (
        "Compare this location with what the others last said of themselves. "
        "Exit code: 0 identical, 1 differs, 2 not comparable yet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS")
        parser.add_argument("--export", type=Path, metavar="FILE", help="write entity digests")
        parser.add_argument(
            "--compare", type=Path, metavar="FILE", help="name what differs from an export"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["export"]:
            count = verification.write_export(options["export"], now_us=wall_us())
            self.stdout.write(f"{count} entity digests written to {options['export']}.")
            return
        if options["compare"]:
            sys.exit(self.compare(options["compare"]))
        mine, verdicts = look(until_s=options["wait"])
        self.stdout.write(digest_of(mine))
        for verdict in verdicts:
            self.stdout.write(verdict.sentence)
        if not verdicts:
            self.stdout.write("No other location has been heard yet.")
        sys.exit(verification.worst(verdicts))

    def compare(self, path: Path) -> Result:
        try:
            theirs, digests = verification.read_export(path)
        except (verification.InvalidExportError, OSError) as error:
            raise CommandError(str(error)) from error
        mine = verification.own_heartbeat(now_us=wall_us())
        verdict = verification.verdict(mine, theirs)
        self.stdout.write(digest_of(mine))
        self.stdout.write(verdict.sentence)
        for sentence in verification.compare(mine, theirs, digests):
            self.stdout.write(sentence)
        return verdict.result


def digest_of(mine: Heartbeat) -> str:
    return f"digest {mine.digest or 'not known while events are unsealed or pending'}"


def look(*, until_s: float) -> tuple[Heartbeat, list[Verdict]]:
    """This location and its verdicts; waits at most that long for all to be comparable."""
    deadline = time.monotonic() + until_s
    while True:
        mine = verification.own_heartbeat(now_us=wall_us())
        verdicts = verification.verdicts(mine)
        is_settled = verification.worst(verdicts) != Result.NOT_COMPARABLE
        if is_settled or time.monotonic() >= deadline:
            return mine, verdicts
        time.sleep(LOOK_AGAIN_S)
