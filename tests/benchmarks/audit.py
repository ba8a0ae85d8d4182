"""What the audit costs, and how fast its chain is numbered and verified.

`python -m tests.benchmarks.audit` makes a database, asks with the audit on and off by turns, and
prints tables; with `--write` they go into docs/benchmarks, too.
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
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit")
    parser.add_argument("--entries", type=int, default=1_000_000, help="the chain's length")
    parser.add_argument("--people", type=int, default=5_000, help="customers to read and write")
    parser.add_argument("--rounds", type=int, default=1_000, help="of each request, on and off")
    parser.add_argument("--home", type=Path, default=HOME, help="where the database is made")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=DOCS, metavar="DIR", help="docs/benchmarks, too"
    )
    wanted = parser.parse_args()
    home = data_home(wanted.home, user=server_user()) / "audit"
    shutil.rmtree(home, ignore_errors=True)
    try:
        # Durable as in production: figures with fsync off would flatter.
        with database.running(home, database.MEASURED):
            from tests.benchmarks import audit_run  # only now: it knows models

            audit_run.run(
                people=wanted.people,
                rounds=wanted.rounds,
                entries=wanted.entries,
                docs=wanted.write,
            )
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
