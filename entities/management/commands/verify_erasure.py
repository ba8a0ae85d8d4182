"""`manage.py verify_erasure ID`: where it was erased, who has not confirmed, what is left here."""

import enum
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from audit.entries import add_entry
from entities import erasure_ledger
from entities.erasure_ledger import LedgerRow, Verified
from events.clock import instant_of
from events.commands import NotedCommand, command_act, wall_us


class Result(enum.IntEnum):
    """The exit code."""

    ERASED_EVERYWHERE = 0
    LEFTOVERS = 1
    NOT_CONFIRMED = 2
    NOT_ERASED = 3


class Command(NotedCommand):
    help = (
        "Say of an entity when and why it was erased, which locations have confirmed it, and "
        "whether this database still has anything of it. Exit code 0: erased everywhere; 1: "
        "something is left here; 2: not confirmed by all; 3: not erased."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="the entity's id")

    def handle(self, *args: Any, id: str = "", **options: Any) -> None:
        try:
            uid = UUID(id)
        except ValueError:
            raise CommandError(f"{id[:64]!r} is no id.") from None
        erasure_ledger.note_confirmations(now=instant_of(wall_us()))
        verified = erasure_ledger.verify(uid)
        result = result_of(verified)
        add_entry(
            command_act(self.name),
            action="erasure.verified",
            entity_uid=uid,
            codes=[result.name.lower()],
            result_count=sum(verified.leftovers.values()),
        )
        for line in _lines(uid, verified):
            self.stdout.write(line)
        if result:
            raise SystemExit(int(result))


def result_of(verified: Verified) -> Result:
    row = verified.row
    if row is None or row.erased_event is None:
        return Result.NOT_ERASED
    if verified.leftovers:
        return Result.LEFTOVERS
    return Result.ERASED_EVERYWHERE if row.is_done else Result.NOT_CONFIRMED


def _lines(uid: UUID, verified: Verified) -> list[str]:
    row = verified.row
    if row is None:
        return [f"{uid} was not erased, and no erasure is scheduled."]
    if row.erased_event is None:
        return [
            f"{uid} is to be erased ({row.basis}) by {row.location_id}, "
            f"not before {row.execute_after:%Y-%m-%d %H:%M:%S} UTC."
        ]
    lines = [f"{uid} was erased ({row.basis}) by {row.location_id} at {row.erased_at:%F %T} UTC."]
    if row.unanswered:
        lines.append(f"Had not answered at the legal deadline: {', '.join(row.unanswered)}.")
    return [*lines, *_confirmations(row), *_leftovers(verified)]


def _confirmations(row: LedgerRow) -> list[str]:
    lines = [f"Confirmed by {name} at {at:%F %T} UTC." for name, at in row.confirmed.items()]
    if row.unconfirmed:
        lines.append(f"Not confirmed yet: {', '.join(row.unconfirmed)}.")
    return lines


def _leftovers(verified: Verified) -> list[str]:
    if not verified.leftovers:
        return ["Nothing is left in this database."]
    return [f"Left in {table}: {count}." for table, count in sorted(verified.leftovers.items())]
