"""One leader per location and task: a session lock on the very connection that does the work."""

import logging
import zlib
from typing import Any

from django.db import connection

from events import sql

logger = logging.getLogger(__name__)

# First half of the two-part advisory lock key; the second names the task.
LOCK_SPACE = 0x51A5
TRY_LOCK_SQL = "SELECT pg_try_advisory_lock(%(space)s, %(task)s)"


class Leadership:
    """Held as long as the connection that took it lives; a standby takes over when it dies."""

    def __init__(self, task: str) -> None:
        self.task = task
        self._session: Any = None
        self._is_waiting = False

    def is_held(self) -> bool:
        """True if this process leads; tries to take the lead otherwise."""
        connection.ensure_connection()
        if self._session is not None and self._session is connection.connection:
            return True
        key = {"space": LOCK_SPACE, "task": zlib.crc32(self.task.encode()) & 0x7FFFFFFF}
        if sql.fetch(TRY_LOCK_SQL, key)[0][0]:
            self._session = connection.connection
            self._is_waiting = False
            logger.info("worker.leads", extra={"task": self.task})
            return True
        if not self._is_waiting:
            self._is_waiting = True
            logger.info("worker.stands_by", extra={"task": self.task})
        return False
