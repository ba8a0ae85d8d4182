"""Settings that would be unsafe stop the web processes, not only the commands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from events import key_ring

ROOT = Path(__file__).resolve().parents[3]
SAFE = {
    "DEBUG": "0",
    "AUTH_MODE": "header",
    "ALLOW_INSECURE_ROLE_HEADER": "1",
    "SECRET_KEY": "k" * 40,
    "LOCATION_ID": "loc1",
}


@pytest.fixture(autouse=True)
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key_ring.write(tmp_path / "ring", key_ring.ring_of([key_ring.new_key()]))
    monkeypatch.setitem(SAFE, "EVENT_KEYS_FILE", str(tmp_path / "ring"))


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **SAFE, **changed}
    command = [sys.executable, "-c", "import sins.wsgi"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_what_is_meant_starts_and_says_what_it_means():
    started = start()

    assert started.returncode == 0, started.stderr
    assert "Every caller chooses a role" in started.stderr


def test_tokens_need_no_excuse():
    started = start(AUTH_MODE="token", ALLOW_INSECURE_ROLE_HEADER="0")

    assert started.returncode == 0, started.stderr
    assert "sins." not in started.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"ALLOW_INSECURE_ROLE_HEADER": "0"}, "AUTH_MODE=header lets every caller choose a role"),
        ({"AUTH_MODE": "gateway"}, "AUTH_MODE is 'gateway'"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 32 characters"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is empty"),
        ({"EVENT_KEYS_FILE": ""}, "personal values would stand in Kafka in the clear"),
        ({"EVENT_KEYS_FILE": "/dev/null"}, "holds no key"),
        ({"EVENT_KEYS_FILE": "/nowhere/ring"}, "The key ring /nowhere/ring cannot be read"),
    ],
)
def test_what_would_be_unsafe_does_not_start(changed, sentence):
    started = start(**changed)

    assert started.returncode != 0
    assert sentence in started.stderr
