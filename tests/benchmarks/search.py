"""Search among a million invented people: how often it finds the right one, and how quickly.

`python -m tests.benchmarks.search` makes the list at its first run, keeps it for the next, and
prints tables; with `--write` they go into docs/benchmarks, too.
"""

import argparse
import fcntl
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.places import CHECKOUT, data_home
from deploy.local.postgres import server_user
from tests.benchmarks import database
from tests.benchmarks.search_questions import TRAINING

HOME = CHECKOUT / "var" / "benchmarks"
DOCS = CHECKOUT / "docs" / "benchmarks"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=500, help="of each class of error")
    parser.add_argument("--race", type=int, default=500, help="questions to all ways to search")
    parser.add_argument("--loaded", type=int, default=50_000, help="people to load for the costs")
    parser.add_argument("--seconds", type=float, default=20, help="about so long over HTTP")
    parser.add_argument("--seed", default=TRAINING, help="of the questions; figures need a new one")
    parser.add_argument("--home", type=Path, default=HOME, help="where lists are kept")
    parser.add_argument("--only", choices=("load", "quality"), help="not the whole run")
    parser.add_argument("--told", type=Path, help="a file for what was not found")
    parser.add_argument("--fit", action="store_true", help="estimate the constants of the score")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=DOCS, metavar="DIR", help="docs/benchmarks, too"
    )
    wanted = parser.parse_args()
    home = data_home(wanted.home, user=server_user()) / f"search-{wanted.people}"
    with _alone(home):
        _make_dataset(home, wanted.people)
        if wanted.only == "load":
            return
        with database.running(home, database.MEASURED) as address:
            from tests.benchmarks import search_run  # only now: it knows models

            search_run.run(home, address, wanted)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Waits until no other run uses this list: each would stop the other's PostgreSQL."""
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_dataset(home: Path, size: int) -> None:
    """Unless one of this schema is there; whatever else lies in its place is removed."""
    stamp = home / "stamp.json"
    if stamp.exists():
        with database.running(home, database.MEASURED):
            from tests.benchmarks import search_dataset

            if search_dataset.is_made(stamp, size):
                return
    shutil.rmtree(home, ignore_errors=True)
    started = time.monotonic()
    with database.running(home, database.BUILT):
        from tests.benchmarks import search_dataset

        search_dataset.build(size)
        made = {**search_dataset.expected(size), "load_s": time.monotonic() - started}
        stamp.write_text(json.dumps(made))


if __name__ == "__main__":
    main()
