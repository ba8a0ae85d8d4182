"""The benchmark of the audit on a small chain: it must not rot between releases."""

import subprocess
import sys
from pathlib import Path

from deploy.local.places import CHECKOUT
from tests import services

DOCUMENT = CHECKOUT / "docs" / "benchmarks" / "audit.md"


def test_the_benchmark_runs_and_writes_its_page(tmp_path: Path) -> None:
    (tmp_path / DOCUMENT.name).write_text(DOCUMENT.read_text())
    command = [sys.executable, "-m", "tests.benchmarks.audit", "--entries", "2000"]
    options = ["--people", "0", "--rounds", "3", "--home", str(services.HOME)]

    done = subprocess.run(
        [*command, *options, "--write", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "| verify (`verify_audit`) |" in done.stdout
    written = (tmp_path / DOCUMENT.name).read_text()
    assert "a chain of 2,000 entries" in written
    assert written.startswith("# What the audit costs")
    assert "## What is compared" in written
    assert {path.name for path in tmp_path.iterdir()} == {"audit.md", "audit.json", "audit.svg"}
