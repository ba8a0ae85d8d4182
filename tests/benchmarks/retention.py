"""How long it takes to say who is due among a million, and to erase ten thousand of them.

`python -m tests.benchmarks.retention` makes a database and prints a table; with `--write` it goes
into docs/benchmarks, too.
"""

import argparse
import shutil
from pathlib import Path

from deploy.local.places import CHECKOUT, data_home
from deploy.local.postgres import server_user
from tests.benchmarks import database

HOME = CHECKOUT / "var" / "benchmarks"
DOCS = CHECKOUT / "docs" / "benchmarks"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retention")
    parser.add_argument("--people", type=int, default=1_000_000, help="customers on the list")
    parser.add_argument("--due", type=int, default=10_000, help="of whom so many are erased")
    parser.add_argument("--single", type=int, default=200, help="so many more, one by one")
    parser.add_argument("--home", type=Path, default=HOME, help="where the database is made")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=DOCS, metavar="DIR", help="docs/benchmarks, too"
    )
    wanted = parser.parse_args()
    home = data_home(wanted.home, user=server_user()) / "retention"
    shutil.rmtree(home, ignore_errors=True)
    try:
        # Durable as in production: figures with fsync off would flatter.
        with database.running(home, database.MEASURED):
            from tests.benchmarks import retention_run  # only now: it knows models

            retention_run.run(
                people=wanted.people, due=wanted.due, single=wanted.single, docs=wanted.write
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
