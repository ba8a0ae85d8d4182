"""How fast changes travel, on three real locations: `python -m tests.benchmarks.sync`.

Prints a table: the time from a write's answer until another location shows it, and how many events
per second one `consume_events` applies from a backlog. Figures are of this machine and this run.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import tests.services as services
from deploy.local.kafka import Kafka
from deploy.local.postgres import Cluster
from tests.sync.locations import Location, eventually
from tests.sync.standing import progress, rows

LOCATION_IDS = ("loc1", "loc2", "loc3")


@contextlib.contextmanager
def three_locations(home: Path) -> Iterator[list[Location]]:
    with contextlib.ExitStack() as stack:
        home.chmod(0o755)  # as root the databases run as another user
        broker = Kafka(home / "kafka")
        broker.start()
        stack.callback(broker.stop)
        made = []
        for name in LOCATION_IDS:
            # Durable as in production: figures with fsync off would flatter.
            address = stack.enter_context(Cluster(home / name).running())
            made.append(Location(name, address, home, {"KAFKA_BOOTSTRAP": broker.bootstrap}))
            made[-1].manage("migrate", "-v0")
            stack.callback(made[-1].stop)
        made[0].manage("create_topics")
        yield made


def latencies_ms(here: Location, there: Location, writes: int) -> list[float]:
    """Milliseconds from the answer of a write here until a read there finds it, one at a time."""
    found = []
    for number in range(writes):
        uid = here.create(surname=f"Latency{number}")
        answered = time.perf_counter()
        while there.read(uid).status != 200:
            pass
        found.append((time.perf_counter() - answered) * 1000)
    return found


def backlog_rate(here: Location, there: Location, people: int) -> tuple[int, float]:
    """How many events `there` applies per second from a backlog written `here`."""
    before = progress(there)[3]
    here.manage("load_sample_data", "--extras", str(people))
    total = progress(here)[3]
    eventually(lambda: progress(here)[1] == 0 and produced(here) >= total, "all produced", 600)
    started = time.perf_counter()
    there.start("consume")
    eventually(lambda: progress(there)[3] >= total, "all applied", 1800)
    return total - before, (total - before) / (time.perf_counter() - started)


def produced(location: Location) -> int:
    return int(rows(location, "SELECT produced_to FROM events_self")[0][0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writes", type=int, default=500)
    # Their histories come to about 100,000 events.
    parser.add_argument("--people", type=int, default=62_000)
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="sins-benchmark-", dir="/var/tmp") as folder,
        three_locations(Path(folder)) as (first, second, third),
    ):
        first.start("web", "publish", "consume")
        second.start("web", "publish", "consume")
        measured = latencies_ms(first, second, wanted.writes)
        cuts = statistics.quantiles(measured, n=100)
        print(f"write visible elsewhere: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms", flush=True)
        second.stop()
        count, rate = backlog_rate(first, third, wanted.people)
        print(f"backlog of {count:,} events: {rate:,.0f} events/s applied", flush=True)
    services.pytest_unconfigure()


if __name__ == "__main__":
    main()
