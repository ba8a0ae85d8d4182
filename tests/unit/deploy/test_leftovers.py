"""What a killed demo left is found, and nobody else is taken for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.leftovers import end_leftovers, of_pid_files
from deploy.local.locations import MARK
from deploy.local.postgres import Cluster

WAIT = "import sys; sys.stdout.write('.'); sys.stdout.flush(); sys.stdin.read()"


@pytest.fixture
def stray(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process as a killed demo in tmp_path leaves it (but our child, so that it is reaped)."""
    process = a_process("manage.py", **{MARK: str(tmp_path)})
    yield process
    process.kill()
    process.communicate()


def a_process(*words: str, **environment: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", WAIT, *words],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.read(1)  # it runs
    return process


def test_processes_of_a_home_are_found_by_their_mark_and_ended(tmp_path, stray, capsys):
    end_leftovers(tmp_path)

    assert stray.wait(timeout=20) == -signal.SIGTERM
    assert "Ending 1 processes" in capsys.readouterr().out


def test_processes_of_another_home_are_left_alone(tmp_path, stray):
    end_leftovers(tmp_path / "other")

    assert stray.poll() is None


def test_a_pid_file_whose_pid_is_somebody_elses_now_means_nothing(tmp_path, stray):
    (tmp_path / "loc1-web.pid").write_text(f"{os.getpid()}\n")
    (tmp_path / "loc2-web.pid").write_text("")
    (tmp_path / "loc1-publish.pid").write_text(f"{stray.pid}\n")

    assert of_pid_files(tmp_path) == [stray.pid]


def test_a_cluster_whose_lock_names_a_foreign_process_forgets_the_lock(tmp_path):
    cluster = Cluster(tmp_path)
    cluster.data.mkdir()
    lock = cluster.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{cluster.data}\n")

    cluster.clear_leftovers()

    assert not lock.exists()
    assert processes.is_alive(os.getpid())
