"""Log files are read line by line while others write, cut and remove them."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from audit.shipping import log_files
from audit.shipping.log_files import MAX_LINE


def a_file(tmp_path: Path, text: bytes) -> Path:
    file = tmp_path / "loc1-web-20261121T222005123456-3f9a01bc.ndjson"
    file.write_bytes(text)
    return file


def test_names_tell_whose_file_it_is_and_sort_by_time(tmp_path):
    made = [
        log_files.new_name(
            location_id=location, process=process, now=datetime(2026, 1, day, tzinfo=UTC), tag=tag
        )
        for location, process, day, tag in (
            ("loc-1", "web", 2, "0000000a"),
            ("loc-1", "ship", 1, "0000000b"),
            ("loc-1-b", "web", 1, "0000000c"),
        )
    ]
    for name in (*made, "loc-1-web.log", "loc-1-web-old.ndjson"):
        (tmp_path / name).touch()

    found = [file.name for file in log_files.files_of(tmp_path, location_id="loc-1")]

    assert found == [made[1], made[0]]
    assert log_files.files_of(tmp_path / "nowhere", location_id="loc-1") == []


def test_a_line_that_is_not_finished_is_left_for_later(tmp_path):
    file = a_file(tmp_path, b'{"a": 1}\n\n{"b": 2}\n{"c"')

    piece = log_files.read_piece(file, offset=0, most=10_000)

    assert [(line.offset, line.raw) for line in piece.lines] == [
        (0, b'{"a": 1}'),
        (10, b'{"b": 2}'),
    ]
    assert piece.next_offset == 19
    assert log_files.read_piece(file, offset=19, most=10_000).lines == []


@given(st.lists(st.binary(max_size=40).filter(lambda raw: not {10, 13} & set(raw)), max_size=30))
def test_every_line_is_read_once_whatever_the_pieces(tmp_path_factory, lines):
    file = a_file(tmp_path_factory.mktemp("lines"), b"".join(line + b"\n" for line in lines))
    found, offset, most = [], 0, 7
    log_files.MAX_LINE, kept = 50, log_files.MAX_LINE
    try:
        while (piece := log_files.read_piece(file, offset=offset, most=most)).next_offset > offset:
            found += [line.raw for line in piece.lines]
            offset = piece.next_offset
    finally:
        log_files.MAX_LINE = kept

    assert found == [line for line in lines if line]


def test_a_line_without_end_does_not_stop_the_rest(tmp_path):
    file = a_file(tmp_path, b"x" * (MAX_LINE + 10) + b"\n{}\n")

    first = log_files.read_piece(file, offset=0, most=10)
    second = log_files.read_piece(file, offset=first.next_offset, most=10)

    assert len(first.lines[0].raw) == MAX_LINE
    assert [line.raw for line in second.lines] == [b"x" * 10, b"{}"]


def test_a_cut_file_is_known_again(tmp_path):
    file = a_file(tmp_path, b"one line\n" * 100)
    mark = log_files.mark_of(file, offset=450)
    assert log_files.mark_of(file, offset=450) == mark

    file.write_bytes(b"another!\n" * 100)
    assert log_files.mark_of(file, offset=450) != mark
    file.write_bytes(b"")
    assert log_files.mark_of(file, offset=450) == b""


WRITER = """
import os, sys
from pathlib import Path
from audit.shipping import log_files
fd = log_files.open_new(Path(sys.argv[1]), location_id="loc1", process="web")
os.write(fd, b"{}\\n")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_file_is_finished_when_its_writer_is_gone_however_it_ended(tmp_path):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    )
    with writer:
        assert writer.stdout.readline() == b"held\n"
        [file] = log_files.files_of(tmp_path, location_id="loc1")
        assert not log_files.is_finished(file)
        assert not log_files.remove_finished(file)
        writer.kill()

    assert log_files.is_finished(file)
    assert log_files.remove_finished(file)
    assert log_files.files_of(tmp_path, location_id="loc1") == []
