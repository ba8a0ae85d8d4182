"""A real Apache Kafka (KRaft, one broker) from Maven artefacts, on loopback.

with Kafka(home).running() as bootstrap:  # "127.0.0.1:23456"
    …
"""

import base64
import contextlib
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from deploy.local import places, ports, processes
from deploy.local.console import NotPossibleError, say

VERSION = "4.1.1"
POM = Path(__file__).with_name("kafka.pom.xml")
START_DEADLINE_S = 60
STOP_DEADLINE_S = 30
JAVA = ("java", "-Xms128m", "-Xmx512m", "-Dlog4j2.level=WARN")
# The shorter session lets a killed broker back in after 5 s instead of 9.
SERVER_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{broker},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{broker}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=1000
broker.session.timeout.ms=5000
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
"""


class Kafka:
    """One broker whose ports, data and log lie in `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.log = self.home / "kafka.log"
        self.pid_file = self.home / "kafka.pid"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return self._ports()["broker"]

    @property
    def bootstrap(self) -> str:
        """For KAFKA_BOOTSTRAP. The same after a restart, and after `wipe`."""
        return f"{ports.HOST}:{self.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        self.start()
        try:
            yield self.bootstrap
        finally:
            self.stop()

    def start(self) -> None:
        """Starts it and waits until it answers requests.

        Raises NotPossibleError when it cannot be downloaded or does not come up.
        """
        self.prepare()
        server = self._server = processes.spawn(self.spec())
        self.pid_file.write_text(f"{server.pid}\n")
        processes.wait_until(lambda: server.poll() is not None or self.is_ready(), START_DEADLINE_S)
        if server.poll() is not None or not self.is_ready():
            self.stop()
            raise NotPossibleError(f"Kafka did not start; {self.log} says:\n{self._last_words()}")

    def stop(self) -> None:
        """Stops it cleanly; its topics stay."""
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
        """Removes every topic and the cluster's id; the ports stay. Stop it first."""
        if self._server is not None:
            raise NotPossibleError("Kafka runs: stop it before its data are removed.")
        shutil.rmtree(self.data, ignore_errors=True)

    def prepare(self) -> None:
        """Downloads what is missing, clears what a killed one left, formats an empty home."""
        fetch()
        self.clear_leftovers()
        for name, port in self._ports().items():
            if not ports.is_free(port):
                raise NotPossibleError(
                    f"Port {port}, Kafka's {name} port, is taken. Stop who has it, or remove "
                    f"{self._ports_file} to choose others."
                )
        self._properties.write_text(
            SERVER_PROPERTIES.format(host=ports.HOST, data=self.data, **self._ports())
        )
        if not (self.data / "meta.properties").exists():
            self._format()

    def spec(self) -> processes.Spec:
        """How to start it as a direct child."""
        return processes.Spec(
            argv=[*JAVA, "-cp", _class_path(), "kafka.Kafka", str(self._properties)],
            env={**os.environ, "LOG_DIR": str(self.home)},
            log=self.log,
            cwd=self.home,
        )

    def is_ready(self) -> bool:
        return answers(self.port)

    def clear_leftovers(self) -> None:
        """Ends a broker that outlived its starter."""
        if not self.pid_file.exists():
            return
        pid = int(self.pid_file.read_text())
        if str(self._properties) in processes.command_line(pid):
            processes.end_strays([pid], deadline_s=STOP_DEADLINE_S)
        self.pid_file.unlink()

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    @property
    def _ports_file(self) -> Path:
        return self.home / "ports.json"

    def _ports(self) -> dict[str, int]:
        return ports.kept_ports(self._ports_file, ["broker", "controller"])

    def _format(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        words = ["format", "-t", _cluster_id(), "-c", str(self._properties)]
        tool = [*JAVA, "-cp", _class_path(), "kafka.tools.StorageTool", *words]
        done = processes.run(tool, env=os.environ)
        if done.returncode:
            raise NotPossibleError(f"Kafka's storage tool failed:\n{done.stdout}{done.stderr}")

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def fetch() -> Path:
    """The folder with Kafka's jars, downloaded once per user.

    Raises NotPossibleError when Maven cannot get them.
    """
    folder = places.cache_dir() / f"kafka-{VERSION}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests and the demo may both be the first
        if not folder.exists():
            _download(folder)
    return folder


def answers(port: int) -> bool:
    """True when a broker there answers an ApiVersions request, the first of every Kafka client."""
    # Length, then api key 18, version 0, correlation id 7, no client id (-1).
    body = struct.pack(">hhih", 18, 0, 7, -1)
    try:
        with socket.create_connection((ports.HOST, port), timeout=2) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.recv(10)
    except OSError:
        return False
    return len(answer) == 10 and struct.unpack(">iih", answer)[1:] == (7, 0)


def _download(folder: Path) -> None:
    say(f"Downloading Apache Kafka {VERSION} with Maven (54 MB, once)")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="kafka-") as draft:
        shutil.copy(POM, Path(draft) / "pom.xml")
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=libs"]
        mvn = ["mvn", "-q", "-B", "-Dstyle.color=never", *goal]
        try:
            done = subprocess.run(mvn, cwd=draft, stdin=subprocess.DEVNULL)
        except FileNotFoundError as error:
            raise NotPossibleError("Maven (mvn) is missing; it downloads Kafka.") from error
        if done.returncode:
            raise NotPossibleError("Maven could not download Kafka; what it says above tells why.")
        (Path(draft) / "libs").rename(folder)


def _class_path() -> str:
    return str(places.cache_dir() / f"kafka-{VERSION}" / "*")


def _cluster_id() -> str:
    """22 characters of base64, as Kafka makes them: never with a leading dash."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text
