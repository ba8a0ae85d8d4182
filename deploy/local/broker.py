"""The demo's broker: inside librdkafka, a real Apache Kafka of our own, or somebody's cluster."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from deploy.local import kafka
from deploy.local.locations import Location
from deploy.local.supervisor import Child, Supervisor

FLOOR = 1


class Broker(Protocol):
    """What the demo needs of one; `kind` in words, for the person who waits."""

    @property
    def kind(self) -> str: ...

    @property
    def has_topics(self) -> bool:
        """True when they are there as soon as it answers."""

    def start(self, supervisor: Supervisor) -> None: ...

    def address(self) -> str | None:
        """Where it answers now; None when it does not (yet)."""


@dataclass(frozen=True, slots=True)
class GivenBroker:
    """A cluster that runs elsewhere (KAFKA_BOOTSTRAP)."""

    bootstrap: str
    has_topics: bool = False
    kind: str = "the Kafka of KAFKA_BOOTSTRAP"

    def start(self, supervisor: Supervisor) -> None:
        """Somebody else did."""

    def address(self) -> str | None:
        return self.bootstrap


@dataclass(frozen=True, slots=True)
class OwnKafka:
    """A real Apache Kafka whose topics stay in the demo's home."""

    server: kafka.Kafka
    has_topics: bool = False
    kind: str = "a real Apache Kafka"

    def start(self, supervisor: Supervisor) -> None:
        self.server.prepare()
        supervisor.add(Child("kafka", self.server.spec, pid_file=self.server.pid_file, floor=FLOOR))

    def address(self) -> str | None:
        return self.server.bootstrap if self.server.is_ready() else None


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """`manage.py embedded_broker`: in memory, at another port after every start, empty again."""

    host: Location  # lends its environment; the broker itself belongs to no location
    has_topics: bool = True
    kind: str = "the embedded broker"

    @property
    def _address_file(self) -> Path:
        return self.host.home / "run" / "broker.address"

    def start(self, supervisor: Supervisor) -> None:
        self._address_file.unlink(missing_ok=True)
        spec = self.host.command("embedded_broker", bootstrap="")
        own = replace(
            spec,
            env={**spec.env, "LOCATION_ID": "broker"},
            log=self.host.home / "log" / "broker.log",
        )
        supervisor.add(Child("broker", lambda: own, floor=FLOOR))

    def address(self) -> str | None:
        try:
            return self._address_file.read_text().strip() or None
        except FileNotFoundError:
            return None
