"""Trouble that passes by itself (connection, deadlock, shortage) is told from what never will."""

from django.db import Error, InterfaceError

# Classes of SQLSTATE: connection, transaction rollback, shortage, operator intervention, system.
PASSING_CLASSES = ("08", "40", "53", "57", "58")
LOCK_NOT_AVAILABLE = "55P03"


def is_passing(error: BaseException) -> bool:
    """Is it worth trying the same again? Not by Django's class: an index row that is too large is
    an OperationalError, too, and comes back for ever."""
    if not isinstance(error, Error):
        return False
    if isinstance(error, InterfaceError):
        return True
    code = sqlstate_of(error)
    if code is None:
        return type(error).__name__ == "OperationalError"  # the server did not answer at all
    return code.startswith(PASSING_CLASSES) or code == LOCK_NOT_AVAILABLE


def sqlstate_of(error: BaseException) -> str | None:
    """PostgreSQL's code for a database error, if it sent one."""
    return getattr(error.__cause__, "sqlstate", None)
