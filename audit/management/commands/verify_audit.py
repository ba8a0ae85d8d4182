"""`manage.py verify_audit`: is every audit entry there, in its order, as it was numbered?"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from audit.actions import Outcome
from audit.chain import checkpoints, keeping, verification
from audit.chain import numbering as chain
from audit.chain.archive import Archive, InvalidArchiveError, open_archive
from audit.chain.checkpoints import InvalidCheckpointsError
from audit.chain.hashing import Checkpoint
from audit.chain.verification import Verdict
from audit.chain.walking import numbers
from audit.entries import add_entry
from audit.runs import NotedEndError
from events.commands import NotedCommand, command_act

# As argparse ends for a wrong argument; 1 is for evidence only.
BROKEN, USAGE = 1, 2


class Command(NotedCommand):
    help = (
        "Verify the chain of audit entries; names the first one altered, missing, inserted or cut "
        "off, and ends with 1 then. Ends with 2 when nothing was verified: a wrong argument, a "
        "file that cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", type=int, dest="first", help="begin with this number")
        parser.add_argument("--to", type=int, dest="last", help="end with this number")
        parser.add_argument(
            "--peer",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            dest="peers",
            help="what a peer heard of this chain: its export_checkpoints; may be repeated",
        )
        parser.add_argument(
            "--archive",
            type=Path,
            nargs="+",
            default=[],
            metavar="FILE",
            dest="archives",
            help="begin with these files of archived months",
        )
        parser.add_argument(
            "--archives-only",
            action="store_true",
            help="verify the files by themselves: nothing here is believed",
        )

    def handle(
        self,
        *args: Any,
        first: int | None,
        last: int | None,
        peers: list[Path],
        archives: list[Path],
        archives_only: bool,
        **options: Any,
    ) -> None:
        act = command_act("verify_audit")
        if archives_only and not archives:
            raise CommandError("--archives-only needs --archive FILE.", returncode=USAGE)
        if archives and first is not None:
            raise CommandError(
                "--archive begins with the files: leave --from out.", returncode=USAGE
            )
        if first is not None and (first < 1 or (last is not None and last < first)):
            raise CommandError(
                "--from and --to are numbers of entries, from 1 on.", returncode=USAGE
            )
        testimony, files = _read(peers, archives)
        total = (last or chain.head().seq) - (files[0].after.seq if files else (first or 1) - 1)
        with tqdm(total=max(total, 0), unit="entry", disable=not sys.stderr.isatty()) as bar:
            try:
                if archives_only:
                    verdict = verification.verify_archives(
                        files, peers=testimony, on_progress=bar.update
                    )
                else:
                    verdict = verification.verify(
                        first=first,
                        last=last,
                        peers=testimony,
                        archives=files,
                        on_progress=bar.update,
                    )
            except InvalidArchiveError as error:
                raise CommandError(str(error)) from error
        if (first, last, files) == (None, None, []):
            keeping.keep_verdict(verdict, at=timezone.now())
        add_entry(
            act,
            action="audit.verified",
            outcome=Outcome.OK if verdict.is_ok else Outcome.FAILED,
            codes=[verdict.code] if verdict.code else [],
            result_count=min(_count(verdict), 2**31 - 1),
        )
        self._say(verdict, peers)

    def _say(self, verdict: Verdict, peers: list[Path]) -> None:
        if not verdict.is_ok:
            before = ""
            if verdict.first is not None and (verdict.seq or 0) > verdict.first:
                before = f" What is before it, from entry {verdict.first:,} on, is well."
            raise NotedEndError(f"{verdict.code}: {verdict.sentence}{before}", returncode=BROKEN)
        agreed = f" {_agreed(verdict.testified)}" if peers else ""
        self.stdout.write(f"{verdict.sentence}{agreed}")
        for file in verdict.unread:
            self.stdout.write(
                f"  {numbers(file.first, file.last)}: {file.name}, sha256 {file.sha256}"
            )
        if verdict.uncompared:
            self.stdout.write(
                f"Not compared, since in these files: {verdict.uncompared:,} of what peers heard. "
                "Verify them together, with --archive."
            )


def _agreed(testified: int) -> str:
    if testified == 1:
        return "1 checkpoint of a peer agrees."
    return f"{testified:,} checkpoints of peers agree."


def _count(verdict: Verdict) -> int:
    return 0 if verdict.first is None or verdict.last is None else verdict.last - verdict.first + 1


def _read(peers: list[Path], archives: list[Path]) -> tuple[list[Checkpoint], list[Archive]]:
    """Raises CommandError."""
    try:
        testimony = [one for path in peers for one in checkpoints.read(path)]
        files = [open_archive(path) for path in archives]
    except (OSError, InvalidCheckpointsError, InvalidArchiveError) as error:
        raise CommandError(str(error), returncode=USAGE) from error
    return testimony, sorted(files, key=lambda file: file.after.seq)
