"""`make demo-check`: starts the demo, writes at each location, sees that all agree, stops it.

    python3 -m deploy.local.demo_check

In a home and at ports of its own, so that a running demo is left alone.
"""

import http.client
import json
import os
import re
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
BROKER_ADDRESS = HOME / "run" / "broker.address"
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
    """The digest of each location, once all hold what was written and call each other identical."""
    has_all = processes.wait_until(
        lambda: all(is_found(place, uid) for place in locations for uid in written),
        AGREE_DEADLINE_S,
    )
    if not has_all:
        raise NotPossibleError(
            f"After {AGREE_DEADLINE_S} s what was written is not found everywhere."
        )
    answers = verdicts_of(locations)
    digests = [match.group(1) for said in answers if (match := DIGEST_LINE.search(said))]
    if len(digests) != len(locations) or len(set(digests)) != 1:
        raise NotPossibleError(f"The locations do not hold the same:\n{''.join(answers)}")
    return digests


def is_found(location: Location, uid: str) -> bool:
    path = f"/api/customers/items/{uid}/"
    return status_of(location.http_port, path) == http.HTTPStatus.OK


def verdicts_of(locations: Sequence[Location]) -> list[str]:
    """What `verify_sync` says at each location, asked at the same time.

    Raises NotPossibleError with its words when one does not call all others identical.
    """
    bootstrap = os.environ.get("KAFKA_BOOTSTRAP") or BROKER_ADDRESS.read_text().strip()
    wait = ("verify_sync", "--wait", str(AGREE_DEADLINE_S))
    specs = [place.command(*wait, bootstrap=bootstrap) for place in locations]
    for spec in specs:
        spec.log.unlink(missing_ok=True)
    commands = [processes.spawn(spec) for spec in specs]
    codes = [command.wait() for command in commands]
    answers = [spec.log.read_text() for spec in specs]
    if any(codes):
        raise NotPossibleError(f"verify_sync does not call them identical:\n{''.join(answers)}")
    return answers


def main() -> int:
    check()
    return 0


if __name__ == "__main__":
    console.run(main)
