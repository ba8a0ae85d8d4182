"""PostgreSQL clusters of our own, beside any other on this machine and never touching them.

with Cluster(home, settings={"fsync": "off"}).running() as address:
    address.environment()  # POSTGRES_HOST, POSTGRES_PORT, …
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import places, ports, processes
from deploy.local.console import NotPossibleError

OLDEST_MAJOR = 15
USER = "sins"
DATABASE = "sins"
# What PostgreSQL's packages call contrib; the product's migrations create these.
EXTENSIONS = ("btree_gist", "intarray", "pg_trgm", "unaccent")
BIN_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/libexec/postgresql*",
    "/usr/bin",
)
START_DEADLINE_S = 60
RETRY_S = 10
STOP_DEADLINE_S = 60


@dataclass(frozen=True, slots=True)
class Address:
    """Where one database is."""

    port: int
    host: str = ports.HOST
    user: str = USER
    database: str = DATABASE

    def environment(self) -> dict[str, str]:
        return {
            "POSTGRES_HOST": self.host,
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_USER": self.user,
            "POSTGRES_PASSWORD": "",
            "POSTGRES_DB": self.database,
        }


class Cluster:
    """One PostgreSQL server whose data, port and log lie in `home`."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        """`settings`: of postgresql.conf, e.g. {"fsync": "off"} where losing data is fine."""
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / "postgres.log"
        self.settings = dict(settings or {})
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        return Address(port=ports.kept_ports(self._ports_file, ["postgres"])["postgres"])

    @contextlib.contextmanager
    def running(self) -> Iterator[Address]:
        """Started with its database made, and stopped at the end."""
        self.start()
        try:
            yield self.address
        finally:
            self.stop()

    def start(self) -> None:
        self.prepare()
        # After a kill the last backends take a moment to leave the shared memory: a new server that
        # comes too early refuses, and is asked again.
        until = time.monotonic() + RETRY_S
        while not self._came_up():
            if time.monotonic() > until:
                raise NotPossibleError(
                    f"PostgreSQL did not start; {self.log} says:\n{self._last_words()}"
                )
        self.create_database(DATABASE)

    def stop(self) -> None:
        """Stops it, ending its connections; what was committed is on disk."""
        if self._server is not None:
            processes.end([self._server], farewell=signal.SIGINT, deadline_s=STOP_DEADLINE_S)
            self._server = None

    def kill(self) -> None:
        """As if the power had gone: for tests of what survives it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def prepare(self) -> None:
        """Makes the cluster if there is none, and clears what a killed one left."""
        major = _major_of(bin_dir())
        if not (self.data / "PG_VERSION").exists():
            self._make()
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(major):
            raise NotPossibleError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, but this machine has "
                f"PostgreSQL {major}. Install {made_by}, or remove that folder to start empty."
            )
        self.clear_leftovers()
        if not ports.is_free(self.address.port):
            self._ports_file.unlink()  # somebody else took it meanwhile: another one does as well

    def spec(self) -> processes.Spec:
        """How to start the server as a direct child."""
        # Without a socket folder no path can be too long, and there is nothing to clash with.
        settings = {"listen_addresses": ports.HOST, "unix_socket_directories": "", **self.settings}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return processes.Spec(
            argv=[
                str(bin_dir() / "postgres"),
                "-D",
                str(self.data),
                "-p",
                str(self.address.port),
                *options,
            ],
            env=_environment(),
            log=self.log,
            user=server_user(),
            farewell=signal.SIGINT,
        )

    def is_ready(self) -> bool:
        address = self.address
        return (
            _tool("pg_isready", "-q", "-h", address.host, "-p", str(address.port)).returncode == 0
        )

    def create_database(self, name: str, *, template: str = "template0") -> Address:
        """The database of this name, made if it is not there."""
        address = self.address
        if name not in self.query("SELECT datname FROM pg_database").split("\n"):
            made = _tool("createdb", "-T", template, *_connection(address), name)
            if made.returncode:
                raise NotPossibleError(f"The database {name} was not made: {made.stderr.strip()}")
        return Address(port=address.port, database=name)

    def query(self, sql: str, *, database: str = "postgres") -> str:
        """The rows of one statement, a line each, columns parted by |."""
        answer = _tool("psql", "-XqtA", *_connection(self.address), "-d", database, "-c", sql)
        if answer.returncode:
            raise NotPossibleError(
                f"PostgreSQL at port {self.address.port}: {answer.stderr.strip()}"
            )
        return answer.stdout.strip()

    @property
    def _ports_file(self) -> Path:
        return self.home / "ports.json"

    def _make(self) -> None:
        draft = (
            self.home / "data.new"
        )  # renamed when whole: a kill in between leaves no half cluster
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        user = server_user()
        if user:
            self.home.chmod(0o755)  # whatever the umask says: the server's user walks through it
            places.require_reach(self.home, user=user)
            shutil.chown(draft, user=user)
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        options = ["-U", USER, "--auth=trust", "-E", "UTF8", f"--locale={locale}", "-D", str(draft)]
        if self.settings.get("fsync") == "off":
            options.append("--no-sync")
        made = _tool("initdb", *options, user=user)
        if made.returncode:
            raise NotPossibleError(f"PostgreSQL's initdb failed in {draft}:\n{made.stderr.strip()}")
        draft.rename(self.data)

    def clear_leftovers(self) -> None:
        """Ends a server that outlived its starter; drops a lock whose pid is another's now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n")[0])
        if not processes.is_alive(pid):
            return  # PostgreSQL itself sees that nobody holds this lock
        if str(self.data) not in processes.command_line(pid):
            lock.unlink()
            return
        os.kill(pid, signal.SIGINT)
        if not processes.wait_until(lambda: not processes.is_alive(pid), STOP_DEADLINE_S):
            raise NotPossibleError(f"PostgreSQL (process {pid}) in {self.data} does not stop.")

    def _came_up(self) -> bool:
        server = self._server = processes.spawn(self.spec())
        processes.wait_until(lambda: server.poll() is not None or self.is_ready(), START_DEADLINE_S)
        if server.poll() is None and self.is_ready():
            return True
        self.stop()
        return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: there its own user runs it, elsewhere whoever we are."""
    return "postgres" if os.geteuid() == 0 else None


def bin_dir() -> Path:
    """The folder of the newest PostgreSQL server here that is new enough and has contrib.

    Raises NotPossibleError when there is none.
    """
    found = sorted((major, folder) for folder in _bin_dirs() if (major := _major_of(folder)))
    usable = [folder for major, folder in found if major >= OLDEST_MAJOR and has_contrib(folder)]
    if not usable:
        raise NotPossibleError(
            f"There is no PostgreSQL server {OLDEST_MAJOR} or newer, with contrib, here."
        )
    return usable[-1]


def forget_what_was_found() -> None:
    """After an installation: what a folder holds is asked once per process otherwise."""
    _majors.clear()


def has_contrib(folder: Path) -> bool:
    major = _major_of(folder)
    shares = [
        Path(f"/usr/share/postgresql/{major}"),
        Path("/usr/share/postgresql"),
        Path(f"/usr/share/postgresql{major}"),
        folder.parent / "share" / "postgresql",
        folder.parent / "share",
        folder.parent / "share" / f"postgresql@{major}",
        Path(_output([str(folder / "pg_config"), "--sharedir"]).strip() or "/nonexistent"),
    ]
    return any(
        all((share / "extension" / f"{name}.control").exists() for name in EXTENSIONS)
        for share in shares
    )


def major_version(text: str) -> int:
    """15 out of "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"; 0 when there is none."""
    match = re.search(r"\(PostgreSQL\) (\d+)", text)
    return int(match.group(1)) if match else 0


def _bin_dirs() -> set[Path]:
    reported = _output(["pg_config", "--bindir"]).strip()
    folders = {Path(reported)} if reported else set()
    for pattern in BIN_PATTERNS:
        folders.update(Path("/").glob(pattern.lstrip("/")))
    return {
        folder
        for folder in folders
        if (folder / "postgres").exists() and (folder / "initdb").exists()
    }


_majors: dict[Path, int] = {}


def _major_of(folder: Path) -> int:
    if folder not in _majors:
        _majors[folder] = major_version(_output([str(folder / "postgres"), "--version"]))
    return _majors[folder]


def _output(argv: list[str]) -> str:
    try:
        return subprocess.run(argv, capture_output=True, text=True, env=_environment()).stdout
    except OSError:
        return ""


def _environment() -> dict[str, str]:
    # PGDATA, PGOPTIONS and their like speak of the person's own PostgreSQL.
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _connection(address: Address) -> list[str]:
    return ["-h", address.host, "-p", str(address.port), "-U", address.user]


def _tool(name: str, *words: str, user: str | None = None) -> subprocess.CompletedProcess[str]:
    return processes.run([str(bin_dir() / name), *words], env=_environment(), user=user)
