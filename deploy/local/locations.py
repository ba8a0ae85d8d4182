"""The three locations of the demo: names, ports, databases, and the environment of a child."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local import places, ports, processes
from deploy.local.postgres import Cluster

# The processes of a location, as words for its Python.
PARTS = {
    "web": ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"),
    "publish": ("manage.py", "publish_events"),
    "consume": ("manage.py", "consume_events"),
    "match": ("manage.py", "match_customers"),
    "cleanup": ("manage.py", "cleanup_customers", "--loop"),
    "keep": ("manage.py", "keep_audit"),
    "ship": ("manage.py", "ship"),
}
# Commands that make and drop tables; all others run as a role that changes no audit entry.
OWNERS_COMMANDS = ("migrate", "migrate_when_ready", "keep_audit")
APPLICATION_USER = "sins_app"
# Only where there is an Elasticsearch to ship to.
SHIP = "ship"
NAMES = {"loc1": "Zürich", "loc2": "Łódź", "loc3": "Nicosia"}
# Of the caller's environment these would lead a child elsewhere than to its own location.
FOREIGN_PREFIXES = (
    "DJANGO_",
    "EVENT_KEYS_",
    "LOCATION_",
    "PG",
    "POSTGRES_",
    "PYTHON",
    "SECRET_KEY",
    "WEB_",
)
# In every child's environment: by it a later start finds what a killed one left behind.
MARK = "SINS_CHILD_OF"
WEB_THREADS = 8


@dataclass(frozen=True, slots=True)
class Location:
    """One location of the demo in `home`, its cluster in `data_home`."""

    location_id: str
    name: str
    http_port: int
    home: Path
    cluster: Cluster

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.http_port}"

    def environment(self, *, bootstrap: str) -> dict[str, str]:
        """Of web and workers."""
        return {
            **child_environment(os.environ, home=self.home, location_id=self.location_id),
            **self.cluster.address.environment(),
            "POSTGRES_USER": APPLICATION_USER,
            "POSTGRES_PASSWORD": self._application_password(),
            "LOCATION_NAME": self.name,
            "DEBUG": "1",
            "AUTH_MODE": "header",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SECRET_KEY": kept_secret(self.home / "secrets" / self.location_id),
            "KAFKA_BOOTSTRAP": bootstrap,
            "EVENT_KEYS_FILE": str(self._key_ring()),
            "LOG_DIR": str(self.home / "log" / self.location_id),
            "WEB_BIND": f"{ports.HOST}:{self.http_port}",
            "WEB_WORKERS": "1",  # one process, so that /metrics counts all requests
            "WEB_THREADS": str(WEB_THREADS),
        }

    def owner_environment(self, *, bootstrap: str) -> dict[str, str]:
        """Of OWNERS_COMMANDS; `migrate` makes the application's role and gives it its rights."""
        return {
            **self.environment(bootstrap=bootstrap),
            **self.cluster.address.environment(),
            "POSTGRES_APPLICATION_USER": APPLICATION_USER,
            "POSTGRES_APPLICATION_PASSWORD": self._application_password(),
        }

    def database(self) -> processes.Spec:
        spec = self.cluster.spec()
        return replace(spec, env={**spec.env, "LOCATION_ID": self.location_id})

    def part(self, name: str, *, bootstrap: str) -> processes.Spec:
        """How to run one of PARTS here; its output goes to <location>-<part>.log."""
        return self._spec(PARTS[name], log=name, bootstrap=bootstrap)

    def command(self, *words: str, bootstrap: str) -> processes.Spec:
        """How to run `manage.py` here; its output goes to <location>-<command>.log."""
        return self._spec(("manage.py", *words), log=words[0], bootstrap=bootstrap)

    def _application_password(self) -> str:
        return kept_secret(self.home / "secrets" / f"{self.location_id}-application")

    def _key_ring(self) -> Path:
        """One for all locations of the demo."""
        file = self.home / "secrets" / "event-keys"
        kept_secret(file, make=new_event_key)
        return file

    def _spec(self, words: Sequence[str], *, log: str, bootstrap: str) -> processes.Spec:
        is_owners = words[0] == "manage.py" and words[1] in OWNERS_COMMANDS
        environment = self.owner_environment if is_owners else self.environment
        return processes.Spec(
            argv=[str(places.VENV_PYTHON), *words],
            env=environment(bootstrap=bootstrap),
            log=self.home / "log" / f"{self.location_id}-{log}.log",
            cwd=places.CHECKOUT,
        )


def demo_locations(home: Path, *, data_home: Path, http_port: int) -> list[Location]:
    return [
        Location(
            location_id=location_id,
            name=name,
            http_port=http_port + index,
            home=home,
            cluster=Cluster(data_home / location_id),
        )
        for index, (location_id, name) in enumerate(NAMES.items())
    ]


def child_environment(
    environ: Mapping[str, str], *, home: Path, location_id: str
) -> dict[str, str]:
    """What every child of the demo in `home` has: the caller's environment without its places.

    Settings for connecting to Kafka stay only where the caller names a cluster to connect to.
    """
    foreign = FOREIGN_PREFIXES if environ.get("KAFKA_BOOTSTRAP") else (*FOREIGN_PREFIXES, "KAFKA_")
    kept = {name: value for name, value in environ.items() if not name.startswith(foreign)}
    return {
        **kept,
        MARK: str(home),
        "DEMO_HOME": str(home),
        "LOCATION_ID": location_id,
        "PYTHONUNBUFFERED": "1",
        "PYTHON_DOTENV_DISABLED": "1",  # a .env in the checkout speaks of another installation
    }


def new_event_key() -> str:
    """A key ring with one key, as `manage.py event_keys create` makes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n"


def kept_secret(file: Path, *, make: Callable[[], str] = lambda: secrets.token_hex(32)) -> str:
    """A random secret, made once and readable by its owner only."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = file.with_name(f"{file.name}.new")
        draft.touch(mode=0o600)
        draft.write_text(make())
        draft.replace(file)
    return file.read_text()
