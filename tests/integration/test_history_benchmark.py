"""The benchmark of the history core on a small dataset: it must not rot between releases."""

import subprocess
import sys
from pathlib import Path

from deploy.local.places import CHECKOUT
from tests import services

DOCUMENT = CHECKOUT / "docs" / "benchmarks" / "history.md"
PICTURES = {"history-queries.svg", "history-depth.svg", "history-http.svg"}


def run(docs: Path) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.history", "--entities", "2000"]
    options = ["--home", str(services.HOME), "--seconds", "0.4", "--write", str(docs)]
    done = subprocess.run(
        [*command, *options], cwd=CHECKOUT, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_benchmark_runs_and_writes_its_page(tmp_path: Path) -> None:
    (tmp_path / DOCUMENT.name).write_text(DOCUMENT.read_text())

    said = run(tmp_path)

    assert "diff of a day" in said
    written = (tmp_path / DOCUMENT.name).read_text()
    assert "2,000 entities" in written
    assert written.startswith("# How fast the past can be read")
    assert "## What is compared" in written
    assert {path.name for path in tmp_path.glob("*.svg")} == PICTURES
