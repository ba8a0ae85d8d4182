"""A real Apache Kafka (KRaft, one broker) from Maven artefacts, on loopback.

with Kafka(home).running() as bootstrap:  # "127.0.0.1:23456"
    …
"""

import base64
import os
import shutil
import socket
import struct
import uuid
from pathlib import Path

from deploy.local import ports, processes
from deploy.local.console import NotPossibleError
from deploy.local.java_service import Download, JavaService, java

VERSION = "4.1.1"
DOWNLOAD = Download(
    what=f"Apache Kafka {VERSION}",
    name=f"kafka-{VERSION}",
    pom=Path(__file__).with_name("kafka.pom.xml"),
    size="54 MB",
)
HEAP = "512m"
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


class Kafka(JavaService):
    """One broker whose ports, data and log lie in `home`."""

    name = "Kafka"
    variable = "KAFKA_BOOTSTRAP"
    download = DOWNLOAD
    port_names = ("broker", "controller")

    @property
    def bootstrap(self) -> str:
        """For KAFKA_BOOTSTRAP. The same after a restart, and after `wipe`."""
        return f"{ports.HOST}:{self.port}"

    address = bootstrap

    def prepare(self) -> None:
        """Downloads what is missing, clears what a killed one left, formats an empty home."""
        super().prepare()
        self._properties.write_text(
            SERVER_PROPERTIES.format(host=ports.HOST, data=self.data, **self._ports())
        )
        if not (self.data / "meta.properties").exists():
            self._format()

    def spec(self) -> processes.Spec:
        """How to start it as a direct child."""
        return processes.Spec(
            argv=[*_java(), "kafka.Kafka", str(self._properties)],
            env={**os.environ, "LOG_DIR": str(self.home)},
            log=self.log,
            cwd=self.home,
        )

    def is_ready(self) -> bool:
        return answers(self.port)

    @property
    def _properties(self) -> Path:
        return self.home / "server.properties"

    def _format(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        words = ["format", "-t", _cluster_id(), "-c", str(self._properties)]
        try:
            done = processes.run([*_java(), "kafka.tools.StorageTool", *words], env=os.environ)
        except FileNotFoundError as error:
            raise NotPossibleError("Java is missing; Kafka runs on it.") from error
        if done.returncode:
            raise NotPossibleError(f"Kafka's storage tool failed:\n{done.stdout}{done.stderr}")


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


def _java() -> list[str]:
    return java(heap=HEAP, class_path=DOWNLOAD.folder)


def _cluster_id() -> str:
    """22 characters of base64, as Kafka makes them: never with a leading dash."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text
