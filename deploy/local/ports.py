"""Loopback ports: chosen once, written down, and the same after every restart."""

import json
import random
import socket
from collections.abc import Collection, Iterable
from pathlib import Path

HOST = "127.0.0.1"
# Below the range from which Linux and macOS lend ports to outgoing connections, so that no passing
# connection sits on a kept port while its service is stopped.
PORT_RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_answering(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port(*, besides: Collection[int] = ()) -> int:
    """A port nobody listens on now. Random, so that two tools choosing at once rarely meet."""
    for port in random.sample(PORT_RANGE, len(PORT_RANGE)):
        if port not in besides and is_free(port):
            return port
    raise OSError(f"no free port from {PORT_RANGE.start} to {PORT_RANGE.stop} on {HOST}")


def free_run(count: int) -> int:
    """The first of `count` free ports in a row."""
    while True:
        first = free_port()
        if all(is_free(first + step) for step in range(1, count)):
            return first


def kept_ports(file: Path, names: Iterable[str]) -> dict[str, int]:
    """A port per name: those written in `file`, chosen and written there the first time."""
    ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in ports]
    for name in missing:
        ports[name] = free_port(besides=ports.values())
    if missing:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(json.dumps(ports, indent=1) + "\n")
        draft.replace(file)
    return ports
