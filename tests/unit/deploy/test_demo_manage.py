"""A management command at one location of the demo says what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Usage: python3 -m deploy.local.demo_manage LOCATION COMMAND"),
        (["loc9", "verify_sync"], "There is no location loc9 in the demo; there are loc1, loc2"),
        (["loc1", "verify_sync"], "The database of loc1 does not answer. Run: make demo"),
    ],
)
def test_it_says_in_a_sentence_what_is_wrong(words: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.demo_manage", *words],
        cwd=CHECKOUT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DEMO_HOME": str(tmp_path / "demo")},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
