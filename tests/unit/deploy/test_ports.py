"""Ports are free when they are chosen, and kept for ever."""

import socket
from pathlib import Path

from deploy.local import ports


def test_ports_are_chosen_once_and_kept(tmp_path: Path):
    file = tmp_path / "home" / "ports.json"

    chosen = ports.kept_ports(file, ["broker", "controller"])

    assert len(set(chosen.values())) == 2
    assert set(chosen.values()) <= set(ports.PORT_RANGE)
    assert ports.kept_ports(file, ["broker", "controller"]) == chosen


def test_a_name_that_comes_later_leaves_the_others_as_they_are(tmp_path: Path):
    file = tmp_path / "ports.json"
    before = ports.kept_ports(file, ["kafka"])

    after = ports.kept_ports(file, ["kafka", "elasticsearch"])

    assert after["kafka"] == before["kafka"]
    assert after["elasticsearch"] != before["kafka"]


def test_a_port_somebody_listens_on_is_not_free():
    with socket.create_server((ports.HOST, 0)) as listener:
        port = listener.getsockname()[1]

        assert not ports.is_free(port)
        assert ports.is_answering(port)

    assert ports.is_free(port)
    assert not ports.is_answering(port)


def test_ports_in_a_row_are_all_free():
    first = ports.free_run(3)

    assert all(ports.is_free(first + step) for step in range(3))
