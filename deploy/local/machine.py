"""What this machine must have before anything starts: checked, and on Debian as root installed.

python3 -m deploy.local.machine demo|test
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local import console, postgres
from deploy.local.console import NotPossibleError, say

OLDEST_JAVA = 17
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CREATECLUSTER = Path("/etc/postgresql-common/createcluster.d/sins.conf")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing the machine must have, and the packages that bring it, by package manager.

    A package written "a|b" is whichever of the two, first one first, the system offers.
    """

    what: str
    is_met: Callable[[], bool]
    packages: dict[str, str]


def has_postgres() -> bool:
    try:
        postgres.bin_dir()
    except NotPossibleError:
        return False
    return True


def has_venv() -> bool:
    # Debian parts ensurepip from Python; a virtual environment cannot be made without it.
    command = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(command, capture_output=True).returncode == 0


def has_jdk() -> bool:
    # On macOS `java` exists without a JDK and only says so: what it answers counts.
    return min(java_version(_answer(tool, "-version")) for tool in ("java", "javac")) >= OLDEST_JAVA


def has_maven() -> bool:
    return "Apache Maven" in _answer("mvn", "-v")


def has_chromium() -> bool:
    return find_chromium() is not None


def find_chromium() -> str | None:
    """The path of a Chromium or Chrome; CHROMIUM names another one."""
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else []
    found = (shutil.which(name) for name in (*named, *CHROMIUM_NAMES, *CHROMIUM_ON_MACOS))
    return next((path for path in found if path), None)


def java_version(text: str) -> int:
    """17 out of `openjdk version "17.0.15"` or `javac 17.0.15`; 0 when there is none."""
    match = re.search(r'(?:version "|javac )(?:1\.)?(\d+)', text)
    return int(match.group(1)) if match else 0


PYTHON_VENV = Need(
    f"Python's venv and ensurepip modules for {sys.executable}",
    has_venv,
    {"apt-get": f"python3.{sys.version_info.minor}-venv|python3-venv", "zypper": "python3-venv"},
)
POSTGRES = Need(
    f"PostgreSQL's server, {postgres.OLDEST_MAJOR} or newer, with contrib",
    has_postgres,
    {
        "apt-get": "postgresql",
        "dnf": "postgresql-server postgresql-contrib",
        "pacman": "postgresql",
        "apk": "postgresql postgresql-contrib",
        "zypper": "postgresql-server postgresql-contrib",
        "brew": "postgresql@17",
    },
)
JDK = Need(
    f"a JDK, {OLDEST_JAVA} or newer (Kafka and Elasticsearch run on it)",
    has_jdk,
    {
        "apt-get": "openjdk-21-jdk-headless|openjdk-17-jdk-headless|default-jdk-headless",
        "dnf": "java-21-openjdk-devel",
        "pacman": "jdk-openjdk",
        "apk": "openjdk21-jdk",
        "zypper": "java-21-openjdk-devel",
        "brew": "openjdk",
    },
)
MAVEN = Need(
    "Maven (it downloads Kafka and Elasticsearch)",
    has_maven,
    dict.fromkeys(("apt-get", "dnf", "pacman", "apk", "zypper", "brew"), "maven"),
)
CHROMIUM = Need(
    "Chromium (the browser tests)",
    has_chromium,
    {
        **dict.fromkeys(("dnf", "pacman", "apk", "zypper"), "chromium"),
        "apt-get": "chromium|chromium-browser",
        "brew": "chromium",
    },
)
NEEDS = {
    "demo": (PYTHON_VENV, POSTGRES),
    "stack": (PYTHON_VENV, POSTGRES, JDK, MAVEN),
    "test": (PYTHON_VENV, POSTGRES, JDK, MAVEN, CHROMIUM),
}


def prepare(purpose: str) -> None:
    """Makes sure that everything for this purpose is here.

    Raises NotPossibleError with the command to run when something is missing and this is not root
    on Debian or Ubuntu, or when it is missing even after it was installed.
    """
    missing = unmet(NEEDS[purpose])
    if not missing:
        return
    manager = package_manager()
    if manager != "apt-get" or os.geteuid() != 0:
        raise NotPossibleError(advice(missing, manager=manager, is_root=os.geteuid() == 0))
    _install(missing)
    postgres.forget_what_was_found()
    still_missing = unmet(missing)
    if still_missing:
        raise NotPossibleError(
            f"Installed, but still missing: {_listed(still_missing)}. If the packages here are too "
            "old: https://www.postgresql.org/download/ and https://adoptium.net have newer."
        )


def unmet(needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if not need.is_met()]


def package_manager() -> str | None:
    names = ("brew",) if sys.platform == "darwin" else ("apt-get", "dnf", "pacman", "apk", "zypper")
    return next((name for name in names if shutil.which(name)), None)


def advice(missing: list[Need], *, manager: str | None, is_root: bool) -> str:
    """The sentence that names what is missing and the exact command that installs it."""
    sentence = f"Missing on this machine: {_listed(missing)}."
    packages = (
        [need.packages[manager] for need in missing if manager in need.packages] if manager else []
    )
    if not packages:
        return f"{sentence} Install that and start again."
    command = install_command(manager or "", [name.split("|")[-1] for name in packages])
    if not is_root and manager != "brew":
        command = " && ".join(f"sudo {part}" for part in command.split(" && "))
    return f"{sentence} This installs it:\n\n    {command}\n"


def packages_of(missing: Iterable[Need], *, manager: str) -> list[str]:
    """What to install, of alternatives the one this system offers."""
    named = [need.packages[manager] for need in missing if manager in need.packages]
    return [_offered(name) for name in named]


def install_command(manager: str, packages: list[str]) -> str:
    words = " ".join(packages)
    commands = {
        "apt-get": f"apt-get update && apt-get install -y --no-install-recommends {words}",
        "dnf": f"dnf install -y {words}",
        "pacman": f"pacman -S --needed {words}",
        "apk": f"apk add {words}",
        "zypper": f"zypper install -y {words}",
        "brew": f"brew install {words}",
    }
    return commands[manager]


def _install(missing: list[Need]) -> None:
    """Installs with apt, as root, without a question."""
    say(f"Missing on this machine: {_listed(missing)}.")
    _apt("update", "-q")
    packages = [
        _offered(need.packages["apt-get"]) for need in missing if "apt-get" in need.packages
    ]
    say(f"Installing with apt-get: {' '.join(packages)}")
    with _no_default_cluster():
        _apt("install", "-y", "-q", "--no-install-recommends", *packages)


def _offered(alternatives: str) -> str:
    """The first of "a|b" that apt can install; the last one when it knows none (or is not here)."""
    names = alternatives.split("|")
    for name in names:
        if re.search(r"Candidate: (?!\(none\))", _answer("apt-cache", "policy", name)):
            return name
    return names[-1]


@contextlib.contextmanager
def _no_default_cluster() -> Iterator[None]:
    """Keeps Debian's package from making and starting a cluster nobody asked for."""
    is_ours = not CREATECLUSTER.exists()
    if is_ours:
        CREATECLUSTER.parent.mkdir(parents=True, exist_ok=True)
        CREATECLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        if is_ours:
            CREATECLUSTER.unlink()


def _apt(*words: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *words], env=environment, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise NotPossibleError(f"apt-get {' '.join(words)} failed; what it says above tells why.")


def _listed(needs: Iterable[Need]) -> str:
    return "; ".join(need.what for need in needs)


def _answer(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return ""
    return done.stdout + done.stderr


def main() -> int:
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in NEEDS:
        raise NotPossibleError(f"Usage: python3 -m deploy.local.machine {'|'.join(NEEDS)}")
    prepare(purpose)
    return 0


if __name__ == "__main__":
    console.run(main)
