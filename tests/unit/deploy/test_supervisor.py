"""The supervisor keeps real child processes running, and leaves none behind."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.console import NotPossibleError
from deploy.local.processes import Spec
from deploy.local.supervisor import (
    LONGEST_DELAY_S,
    LOOP_LENGTH,
    Child,
    StoppedError,
    Supervisor,
    delay_s,
    how_it_ended,
)

DEADLINE_S = 20
WAIT = "import signal; signal.pause()"
# Ignores the request to end, and says so once it does.
STUBBORN = (
    "import pathlib, signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path(sys.argv[1]).touch(); signal.pause()"
)
# A child with a child of its own, in the same process group.
WITH_OFFSPRING = (
    "import pathlib, signal, subprocess, sys;"
    f"worker = subprocess.Popen([sys.executable, '-c', {WAIT!r}]);"
    "pathlib.Path(sys.argv[1]).write_text(str(worker.pid)); signal.pause()"
)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(tell=told.append)
    with supervisor.in_charge():
        yield supervisor


@pytest.fixture
def a_spec(tmp_path: Path) -> Callable[..., Spec]:
    def build(program: str, *words: str, **environment: str) -> Spec:
        return Spec(
            argv=[sys.executable, "-c", program, *words],
            env={**os.environ, **environment},
            log=tmp_path / "log" / "child.log",
        )

    return build


def a_child(spec: Spec, *, folder: Path, name: str = "loc1-web", floor: int = 0) -> Child:
    return Child(name, lambda: spec, pid_file=folder / "run" / f"{name}.pid", floor=floor)


def pid_in(child: Child) -> int:
    assert child.pid_file is not None
    return int(child.pid_file.read_text())


def test_a_child_that_was_killed_is_started_again(supervisor, told, a_spec, tmp_path):
    child = a_child(a_spec(WAIT), folder=tmp_path)
    supervisor.add(child)
    first = pid_in(child)

    os.kill(first, signal.SIGKILL)

    assert supervisor.wait_for(lambda: pid_in(child) != first, deadline_s=DEADLINE_S)
    assert processes.is_alive(pid_in(child))
    assert told == ["loc1-web ended (SIGKILL); starting it again."]


def test_what_a_killed_child_had_started_goes_with_it(supervisor, a_spec, tmp_path):
    note = tmp_path / "worker"
    child = a_child(a_spec(WITH_OFFSPRING, str(note)), folder=tmp_path)
    supervisor.add(child)
    supervisor.wait_for(lambda: note.exists() and note.read_text() != "", deadline_s=DEADLINE_S)
    worker = int(note.read_text())

    os.kill(pid_in(child), signal.SIGKILL)

    assert supervisor.wait_for(lambda: not processes.is_alive(worker), deadline_s=DEADLINE_S)


def test_a_crash_loop_slows_down_and_is_told_once(supervisor, told, a_spec, tmp_path):
    starts = itertools.count()
    spec = a_spec("raise SystemExit('no database here')")
    child = Child("loc1-publish", lambda: (next(starts), spec)[1])

    supervisor.add(child)
    supervisor.wait_for(lambda: child.quick_deaths > LOOP_LENGTH, deadline_s=DEADLINE_S)

    complaints = [line for line in told if "keeps ending" in line]
    assert len(complaints) == 1
    assert "no database here" in complaints[0]
    assert "exit code 1" in complaints[0]
    assert len(told) == LOOP_LENGTH  # each quick death before it, and the complaint


def test_delays_double_up_to_a_limit():
    delays = [delay_s(deaths) for deaths in range(12)]

    assert delays[:4] == [0, 0.25, 0.5, 1]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY_S


def test_stop_ends_the_stubborn_and_removes_pid_files(supervisor, a_spec, tmp_path, monkeypatch):
    monkeypatch.setattr("deploy.local.supervisor.STOP_DEADLINE_S", 0.2)
    note = tmp_path / "ready"
    child = a_child(a_spec(STUBBORN, str(note)), folder=tmp_path)
    supervisor.add(child)
    supervisor.wait_for(note.exists, deadline_s=DEADLINE_S)
    pid = pid_in(child)

    supervisor.stop()

    assert not processes.is_alive(pid)
    assert not (tmp_path / "run" / "loc1-web.pid").exists()


def test_higher_floors_are_stopped_first(supervisor, a_spec, tmp_path):
    ends = tmp_path / "ends"
    program = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "open(sys.argv[1] + sys.argv[2], 'w').close()\n"
        "signal.pause()\n"
    )
    for floor, name in enumerate(("database", "broker", "web")):
        spec = a_spec(program, str(ends), name)
        supervisor.add(a_child(spec, folder=tmp_path, name=name, floor=floor))
    names = ("database", "broker", "web")
    supervisor.wait_for(
        lambda: all(Path(f"{ends}{name}").exists() for name in names), deadline_s=DEADLINE_S
    )

    supervisor.stop()

    assert ends.read_text().split() == ["web", "broker", "database"]


def test_a_restarted_child_gets_a_fresh_spec(supervisor, a_spec, tmp_path):
    specs = {"now": a_spec(WAIT, KAFKA_BOOTSTRAP="127.0.0.1:1")}
    child = Child("loc1-publish", lambda: specs["now"], pid_file=tmp_path / "child.pid")
    supervisor.add(child)
    first = pid_in(child)
    specs["now"] = a_spec(WAIT, KAFKA_BOOTSTRAP="127.0.0.1:2")

    supervisor.restart(["loc1-publish"])

    assert not processes.is_alive(first)
    assert child.process is not None
    assert child.process.poll() is None
    assert child.spec().env["KAFKA_BOOTSTRAP"] == "127.0.0.1:2"


def test_a_signal_interrupts_whoever_waits(supervisor):
    os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(StoppedError):
        supervisor.wait_for(lambda: False, deadline_s=DEADLINE_S)


def test_a_command_that_fails_is_refused_with_its_last_words(supervisor, a_spec):
    commands = {
        "loc1: migrate": a_spec("print('ok')"),
        "loc2: migrate": a_spec("raise SystemExit('relation is missing')"),
    }

    with pytest.raises(NotPossibleError, match=r"loc2: migrate failed \(exit code 1\)") as refusal:
        supervisor.run_all(commands)

    assert "relation is missing" in str(refusal.value)


def test_waiting_ends_at_the_deadline(supervisor):
    assert not supervisor.wait_for(lambda: False, deadline_s=0)


def test_children_end_with_a_starter_that_is_killed(tmp_path):
    note = tmp_path / "child"
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, pathlib, signal, sys\n"
            "from deploy.local.processes import Spec, spawn\n"
            f"argv = [sys.executable, '-c', {WAIT!r}]\n"
            f"log = pathlib.Path({str(tmp_path / 'log')!r})\n"
            "child = spawn(Spec(argv=argv, env=os.environ, log=log))\n"
            f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
            "signal.pause()\n",
        ]
    )
    processes.wait_until(lambda: note.exists() and note.read_text() != "", DEADLINE_S)
    child = int(note.read_text())

    starter.kill()
    starter.wait()

    assert processes.wait_until(lambda: not processes.is_alive(child), DEADLINE_S)


def test_how_a_process_ended_is_told_in_words():
    assert how_it_ended(3) == "exit code 3"
    assert how_it_ended(-9) == "SIGKILL"
