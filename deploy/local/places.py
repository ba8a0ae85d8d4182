"""Where things lie: the checkout, its virtual environment, data homes and the download cache."""

import hashlib
import os
from pathlib import Path

from deploy.local import processes
from deploy.local.console import NotPossibleError

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


def cache_dir() -> Path:
    """Downloads that every checkout of this user shares."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root).expanduser().resolve() / "sins"


def data_home(wanted: Path, *, user: str | None) -> Path:
    """`wanted`, or a folder of the same purpose where PostgreSQL's user can walk to.

    As root the databases run as another user, and a checkout under /root is closed to it.
    """
    if user is None or _reaches(wanted, user=user):
        return wanted
    name = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:12]
    return Path(f"/var/tmp/sins-{os.geteuid()}-{name}")  # noqa: S108, see require_own


def require_own(folder: Path) -> None:
    """Makes the folder; refuses one that somebody else prepared (/var/tmp is everybody's)."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise NotPossibleError(
            f"{folder} belongs to somebody else. Remove it, or set DEMO_HOME elsewhere."
        )
    folder.chmod(0o755)


def require_reach(folder: Path, *, user: str) -> None:
    if not _reaches(folder, user=user):
        raise NotPossibleError(
            f"The user {user}, who runs PostgreSQL, cannot walk to {folder}. Choose another folder."
        )


def _reaches(folder: Path, *, user: str) -> bool:
    """Asks as that user: access lists and mounts have a say as well as the mode."""
    folder = folder.resolve()
    existing = next(place for place in (folder, *folder.parents) if place.is_dir())
    answer = processes.run(["test", "-x", str(existing)], env=os.environ, user=user)
    return answer.returncode == 0
