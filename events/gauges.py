"""What the heartbeat tells that the log does not know: registered by the floors above."""

from collections.abc import Callable

_fold_versions: list[int] = []
_conflict_counts: list[Callable[[], int]] = []


def register_fold_version(version: int) -> None:
    """The version of the rules by which rows are derived; digests compare only at equal ones."""
    _fold_versions[:] = [version]


def fold_version() -> int:
    return _fold_versions[0] if _fold_versions else 0


def register_conflict_count(count: Callable[[], int]) -> None:
    """How many conflicts are open here."""
    _conflict_counts[:] = [count]


def conflict_count() -> int:
    return _conflict_counts[0]() if _conflict_counts else 0
