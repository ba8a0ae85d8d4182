"""`manage.py cleanup_customers`: who is due by a policy is scheduled, who is scheduled erased."""

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from customers import cleaning
from customers.cleaning import Cleaner
from customers.retention import runs
from entities import executing
from entities.refusals import NotFound
from events import commands
from events.commands import NotedCommand, command_act
from events.principal import Act

REST_S = 1.0


class Command(NotedCommand):
    help = (
        "Schedule the erasure of whoever is due by a retention policy, once a provider has "
        "approved it where the policy asks for that; and erase for ever whoever is scheduled at "
        "this location, as far as every location has answered and no hold stands."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count; erase nobody")
        parser.add_argument("--loop", action="store_true", help="as a worker, until stopped")
        parser.add_argument("--policy", help="begin runs of this one only")

    def handle(
        self,
        *args: Any,
        dry_run: bool = False,
        loop: bool = False,
        policy: str | None = None,
        **options: Any,
    ) -> None:
        if loop and (dry_run or policy):
            raise CommandError("--loop does everything until stopped: leave the others out.")
        if loop:
            self._work()
            return
        try:
            lines = _preview(policy) if dry_run else _clean(policy)
        except NotFound as refused:
            raise CommandError(f"There is no policy {policy} in force.") from refused
        for line in lines:
            self.stdout.write(line)

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.is_worker = bool(options.get("loop"))
        return super().execute(*args, **options)

    def _work(self) -> None:
        stop = commands.stop_on_signals()
        cleaner = Cleaner(_act)
        commands.run(cleaner, stop=stop, rest_s=REST_S)
        self.stdout.write(f"Erased {cleaner.erased:,}.")


def _preview(policy: str | None) -> list[str]:
    found = runs.preview_run(_act(), policy_code=policy, is_dry_run=True)
    lines = [
        f"{found.due:,} due by policy would be scheduled here, {found.held:,} are kept by a hold, "
        f"{found.elsewhere:,} are erased by other locations."
    ]
    if waiting := runs.awaiting_approval(_act(), policy_code=policy):
        lines.append(f"{waiting:,} of them only once somebody approves.")
    return [*lines, *cleaning.told(executing.execute_due(_act, is_dry_run=True), is_dry_run=True)]


def _clean(policy: str | None) -> list[str]:
    runs.start_runs(_act(), policy_code=policy)
    with tqdm(unit=" customers", desc="scheduled", disable=not sys.stderr.isatty()) as bar:
        scheduled = cleaning.schedule_approved(_act, progress=bar.update)
    runs.spare_changed(_act)
    total = executing.due_count(now_us=_act().now_us)
    is_quiet = not sys.stderr.isatty()
    with tqdm(unit=" customers", desc="erased", total=total, disable=is_quiet) as bar:
        executed = executing.execute_due(_act, progress=bar.update)
    lines = [f"{scheduled:,} due by policy were looked at."]
    if waiting := runs.awaiting_approval(_act(), policy_code=policy):
        lines.append(f"{waiting:,} wait for an approval: preview a run on the page Retention.")
    return [*lines, *cleaning.told(executed, is_dry_run=False)]


def _act() -> Act:
    return command_act("cleanup_customers")
