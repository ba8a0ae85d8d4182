"""The services beside PostgreSQL that tests and demo use, in one foreground command.

    python3 -m deploy.local.stack up|down|status|wipe|fetch

`up` stays in the foreground until Ctrl-C or `down` from elsewhere; `fetch` only downloads.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local import console, machine, places, processes
from deploy.local.console import NotPossibleError, say
from deploy.local.elasticsearch import Elasticsearch
from deploy.local.java_service import START_DEADLINE_S, JavaService
from deploy.local.kafka import Kafka
from deploy.local.supervisor import Child, StoppedError, Supervisor, write_whole

HOME = Path(os.environ.get("STACK_HOME") or places.CHECKOUT / "var" / "stack").resolve()
PID_FILE = HOME / "stack.pid"


def up() -> None:
    """Runs all of them until a signal comes; restarts one that dies."""
    if running_pid():
        raise NotPossibleError(f"The stack already runs (process {running_pid()}).")
    machine.prepare("stack")
    found = services()
    for service in found:
        service.prepare()
    write_whole(PID_FILE, f"{os.getpid()}\n")
    supervisor = Supervisor()
    try:
        with supervisor.in_charge():
            _start(found, supervisor)
            say(f"ready {' '.join(service.told for service in found)}")
            say("Ctrl-C stops it; its data stay until python3 -m deploy.local.stack wipe.")
            supervisor.wait_for(lambda: False)
    except StoppedError:
        say("Stopped.")
    finally:
        PID_FILE.unlink(missing_ok=True)


def down() -> None:
    """Stops the one that runs in another terminal."""
    pid = running_pid()
    if pid:
        processes.end_strays([pid], deadline_s=60)
    for service in services():
        service.clear_leftovers()
    say("Stopped." if pid else "Nothing ran.")


def status() -> None:
    """Raises NotPossibleError when one of them does not answer."""
    if not running_pid():
        raise NotPossibleError("The stack does not run. Start it with: make stack")
    for service in services():
        if not service.is_ready():
            raise NotPossibleError(f"{service.name} does not answer. Its log: {service.log}")
        say(f"{service.name} answers: {service.told}")


def wipe() -> None:
    """Removes topics and indices; the ports stay."""
    if running_pid():
        raise NotPossibleError(
            "The stack runs. Stop it first (Ctrl-C, or python3 -m deploy.local.stack down)."
        )
    for service in services():
        service.wipe()
    say("The data of Kafka and Elasticsearch are removed.")


def fetch() -> None:
    for service in services():
        service.download.fetch()


def services() -> Sequence[JavaService]:
    return (Kafka(HOME / "kafka"), Elasticsearch(HOME / "elasticsearch"))


def running_pid() -> int | None:
    """The process of `up`, if it runs: a pid that another program has by now does not count."""
    if not PID_FILE.exists():
        return None
    pid = int(PID_FILE.read_text())
    return pid if "deploy.local.stack" in processes.command_line(pid) else None


def _start(found: Sequence[JavaService], supervisor: Supervisor) -> None:
    say(f"Starting {' and '.join(service.name for service in found)}")
    for service in found:
        supervisor.add(Child(service.name.lower(), service.spec, pid_file=service.pid_file))
    for service in found:
        if not supervisor.wait_for(service.is_ready, deadline_s=START_DEADLINE_S):
            raise NotPossibleError(f"{service.name} does not answer. Its log: {service.log}")
        say(f"{service.name} answers")


COMMANDS = {"up": up, "down": down, "status": status, "wipe": wipe, "fetch": fetch}


def main() -> int:
    command = COMMANDS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if command is None:
        raise NotPossibleError(f"Usage: python3 -m deploy.local.stack {'|'.join(COMMANDS)}")
    command()
    return 0


if __name__ == "__main__":
    console.run(main)
