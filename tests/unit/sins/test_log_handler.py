"""Log lines in files: one file per process, bounded, and nothing is lost without a word."""

import json
import logging
import os
from pathlib import Path

import pytest

from audit.shipping import log_files
from sins import log_handler
from sins.log_handler import ProcessFileHandler
from sins.logs import EcsFormatter
from sins.process import process_name


@pytest.fixture
def make(tmp_path):
    made = []

    def handler(**overrides) -> ProcessFileHandler:
        values = {"folder_bytes": 10**9, "is_shipped": True, "process": "web"}
        built = ProcessFileHandler(
            folder=str(tmp_path), location_id="loc1", **{**values, **overrides}
        )
        built.setFormatter(EcsFormatter("loc1", "web"))
        made.append(built)
        return built

    yield handler
    for each in made:
        each.close()


def say(handler: ProcessFileHandler, message: str = "a.line") -> None:
    handler.handle(logging.makeLogRecord({"name": "sins.test", "msg": message, "levelno": 20}))


def files(folder: Path) -> list[Path]:
    return log_files.files_of(folder, location_id="loc1")


def lines(folder: Path) -> list[dict]:
    texts = [file.read_text() for file in files(folder)]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_nothing_said_no_file(make, tmp_path):
    make()

    assert files(tmp_path) == []


def test_a_full_file_is_followed_by_a_new_one(make, tmp_path, monkeypatch):
    monkeypatch.setattr(log_handler, "MAX_FILE_BYTES", 1000)
    handler = make()

    for number in range(20):
        say(handler, f"line.n{number}")

    assert [line["message"] for line in lines(tmp_path)] == [f"line.n{n}" for n in range(20)]
    assert len(files(tmp_path)) > 3
    assert all(file.stat().st_size <= 1000 for file in files(tmp_path))
    assert [log_files.is_finished(file) for file in files(tmp_path)][-2:] == [True, False]


def test_a_forked_process_has_a_file_of_its_own(make, tmp_path):
    handler = make()
    say(handler, "of.parent")

    pid = os.fork()
    if not pid:
        say(handler, "of.child")
        os._exit(0)
    os.waitpid(pid, 0)
    say(handler, "of.parent")

    assert len(files(tmp_path)) == 2
    said = sorted(
        [json.loads(one)["message"] for one in f.read_text().splitlines()] for f in files(tmp_path)
    )
    assert said == [["of.child"], ["of.parent", "of.parent"]]


def test_when_there_is_no_room_lines_are_left_out_and_counted(make, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(log_handler, "LOOK_EVERY_S", 0)
    handler = make(folder_bytes=2000)
    while sum(file.stat().st_size for file in files(tmp_path)) < 2000:
        say(handler)
    kept = lines(tmp_path)

    for _ in range(5):
        say(handler)
    assert lines(tmp_path) == kept
    [said] = capsys.readouterr().err.splitlines()
    assert json.loads(said)["message"] == "logs.left_out"

    handler._folder_bytes = 10**6
    say(handler, "room.again")
    told, last = lines(tmp_path)[-2:]
    assert (told["message"], told["sins.count"], last["message"]) == (
        "logs.left_out",
        5,
        "room.again",
    )


def test_where_nobody_ships_the_oldest_finished_files_make_room(make, tmp_path, monkeypatch):
    monkeypatch.setattr(log_handler, "LOOK_EVERY_S", 0)
    monkeypatch.setattr(log_handler, "MAX_FILE_BYTES", 1000)
    handler = make(folder_bytes=3000, is_shipped=False)

    for number in range(100):
        say(handler, f"line.n{number}")

    assert sum(file.stat().st_size for file in files(tmp_path)) <= 4000
    assert lines(tmp_path)[-1]["message"] == "line.n99"


def test_a_disk_that_takes_nothing_does_not_stop_the_process(make, tmp_path, capsys, monkeypatch):
    handler = make()

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(os, "write", full)
        say(handler)
        say(handler)
    assert "No space left" in capsys.readouterr().err

    handler._look_at_s = 0
    say(handler, "room.again")
    assert [line["message"] for line in lines(tmp_path)] == ["logs.left_out", "room.again"]


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["/venv/bin/gunicorn", "-c", "x"], "web"),
        (["/venv/lib/gunicorn/__main__.py", "-c", "x"], "web"),
        (["manage.py", "consume_events"], "consume"),
        (["manage.py", "ship"], "ship"),
        (["manage.py", "migrate"], "command"),
        (["pytest"], "command"),
    ],
)
def test_a_process_knows_what_it_is(argv, name):
    assert process_name(argv) == name
