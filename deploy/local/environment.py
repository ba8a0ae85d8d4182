"""The checkout's virtual environment, made and kept up to date with the pinned requirements.

python3 -m deploy.local.environment demo|test
"""

import fcntl
import hashlib
import subprocess
import sys

from deploy.local import console, places
from deploy.local.console import NotPossibleError, run_quiet, say

REQUIREMENTS = {"demo": "requirements.txt", "test": "requirements-dev.txt"}


def prepare(purpose: str) -> None:
    """Makes `.venv` when it is missing, and installs what changed since it was last made.

    Raises NotPossibleError when pip cannot install (its own words stand above).
    """
    with (places.CHECKOUT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands started at once must not install at once
        _make()
        _install(REQUIREMENTS[purpose])


def _make() -> None:
    if _runs("import pip"):
        return
    say(f"Making the virtual environment {places.VENV}")
    # A moved checkout, or a Python that was removed, leaves an environment that cannot run.
    options = [] if _runs("import sys; sys.exit(sys.version_info < (3, 11))") else ["--clear"]
    venv = [sys.executable, "-m", "venv", *options, str(places.VENV)]
    if run_quiet(venv, "making the environment"):
        raise NotPossibleError(f"No virtual environment: python -m venv failed in {places.VENV}.")


def _install(name: str) -> None:
    requirements = places.CHECKOUT / name
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = places.VENV / f"{name}.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    count = sum("==" in line for line in requirements.read_text().splitlines())
    say(f"Installing {count} packages of {name}")
    pip = [str(places.VENV_PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if run_quiet([*pip, "-r", str(requirements)], f"installing {name}"):
        raise NotPossibleError(f"pip could not install {name}; what it says above tells why.")
    stamp.write_text(wanted)


def _runs(program: str) -> bool:
    if not places.VENV_PYTHON.exists():
        return False
    done = subprocess.run([str(places.VENV_PYTHON), "-c", program], capture_output=True)
    return done.returncode == 0


def main() -> int:
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in REQUIREMENTS:
        raise NotPossibleError(
            f"Usage: python3 -m deploy.local.environment {'|'.join(REQUIREMENTS)}"
        )
    prepare(purpose)
    return 0


if __name__ == "__main__":
    console.run(main)
