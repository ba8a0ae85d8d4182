"""The history core at a million entities, beside its usual forms.

`python -m tests.benchmarks.history` makes the dataset at its first run, keeps it for the next, and
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
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.history")
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=HOME, help="where datasets are kept")
    parser.add_argument("--seconds", type=float, default=20, help="about so long per question")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=DOCS, metavar="DIR", help="docs/benchmarks, too"
    )
    wanted = parser.parse_args()
    home = data_home(wanted.home, user=server_user()) / f"history-{wanted.entities}"
    _make_dataset(home, wanted.entities)
    with database.running(home, database.MEASURED) as address:
        from tests.benchmarks import run  # only now: it knows models, which need the settings

        run.run(home, address, seconds=wanted.seconds, docs=wanted.write)


def _make_dataset(home: Path, entities: int) -> None:
    """Unless one of this schema is there; whatever else lies in its place is removed."""
    stamp = home / "stamp.json"
    if stamp.exists():
        with database.running(home, database.MEASURED):
            from tests.benchmarks import dataset

            if dataset.is_made(stamp, entities):
                return
    shutil.rmtree(home, ignore_errors=True)
    with database.running(home, database.BUILT):
        from tests.benchmarks import dataset

        dataset.build(entities)
        dataset.mark(stamp, entities)


if __name__ == "__main__":
    main()
