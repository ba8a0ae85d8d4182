"""The services beside PostgreSQL that tests and demo use, in one foreground command.

    python3 -m deploy.local.stack up|down|status|wipe|fetch

`up` stays in the foreground until Ctrl-C or `down` from elsewhere; `fetch` only downloads.
"""

import os
import sys
from pathlib import Path

from deploy.local import console, kafka, machine, places, processes
from deploy.local.console import NotPossibleError, say
from deploy.local.supervisor import Child, StoppedError, Supervisor, write_whole

HOME = Path(os.environ.get("STACK_HOME") or places.CHECKOUT / "var" / "stack").resolve()
PID_FILE = HOME / "stack.pid"


def up() -> None:
    """Runs Kafka until a signal comes; restarts it if it dies."""
    if running_pid():
        raise NotPossibleError(f"The stack already runs (process {running_pid()}).")
    machine.prepare("stack")
    broker = kafka.Kafka(HOME / "kafka")
    broker.prepare()
    write_whole(PID_FILE, f"{os.getpid()}\n")
    supervisor = Supervisor()
    try:
        with supervisor.in_charge():
            supervisor.add(Child("kafka", broker.spec, pid_file=broker.pid_file))
            if not supervisor.wait_for(broker.is_ready, deadline_s=kafka.START_DEADLINE_S):
                raise NotPossibleError(f"Kafka does not answer. Its log: {broker.log}")
            say(f"ready KAFKA_BOOTSTRAP={broker.bootstrap}")
            say("Ctrl-C stops it; its topics stay until python3 -m deploy.local.stack wipe.")
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
    kafka.Kafka(HOME / "kafka").clear_leftovers()
    say("Stopped." if pid else "Nothing ran.")


def status() -> None:
    broker = kafka.Kafka(HOME / "kafka")
    if running_pid() and broker.is_ready():
        say(f"Kafka answers: KAFKA_BOOTSTRAP={broker.bootstrap}")
        return
    raise NotPossibleError("The stack does not run. Start it with: make stack")


def wipe() -> None:
    """Removes Kafka's topics; its port stays."""
    if running_pid():
        raise NotPossibleError(
            "The stack runs. Stop it first (Ctrl-C, or python3 -m deploy.local.stack down)."
        )
    kafka.Kafka(HOME / "kafka").wipe()
    say("Kafka's topics are removed.")


def fetch() -> None:
    kafka.fetch()


def running_pid() -> int | None:
    """The process of `up`, if it runs: a pid that another program has by now does not count."""
    if not PID_FILE.exists():
        return None
    pid = int(PID_FILE.read_text())
    return pid if "deploy.local.stack" in processes.command_line(pid) else None


COMMANDS = {"up": up, "down": down, "status": status, "wipe": wipe, "fetch": fetch}


def main() -> int:
    command = COMMANDS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if command is None:
        raise NotPossibleError(f"Usage: python3 -m deploy.local.stack {'|'.join(COMMANDS)}")
    command()
    return 0


if __name__ == "__main__":
    console.run(main)
