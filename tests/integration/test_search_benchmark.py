"""The benchmark of search on a small list: it must not rot between releases."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from tests import services

DOCUMENT = CHECKOUT / "docs" / "benchmarks" / "search.md"
PICTURES = {"search-speed.svg", "search-recall.svg", "search-reliability.svg"}
SIZES = {"people": 2000, "queries": 10, "race": 20, "loaded": 2000, "seconds": 1}


def run(docs: Path) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.search"]
    options = [f"--{name}={size}" for name, size in SIZES.items()]
    options += ["--home", str(services.HOME), "--write", str(docs)]
    done = subprocess.run(
        [*command, *options], cwd=CHECKOUT, capture_output=True, text=True, timeout=540
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(600)
def test_the_benchmark_runs_and_writes_its_page(tmp_path: Path) -> None:
    (tmp_path / DOCUMENT.name).write_text(DOCUMENT.read_text())

    said = run(tmp_path)

    assert "way to search" in said
    written = (tmp_path / DOCUMENT.name).read_text()
    assert "2,000 people" in written
    assert all(f"| {way} |" in written for way in ("SINS", "full scan", "GIN trigram"))
    assert "| Elasticsearch |" in written
    assert "found right after the write" in written
    assert "| cost of the index |" in written
    assert written.startswith("# How well and how fast search finds a person")
    assert "## What is compared" in written
    assert {path.name for path in tmp_path.glob("*.svg")} == PICTURES
