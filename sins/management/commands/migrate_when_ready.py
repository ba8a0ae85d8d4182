"""Start of a location: waits for PostgreSQL, then migrates while nobody else does."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import OperationalError, connection

from events.commands import NotedCommand

# Any number that nothing else in the database uses; the same for all processes of a location.
MIGRATION_LOCK = 7_146_001
RETRY_S = 0.5


class Command(NotedCommand):
    help = "Waits until the database answers, then migrates it under a lock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait-s", type=float, default=60, help="seconds to wait (60)")

    def handle(self, *args: Any, wait_s: float, **options: Any) -> None:
        self.wait(wait_s)
        # The first one may need long: whoever comes second asks again, however long. It must not
        # wait inside a statement: an index that is built concurrently would wait for that.
        while not self.is_locked():
            time.sleep(RETRY_S)
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            connection.close()  # gives the lock back, also after an error
        self.stdout.write("The database is migrated.")

    def is_locked(self) -> bool:
        """Whether this process is the one that may migrate."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [MIGRATION_LOCK])
            return bool(cursor.fetchone()[0])

    def wait(self, wait_s: float) -> None:
        """Raises CommandError when nothing answers within `wait_s` seconds."""
        where = "{HOST}:{PORT}, database {NAME}".format(**connection.settings_dict)
        deadline = time.monotonic() + wait_s
        told = False
        while True:
            try:
                return connection.ensure_connection()
            except OperationalError as error:
                if time.monotonic() >= deadline:
                    why = str(error).splitlines()[0]
                    raise CommandError(
                        f"PostgreSQL at {where} did not answer within {wait_s:g} s ({why}). "
                        "Is it running? Are POSTGRES_HOST, POSTGRES_PORT and the password right?"
                    ) from error
                if not told:
                    self.stdout.write(f"Waiting for PostgreSQL at {where}.")
                    told = True
            time.sleep(RETRY_S)
