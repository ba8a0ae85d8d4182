"""`make demo`: three locations on this machine, in the foreground.

    python3 -m deploy.local.demo [--kafka | --clean]

Environment: DEMO_HTTP_PORT (8001: first of three ports), DEMO_HOME (var/demo), DEMO_EXTRAS (sample
customers beyond the plain ones, 0; -1 = start empty), KAFKA_BOOTSTRAP (instead of a broker of our
own), ELASTICSEARCH_HOST (where audit entries and logs are shipped; nowhere). `--kafka` runs a real
Apache Kafka, `--clean` removes the demo's data.
"""

import contextlib
import fcntl
import functools
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import agreement, console, environment, machine, places, ports, postgres
from deploy.local.broker import Broker, EmbeddedBroker, GivenBroker, OwnKafka
from deploy.local.console import NotPossibleError, say
from deploy.local.kafka import Kafka
from deploy.local.leftovers import end_leftovers
from deploy.local.locations import NAMES, PARTS, SHIP, Location, demo_locations
from deploy.local.postgres import Cluster
from deploy.local.processes import Spec
from deploy.local.supervisor import Child, StoppedError, Supervisor

START_DEADLINE_S = 120
# Sample customers that reach the other locations per second, at the very least.
SLOWEST_RATE = 50
DATABASES, WORKERS = 0, 2  # the supervisor's floors; the broker is between them


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the environment and the command line ask for."""

    home: Path
    http_port: int = 8001
    extras: int = 0
    bootstrap: str = ""
    elasticsearch: str = ""
    is_on_kafka: bool = False

    @property
    def parts(self) -> list[str]:
        """The processes of each location."""
        return [part for part in PARTS if part != SHIP or self.elasticsearch]


def wishes_of(environ: Mapping[str, str], *, is_on_kafka: bool = False) -> Wishes:
    """Raises NotPossibleError naming the variable that is no good."""
    home = environ.get("DEMO_HOME") or places.CHECKOUT / "var" / "demo"
    bootstrap = environ.get("KAFKA_BOOTSTRAP", "").strip()
    if bootstrap and is_on_kafka:
        raise NotPossibleError(
            f"KAFKA_BOOTSTRAP is {bootstrap}: `make demo` uses that cluster. Unset it for a Kafka "
            "of the demo's own."
        )
    return Wishes(
        home=Path(home).expanduser().resolve(),
        http_port=_whole(environ, "DEMO_HTTP_PORT", "8001", at_least=1, at_most=65_533),
        extras=_whole(environ, "DEMO_EXTRAS", "0", at_least=-1, at_most=10_000_000),
        bootstrap=bootstrap,
        elasticsearch=environ.get("ELASTICSEARCH_HOST", "").strip(),
        is_on_kafka=is_on_kafka,
    )


class Demo:
    """One demo in one home."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.data_home = places.data_home(wishes.home, user=postgres.server_user())
        self.locations = demo_locations(
            wishes.home, data_home=self.data_home, http_port=wishes.http_port
        )
        self.broker = self._chosen_broker()
        self.bootstrap = ""  # where the workers were told the broker is
        self.supervisor = Supervisor()

    def run(self) -> None:
        """Starts everything, says `ready`, and keeps it running until a signal comes."""
        with self.supervisor.in_charge():
            self._prepare()
            self._start_services()
            self._set_up()
            self._start_locations()
            self._fill()
            self._wait_for_agreement()
            say(greeting(self.locations, home=self.wishes.home))
            if self.wishes.elasticsearch:
                say(f"Audit entries and logs are shipped to {self.wishes.elasticsearch}")
            self.supervisor.wait_for(self._follow_the_broker)

    def _chosen_broker(self) -> Broker:
        if self.wishes.bootstrap:
            return GivenBroker(self.wishes.bootstrap)
        if self.wishes.is_on_kafka:
            return OwnKafka(Kafka(self.wishes.home / "kafka"))
        return EmbeddedBroker(self.locations[0])

    def _prepare(self) -> None:
        """All that can be refused, before anything is started."""
        end_leftovers(self.wishes.home)
        for location in self.locations:
            if not ports.is_free(location.http_port):
                raise NotPossibleError(
                    f"Port {location.http_port} is taken, and the demo needs it. Stop who has it, "
                    "or set DEMO_HTTP_PORT to the first of three free ports."
                )
        if self.data_home != self.wishes.home:
            say(
                f"The user postgres cannot walk to {self.wishes.home}: the databases are in "
                f"{self.data_home}"
            )
            places.require_own(self.data_home)

    def _start_services(self) -> None:
        say(f"Starting PostgreSQL (a cluster per location) and {self.broker.kind}")
        for location in self.locations:
            location.cluster.prepare()
            name = f"{location.location_id}-postgres"
            self.supervisor.add(Child(name, location.database, floor=DATABASES))
        self.broker.start(self.supervisor)
        for location in self.locations:
            self._wait(location.cluster.is_ready, f"PostgreSQL of {location.name} does not answer")
            location.cluster.create_database(postgres.DATABASE)
        self._wait(lambda: bool(self.broker.address()), "The broker does not answer")
        self.bootstrap = self.broker.address() or ""

    def _set_up(self) -> None:
        """Tables at every location; topics where a real Kafka needs them made."""
        say("Migrating the databases")
        commands = self._specs(self.locations, "migrate", "--no-input", "-v", "0")
        if not self.broker.has_topics:
            commands |= self._specs(self.locations[:1], "create_topics")
        self.supervisor.run_all(commands)

    def _start_locations(self) -> None:
        say(f"Starting {', '.join(location.name for location in self.locations)}")
        for location in self.locations:
            for part in self.wishes.parts:
                self._start_part(location, part)
        for location in self.locations:
            self._wait(
                functools.partial(agreement.is_ready, location), f"{location.url} is not ready"
            )

    def _start_part(self, location: Location, part: str) -> None:
        name = f"{location.location_id}-{part}"
        self.supervisor.add(
            Child(
                name,
                lambda: location.part(part, bootstrap=self.bootstrap),
                pid_file=location.home / "run" / f"{name}.pid",
                floor=WORKERS,
            )
        )

    def _fill(self) -> None:
        """Users everywhere and sample data at the first location, once per database."""
        extras = str(self.wishes.extras)
        users = [place for place in self.locations if not _stamp(place, "users").exists()]
        first = self.locations[0]
        is_loading = self.wishes.extras >= 0 and _text_of(_stamp(first, "extras")) != extras
        if is_loading:
            say(f"Loading the sample data in {first.name}")
        commands = self._specs(users, "demo_users")
        if is_loading:
            commands |= self._specs([first], "load_sample_data", "--extras", extras)
        self.supervisor.run_all(commands)
        for place in users:
            _stamp(place, "users").write_text("made\n")
        if is_loading:
            _stamp(first, "extras").write_text(extras)

    def _wait_for_agreement(self) -> None:
        say("Waiting until all locations hold the same")
        rows = max(self.wishes.extras, 0)
        deadline_s = START_DEADLINE_S + rows / SLOWEST_RATE
        self._wait(
            lambda: agreement.agree(self.locations),
            "The locations do not hold the same",
            deadline_s=deadline_s,
            every_s=0.25,
        )

    def _follow_the_broker(self) -> bool:
        """Never true: gives the workers a broker that came back at another address."""
        address = self.broker.address()
        if address and address != self.bootstrap:
            say(f"The broker is at {address} now: publish and consume go there.")
            self.bootstrap = address
            parts = ("publish", "consume")
            names = [f"{place.location_id}-{part}" for place in self.locations for part in parts]
            self.supervisor.restart(names)
        return False

    def _specs(self, places_: Iterable[Location], *words: str) -> dict[str, Spec]:
        return {
            f"{place.location_id}: {words[0]}": place.command(*words, bootstrap=self.bootstrap)
            for place in places_
        }

    def _wait(
        self,
        condition: Callable[[], bool],
        otherwise: str,
        *,
        deadline_s: float = START_DEADLINE_S,
        every_s: float = 0.05,
    ) -> None:
        if not self.supervisor.wait_for(condition, deadline_s=deadline_s, every_s=every_s):
            raise NotPossibleError(
                f"{otherwise}, {deadline_s:.0f} s after it was asked to. The logs are in "
                f"{self.wishes.home / 'log'}"
            )


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Keeps a second demo out of this home for as long as this process lives."""
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    with (run / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotPossibleError(
                f"A demo already runs in {home}. Stop it, or set DEMO_HOME and DEMO_HTTP_PORT for "
                "a second one."
            ) from error
        yield


def clean(home: Path) -> None:
    """Removes what the demo made in its home, and nothing else that lies there."""
    data_home = places.data_home(home, user=postgres.server_user())
    end_leftovers(home)
    Kafka(home / "kafka").clear_leftovers()
    for name in NAMES:
        Cluster(data_home / name).clear_leftovers()
    for name in ("log", "secrets", "kafka", "run"):
        shutil.rmtree(home / name, ignore_errors=True)
    for name in NAMES:
        shutil.rmtree(data_home / name, ignore_errors=True)
    for folder in {home, data_home}:
        with contextlib.suppress(OSError):  # somebody else's files keep it
            folder.rmdir()
    say(f"Removed the demo's data in {home}")


def greeting(locations: Sequence[Location], *, home: Path) -> str:
    """The ready line, and below it who can log in and what to try first."""
    urls = [location.url for location in locations]
    first, last = urls[0], urls[-1]
    return f"""ready {" ".join(urls)}

  {"   ".join(f"{place.name} {place.url}" for place in locations)}
  Log in as provider/provider, agent/agent or customer/customer (users of this demo only).

  Try first: create a customer in {locations[0].name} …
    curl -s {first}/api/customers/items/ -H 'X-Role: service_agent' \\
      -H 'Content-Type: application/json' \\
      -d '{{"surname": "Kowalczyk", "name": "Zofia", "dob": "1987-05-04"}}'; echo; sleep 1
  … and find it in {locations[-1].name}, a moment later, by a misspelled name:
    curl -s '{last}/api/customers/items/search/?mode=fuzzy&q=Kovalczik+Sofia' \\
      -H 'X-Role: service_agent'; echo

  Logs: {home / "log"}
  Ctrl-C stops everything; the data stay, and the next start takes seconds."""


def _stamp(place: Location, name: str) -> Path:
    """Lies beside the database it speaks of, and goes with it."""
    return place.cluster.home / f"done.{name}"


def _text_of(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _whole(
    environ: Mapping[str, str], name: str, default: str, *, at_least: int, at_most: int
) -> int:
    text = environ.get(name, "").strip() or default
    if not re.fullmatch(r"-?[0-9]+", text):
        raise NotPossibleError(f"{name} is {text!r}, but it must be a whole number.")
    if not at_least <= int(text) <= at_most:
        raise NotPossibleError(f"{name} is {text}, but it must be from {at_least} to {at_most}.")
    return int(text)


def main() -> int:
    words = sys.argv[1:]
    if words not in ([], ["--kafka"], ["--clean"]):
        raise NotPossibleError("Usage: python3 -m deploy.local.demo [--kafka | --clean]")
    wishes = wishes_of(os.environ, is_on_kafka=words == ["--kafka"])
    with only_one(wishes.home):
        if words == ["--clean"]:
            clean(wishes.home)
            return 0
        machine.prepare("stack" if wishes.is_on_kafka else "demo")
        environment.prepare("demo")
        try:
            Demo(wishes).run()
        except StoppedError:
            say("Stopped.")
    return 0


if __name__ == "__main__":
    console.run(main)
