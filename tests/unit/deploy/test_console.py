"""A command that is silent is told about while it works, and does not outlive who waits for it."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import console

QUICKLY_S = 0.01
WORKING = """
import os, pathlib, sys, time
pathlib.Path("pid.new").write_text(str(os.getpid()))
pathlib.Path("pid.new").rename("pid")
while not pathlib.Path("enough").exists():
    time.sleep(0.01)
sys.exit(3)
"""


class Screen(io.StringIO):
    def __init__(self, on_line: Callable[[], None]) -> None:
        super().__init__()
        self.on_line = on_line

    def flush(self) -> None:
        self.on_line()


def work(home: Path, on_line: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Screen:
    screen = Screen(on_line)
    monkeypatch.setattr(sys, "stdout", screen)
    argv = [sys.executable, "-c", WORKING]
    assert console.run_quiet(argv, "working", cwd=home, every_s=QUICKLY_S) == 3
    return screen


def test_what_takes_long_is_told_until_it_ends_with_its_code(tmp_path, monkeypatch):
    screen = work(tmp_path, (tmp_path / "enough").touch, monkeypatch)

    assert "… working: 0 s so far\n" in screen.getvalue()


def test_what_is_quick_is_not_told_of(capsys):
    assert console.run_quiet([sys.executable, "-c", ""], "working") == 0

    assert capsys.readouterr().out == ""


def test_whoever_stops_waiting_ends_it(tmp_path, monkeypatch):
    def interrupt() -> None:
        if (tmp_path / "pid").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work(tmp_path, interrupt, monkeypatch)

    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
