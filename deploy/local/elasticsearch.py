"""A real Elasticsearch (one node, no security) from Maven artefacts, on loopback.

with Elasticsearch(home).running() as url:  # "http://127.0.0.1:23456"
    …

It has what the artefacts have: indices, aliases, templates, searches, aggregations, pipelines.
ILM, data streams, reindex, scripts and ngram tokenizers are modules that Maven does not offer.
"""

import contextlib
import http.client
import json
import os
import re
import zipfile
from pathlib import Path

from deploy.local import ports, processes
from deploy.local.java_service import Download, JavaService, java

VERSION = "8.19.0"
HERE = Path(__file__).parent
HEAP = "512m"
# Speaks HTTP. Like every module it has a folder with a description, and a class loader of its own.
MODULE = "transport-netty4"
JARS_OF_MODULE = ("netty-*", f"{MODULE}-*", "elasticsearch-ssl-config-*")
DESCRIPTION = "plugin-descriptor.properties"


def _arrange(jars: Path) -> None:
    """Jars → `server/`, the class path, and `modules/`."""
    server, module = jars / "server", jars / "modules" / MODULE
    server.mkdir()
    module.mkdir(parents=True)
    for pattern in JARS_OF_MODULE:
        for jar in jars.glob(f"{pattern}.jar"):
            jar.rename(module / jar.name)
    for jar in jars.glob("*.jar"):
        jar.rename(server / jar.name)
    with zipfile.ZipFile(module / f"{MODULE}-{VERSION}.jar") as archive:
        description = archive.read(f"META-INF/es-plugins/{MODULE}/{DESCRIPTION}").decode()
    # Not as a Java module: on a class path the server is none either.
    description = re.sub(r"^modulename=.*$", "modulename=", description, flags=re.M)
    (module / DESCRIPTION).write_text(description)


DOWNLOAD = Download(
    what=f"Elasticsearch {VERSION}",
    name=f"elasticsearch-{VERSION}",
    pom=HERE / "elasticsearch.pom.xml",
    size="40 MB",
    arrange=_arrange,
)


class Elasticsearch(JavaService):
    """One node whose ports, data and log lie in `home`."""

    name = "Elasticsearch"
    variable = "ELASTICSEARCH_HOST"
    download = DOWNLOAD
    port_names = ("http", "transport")

    def __init__(self, home: Path, *, heap: str = HEAP) -> None:
        super().__init__(home)
        self.heap = heap

    @property
    def address(self) -> str:
        """For its clients. The same after a restart, and after `wipe`."""
        return f"http://{ports.HOST}:{self.port}"

    def prepare(self) -> None:
        super().prepare()
        (self.home / "config").mkdir(exist_ok=True)

    def spec(self) -> processes.Spec:
        """How to start it as a direct child."""
        folder = self.download.folder
        settings = {
            "path.home": self.home,
            "path.data": self.data,
            "path.logs": self.home / "logs",
            "network.host": ports.HOST,
            "http.port": self._ports()["http"],
            "transport.port": self._ports()["transport"],
            "discovery.type": "single-node",
            "cluster.name": "sins",
            "node.name": "sins",
            # Nine tenths of a disk in use are no reason to refuse documents on a trial machine.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        command = java(heap=self.heap, class_path=folder / "server")
        words = [f"{name}={value}" for name, value in settings.items()]
        return processes.Spec(
            argv=[*command, str(HERE / "ElasticsearchNode.java"), str(folder / "modules"), *words],
            env=os.environ,
            log=self.log,
            cwd=self.home,
        )

    def is_ready(self) -> bool:
        return answers(self.port)


def answers(port: int) -> bool:
    """True when a node there has a master and can read every index it holds."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=2)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/_cluster/health")
            health = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
    # Red: an index is not open yet. Yellow: its copies have no second node, and never will.
    return isinstance(health, dict) and health.get("status") in ("yellow", "green")
