"""What Kafka and Elasticsearch share: jars from Maven, and one process whose files lie in a home.

with Kafka(home).running() as address:  # "127.0.0.1:23456"
    …
"""

import abc
import contextlib
import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from deploy.local import places, ports, processes
from deploy.local.console import NotPossibleError, run_quiet, say

# A busy machine takes its time; who waits is told by the log.
START_DEADLINE_S = 180
STOP_DEADLINE_S = 30


@dataclass(frozen=True, slots=True)
class Download:
    """Jars that Maven gets: their folder is named `name` in the cache.

    `arrange` makes of the folder with the jars the one that is kept.
    """

    what: str
    name: str
    pom: Path
    size: str
    arrange: Callable[[Path], None] = lambda folder: None

    @property
    def folder(self) -> Path:
        return places.cache_dir() / self.name

    def fetch(self) -> Path:
        """The folder, downloaded once per user.

        Raises NotPossibleError when Maven cannot get it.
        """
        folder = self.folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_name(f"{folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # tests and the demo may both be the first
            if not folder.exists():
                self._download(folder)
        return folder

    def _download(self, folder: Path) -> None:
        say(f"Downloading {self.what} with Maven ({self.size}, once)")
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{self.name}-") as draft:
            shutil.copy(self.pom, Path(draft) / "pom.xml")
            goal = ["dependency:copy-dependencies", "-DincludeScope=runtime"]
            mvn = ["mvn", "-q", "-B", "-Dstyle.color=never", *goal, "-DoutputDirectory=jars"]
            try:
                code = run_quiet(mvn, f"downloading {self.what}", cwd=Path(draft))
            except FileNotFoundError as error:
                raise NotPossibleError(
                    f"Maven (mvn) is missing; it downloads {self.what}."
                ) from error
            if code:
                raise NotPossibleError(
                    f"Maven could not download {self.what}; what it says above tells why."
                )
            jars = Path(draft) / "jars"
            self.arrange(jars)
            jars.rename(folder)


class JavaService(abc.ABC):
    """One server whose ports, data and log lie in `home`."""

    name: ClassVar[str]
    # The setting that names its address.
    variable: ClassVar[str]
    download: ClassVar[Download]
    # The first is the one that clients use.
    port_names: ClassVar[Sequence[str]]

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / f"{self.name.lower()}.log"
        self.pid_file = self.home / f"{self.name.lower()}.pid"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self._ports()[self.port_names[0]]

    @property
    @abc.abstractmethod
    def address(self) -> str:
        """Where clients find it. The same after a restart, and after `wipe`."""

    @property
    def told(self) -> str:
        """Its address as a person uses it."""
        return f"{self.variable}={self.address}"

    @abc.abstractmethod
    def spec(self) -> processes.Spec:
        """How to start it as a direct child. Its words name a file of its home."""

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """True when it answers requests."""

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        self.start()
        try:
            yield self.address
        finally:
            self.stop()

    def start(self) -> None:
        """Starts it and waits until it answers requests.

        Raises NotPossibleError when it cannot be downloaded or does not come up.
        """
        self.prepare()
        server = self._server = self._spawn()
        self.pid_file.write_text(f"{server.pid}\n")
        processes.wait_until(lambda: server.poll() is not None or self.is_ready(), START_DEADLINE_S)
        if server.poll() is not None or not self.is_ready():
            self.stop()
            raise NotPossibleError(
                f"{self.name} did not start; {self.log} says:\n{self._last_words()}"
            )

    def stop(self) -> None:
        """Stops it cleanly; its data stay."""
        if self._server is not None:
            processes.end([self._server], deadline_s=STOP_DEADLINE_S)
            self._server = None
            self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """As if the power had gone: for tests of what survives it."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def wipe(self) -> None:
        """Removes all its data; the ports stay. Stop it first."""
        if self._server is not None:
            raise NotPossibleError(f"{self.name} runs: stop it before its data are removed.")
        shutil.rmtree(self.data, ignore_errors=True)

    def prepare(self) -> None:
        """Downloads what is missing, clears what a killed one left, makes sure of its ports."""
        self.download.fetch()
        self.clear_leftovers()
        for name, port in self._ports().items():
            if not ports.is_free(port):
                raise NotPossibleError(
                    f"Port {port}, {self.name}'s {name} port, is taken. Stop who has it, or remove "
                    f"{self._ports_file} to choose others."
                )

    def clear_leftovers(self) -> None:
        """Ends a server that outlived its starter."""
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text())
        if f"{self.home}/" in processes.command_line(pid):
            processes.end_strays([pid], deadline_s=STOP_DEADLINE_S)
        self.pid_file.unlink()

    def _spawn(self) -> subprocess.Popen[bytes]:
        try:
            return processes.spawn(self.spec())
        except FileNotFoundError as error:
            raise NotPossibleError(f"Java is missing; {self.name} runs on it.") from error

    @property
    def _ports_file(self) -> Path:
        return self.home / "ports.json"

    def _ports(self) -> dict[str, int]:
        return ports.kept_ports(self._ports_file, self.port_names)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def java(*, heap: str, class_path: Path, options: Sequence[str] = ()) -> list[str]:
    """The words before the main class."""
    # Both log with log4j; their information is nobody's.
    return [
        "java",
        "-Xms128m",
        f"-Xmx{heap}",
        "-Dlog4j2.level=WARN",
        *options,
        "-cp",
        str(class_path / "*"),
    ]
