"""`make demo-check`: starts the demo, writes at each location, sees that all agree, stops it.

    python3 -m deploy.local.demo_check

In a home and at ports of its own, so that a running demo is left alone.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import console, places, ports, postgres, processes
from deploy.local.agreement import status_of
from deploy.local.console import NotPossibleError, say
from deploy.local.locations import MARK, Location, demo_locations
from deploy.local.supervisor import last_words

HOME = places.CHECKOUT / "var" / "demo-check"
# The virtual environment may have to be made first.
START_DEADLINE_S = 600
AGREE_DEADLINE_S = 90
STOP_DEADLINE_S = 90
DIGEST_LINE = re.compile(r"^digest ([0-9a-f]+)$", re.MULTILINE)


def check() -> None:
    """Raises NotPossibleError with what went wrong."""
    port = ports.free_run(3)
    with running_demo(http_port=port):
        data_home = places.data_home(HOME, user=postgres.server_user())
        locations = demo_locations(HOME, data_home=data_home, http_port=port)
        written = [write_at(location) for location in locations]
        say(f"Wrote a customer at each of {', '.join(place.name for place in locations)}")
        digests = wait_for_agreement(locations, written)
    for location, digest in zip(locations, digests, strict=True):
        say(f"{location.location_id} digest {digest}")
    strays = processes.marked(f"{MARK}={HOME}")
    if strays:
        raise NotPossibleError(f"The demo stopped, but left processes behind: {strays}")
    say("All three locations hold the same, and nothing was left running.")


@contextmanager
def running_demo(*, http_port: int) -> Iterator[None]:
    """The demo as its own process, from `ready` to a clean end."""
    log = HOME / "log" / "demo.log"
    log.unlink(missing_ok=True)
    env = {**os.environ, "DEMO_HOME": str(HOME), "DEMO_HTTP_PORT": str(http_port)}
    argv = [sys.executable, "-m", "deploy.local.demo"]
    say("Starting the demo")
    demo = processes.spawn(processes.Spec(argv=argv, env=env, log=log, cwd=places.CHECKOUT))
    try:
        processes.wait_until(
            lambda: demo.poll() is not None or is_said_ready(log), START_DEADLINE_S
        )
        if not is_said_ready(log):
            raise NotPossibleError(f"The demo did not get ready; it said:\n{last_words(log)}")
        yield
    finally:
        processes.end([demo], deadline_s=STOP_DEADLINE_S)
    if demo.returncode:
        raise NotPossibleError(f"The demo did not stop cleanly; it said:\n{last_words(log)}")


def is_said_ready(log: Path) -> bool:
    return any(line.startswith("ready http") for line in log.read_text().splitlines())


def write_at(location: Location) -> str:
    """Creates a customer there; its id."""
    body = {"surname": "Demo-Check", "name": f"{location.name} {time.time_ns()}"}
    headers = {"X-Role": "service_agent", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(ports.HOST, location.http_port, timeout=30)
    try:
        connection.request("POST", "/api/customers/items/", json.dumps(body), headers)
        response = connection.getresponse()
        answer = response.read().decode(errors="replace")
    finally:
        connection.close()
    if response.status != http.HTTPStatus.CREATED:
        raise NotPossibleError(f"{location.url} refused a customer: {response.status} {answer}")
    return str(json.loads(answer)["id"])


def wait_for_agreement(locations: Sequence[Location], written: Sequence[str]) -> list[str]:
    """The digest of each location, once all hold what was written and the digests are equal."""
    until = time.monotonic() + AGREE_DEADLINE_S
    digests: list[str] = []
    while time.monotonic() < until:
        has_all = processes.wait_until(
            lambda: all(is_found(place, uid) for place in locations for uid in written), 1
        )
        digests = digests_of(locations) if has_all else []
        if len(set(digests)) == 1:
            return digests
    raise NotPossibleError(
        f"After {AGREE_DEADLINE_S} s the locations do not hold the same: "
        f"{' '.join(digests) or 'what was written is not found everywhere'}"
    )


def is_found(location: Location, uid: str) -> bool:
    path = f"/api/customers/items/{uid}/"
    return status_of(location.http_port, path) == http.HTTPStatus.OK


def digests_of(locations: Sequence[Location]) -> list[str]:
    """What `verify_sync` says at each location, asked at the same time."""
    address = HOME / "run" / "broker.address"
    bootstrap = os.environ.get("KAFKA_BOOTSTRAP") or address.read_text().strip()
    specs = [place.command("verify_sync", bootstrap=bootstrap) for place in locations]
    commands = [
        subprocess.Popen(
            spec.argv,
            env=dict(spec.env),
            cwd=spec.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for spec in specs
    ]
    answers = [command.communicate()[0] for command in commands]
    found = [DIGEST_LINE.search(answer) for answer in answers]
    if not all(found):
        raise NotPossibleError(f"verify_sync names no digest; it says:\n{''.join(answers)}")
    return [match.group(1) for match in found if match]


def main() -> int:
    check()
    return 0


if __name__ == "__main__":
    console.run(main)
