"""Lists over HTTP, by turns from one gunicorn: requests per second and how long one takes."""

import os
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from deploy.local import ports, processes
from deploy.local.places import CHECKOUT
from tests.benchmarks.measuring import percentile

CONNECTIONS = 6
START_DEADLINE_S = 60
# gunicorn closes a connection that was idle for longer.
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Form:
    """One way to serve a page of the list; `headers` say who asks."""

    name: str
    path: str
    page: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Served:
    """Of all rounds: medians of the rounds' rates, percentiles of all requests."""

    form: Form
    requests_per_s: float
    p50_ms: float
    p95_ms: float


class RefusedError(Exception):
    """The server did not answer 2xx."""


class Connection:
    """A keep-alive connection that only looks at what it must: the client shares the machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((ports.HOST, port), timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        self._socket.close()

    def get(self, request: bytes) -> bytes:
        """The body. Raises RefusedError."""
        self._socket.sendall(request)
        head, _, body = self._more(b"").partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise RefusedError(f"{request.decode()}{head.decode()}\n{body[:500]!r}")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._received()
        return body

    def _more(self, begun: bytes) -> bytes:
        while b"\r\n\r\n" not in begun:
            begun += self._received()
        return begun

    def _received(self) -> bytes:
        part = self._socket.recv(262_144)
        if not part:
            raise RefusedError("The server closed the connection.")
        return part


@contextmanager
def gunicorn(home: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """The product's web processes, as deployed; the port."""
    port = ports.free_port()
    log = home / "gunicorn.log"
    log.unlink(missing_ok=True)
    server = processes.spawn(
        processes.Spec(
            argv=[sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py"],
            env={**os.environ, **environment, "WEB_BIND": f"{ports.HOST}:{port}"},
            log=log,
            cwd=CHECKOUT,
        )
    )
    try:
        if not processes.wait_until(lambda: _answers(port) or server.poll() is not None, 60):
            raise RefusedError(f"gunicorn does not answer; see {log}")
        yield port
    finally:
        processes.end([server])


def take_turns(port: int, forms: Sequence[Form], *, rounds: int, seconds: float) -> list[Served]:
    """Each form for so many seconds, then the next; several rounds, so that what else happens on
    the machine hits all of them."""
    rates: dict[str, list[float]] = {form.name: [] for form in forms}
    taken: dict[str, list[float]] = {form.name: [] for form in forms}
    for form in forms:
        _round(port, form, seconds / 4)  # warm: connections, caches, the planner's catalogs
    for _ in range(rounds):
        for form in forms:
            started = time.perf_counter()
            times = _round(port, form, seconds)
            rates[form.name].append(len(times) / (time.perf_counter() - started))
            taken[form.name] += times
    return [
        Served(
            form,
            requests_per_s=statistics.median(rates[form.name]),
            p50_ms=statistics.median(taken[form.name]),
            p95_ms=percentile(taken[form.name], 95),
        )
        for form in forms
    ]


def uids_served(port: int, form: Form) -> list[str]:
    """What this form shows."""
    with closing(Connection(port)) as connection:
        return [
            row["entity_uid"] for row in orjson.loads(connection.get(_request(form)))["results"]
        ]


def _round(port: int, form: Form, seconds: float) -> list[float]:
    """Milliseconds of every request of all connections."""
    found: list[float] = []
    failures: list[Exception] = []
    until = time.perf_counter() + seconds

    def ask() -> None:
        try:
            found.extend(_ask(port, form, until))
        except (OSError, RefusedError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return found


def _ask(port: int, form: Form, until: float) -> list[float]:
    request = _request(form)
    times = []
    with closing(Connection(port)) as connection:
        while (started := time.perf_counter()) < until:
            connection.get(request)
            times.append((time.perf_counter() - started) * 1000)
    return times


def _request(form: Form) -> bytes:
    lines = [f"GET {form.path} HTTP/1.1", f"Host: {ports.HOST}", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in form.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _answers(port: int) -> bool:
    try:
        with closing(Connection(port)) as connection:
            connection.get(_request(Form("ready", "/livez")))
        return True
    except (OSError, RefusedError):
        return False
