"""Kafka's address is chosen once, and only a broker that answers counts as ready."""

import os
import socket
import threading
from pathlib import Path

from deploy.local import kafka, ports, processes
from deploy.local.kafka import Kafka


def test_the_address_is_kept_over_restart_and_wipe(tmp_path: Path):
    before = Kafka(tmp_path).bootstrap

    broker = Kafka(tmp_path)
    broker.data.mkdir()
    broker.wipe()

    assert broker.bootstrap == before
    assert not broker.data.exists()


def test_somebody_who_listens_but_is_no_broker_is_not_ready():
    with socket.create_server((ports.HOST, 0)) as listener:
        greeter = threading.Thread(target=lambda: listener.accept()[0].close())
        greeter.start()

        assert not kafka.answers(listener.getsockname()[1])
        greeter.join()


def test_nobody_is_not_ready():
    assert not kafka.answers(ports.free_port())


def test_a_pid_file_of_somebody_else_is_only_removed(tmp_path: Path):
    broker = Kafka(tmp_path)
    broker.pid_file.write_text(f"{os.getpid()}\n")

    broker.clear_leftovers()

    assert not broker.pid_file.exists()
    assert processes.is_alive(os.getpid())
