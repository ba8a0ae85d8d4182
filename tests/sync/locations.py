"""Locations as operators run them: own database, own processes, spoken to by HTTP and commands."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from deploy.local import ports, processes
from deploy.local.locations import PARTS
from deploy.local.postgres import Address

CHECKOUT = Path(__file__).resolve().parents[2]
# Seconds: far more than anything here needs, so that only a real fault reaches it.
DEADLINE_S = 60


def eventually(condition: Callable[[], Any], what: str, deadline_s: float = DEADLINE_S) -> Any:
    """The first true answer of `condition`; fails with `what` when there is none in time."""
    until = time.monotonic() + deadline_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"not within {deadline_s:g} s: {what}")
        time.sleep(0.05)  # the pause between two looks, not a wait for anything


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Location:
    """One location; `environment` holds what all its processes share."""

    location_id: str
    address: Address
    home: Path
    environment: dict[str, str]
    port: int = field(default_factory=ports.free_port)
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    connection: psycopg.Connection[Any] | None = field(default=None, repr=False)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.address.environment(),
            "LOCATION_ID": self.location_id,
            "LOCATION_NAME": self.location_id,
            **self.environment,
        }

    def manage(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A management command; its output, and a failure with its last words."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=CHECKOUT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if check and done.returncode:
            raise AssertionError(f"{words} at {self.location_id}: {done.stdout}{done.stderr}")
        return done

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        """A management command that runs beside others."""
        return subprocess.Popen([sys.executable, "manage.py", *words], cwd=CHECKOUT, env=self.env)

    def start(self, *parts: str, **extra: str) -> None:
        """Starts web, publish, consume or match; `extra` is added to the environment of these."""
        for part in parts:
            self.children[part] = processes.spawn(
                processes.Spec(
                    argv=self._argv(part),
                    env={**self.env, **extra},
                    log=self.home / f"{self.location_id}-{part}.log",
                    cwd=CHECKOUT,
                )
            )
        if "web" in parts:
            eventually(lambda: ports.is_answering(self.port), f"{self.location_id} answers")

    def _argv(self, part: str) -> list[str]:
        if part != "web":
            return [sys.executable, *PARTS[part.split("-")[0]]]
        gunicorn = ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"]
        return [sys.executable, *gunicorn, "-b", f"{ports.HOST}:{self.port}"]

    def stop(self, *parts: str) -> None:
        """Asks the processes to end, all of them when none is named."""
        names = parts or tuple(self.children)
        processes.end([self.children.pop(name) for name in names if name in self.children])

    def kill(self, *parts: str) -> None:
        """kill -9, with everything the process started."""
        for part in parts:
            child = self.children.pop(part)
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def is_running(self, part: str) -> bool:
        return self.children[part].poll() is None

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Past the product. The connection stays: who waits asks twenty times a second."""
        try:
            return self._connected().execute(sql, parameters).fetchall()
        except psycopg.OperationalError:  # a test dropped the database and made it anew
            self._disconnect()
            return self._connected().execute(sql, parameters).fetchall()

    def _connected(self) -> psycopg.Connection[Any]:
        if self.connection is None:
            self.connection = psycopg.connect(
                host=self.address.host,
                port=self.address.port,
                user=self.address.user,
                dbname=self.address.database,
                autocommit=True,
                prepare_threshold=None,  # the tables of a restored database are others
            )
        return self.connection

    def _disconnect(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def end(self) -> None:
        """Nothing of it is left but files."""
        self.kill(*self.children)  # a farewell takes seconds, and tests of its own
        self._disconnect()

    def log(self, part: str) -> str:
        return (self.home / f"{self.location_id}-{part}.log").read_text(errors="replace")

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str = "service_agent",
        **headers: str,
    ) -> Answer:
        request = urllib.request.Request(
            f"http://{ports.HOST}:{self.port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "X-Role": role,
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as response:
                raw, status, found = response.read(), response.status, dict(response.headers)
        except urllib.error.HTTPError as error:
            raw, status, found = error.read(), error.code, dict(error.headers)
        return Answer(status, json.loads(raw) if raw else None, found)

    def create(self, **values: Any) -> str:
        """A new customer's id."""
        answer = self.request("POST", "/api/customers/items/?allow_duplicate=1", values)
        assert answer.status == 201, answer
        return str(answer.body["id"])

    def change(self, uid: str, **values: Any) -> Answer:
        return self.request("PATCH", f"/api/customers/items/{uid}/?allow_duplicate=1", values)

    def read(self, uid: str) -> Answer:
        return self.request("GET", f"/api/customers/items/{uid}/")
