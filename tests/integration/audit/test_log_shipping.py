"""Log lines on their way to a real Elasticsearch: each once, whatever happens to the files."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch as Client

from audit.models import RefusedDocument, ShippedFile
from audit.shipping import documents, log_files, log_stream
from audit.shipping import shipper as shipping
from audit.shipping.state import shipping_state

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)


@pytest.fixture
def folder(settings, elasticsearch, tmp_path):
    settings.ELASTICSEARCH_HOST = [elasticsearch.address]
    settings.LOG_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def client(elasticsearch):
    with Client(elasticsearch.address) as client:
        yield client


@pytest.fixture
def shipper(folder, monkeypatch):
    monkeypatch.setattr(shipping, "SWEEP_EVERY_S", 0)
    worker = shipping.Shipper()
    worker._measuring._at_s = float("inf")
    yield worker
    worker.close()


@pytest.fixture
def held():
    """Says that somebody still writes a file."""
    locks = []

    def hold(file):
        locks.append(os.open(file, os.O_RDONLY))
        log_files.hold(locks[-1])

    yield hold
    for lock in locks:
        os.close(lock)


def ship(shipper):
    while shipper.step():
        pass


def a_line(number, *, at=NOW, **told) -> bytes:
    values = {
        "@timestamp": at.isoformat(),
        "message": "http.request",
        "log.level": "info",
        "labels.location": "loc1",
        "process.pid": number,
    }
    return json.dumps({**values, **told}).encode() + b"\n"


def a_file(folder: Path, *texts: bytes, process="web") -> Path:
    name = log_files.new_name(location_id="loc1", process=process, now=NOW, tag=os.urandom(4).hex())
    file = folder / name
    file.write_bytes(b"".join(texts))
    return file


def add(file: Path, *texts: bytes) -> None:
    with file.open("ab") as target:
        target.write(b"".join(texts))


def numbers(client) -> list[int]:
    client.indices.refresh(index="sins-logs-*", allow_no_indices=True)
    hits = client.search(index="sins-logs-*", size=10_000)["hits"]["hits"]
    return sorted(hit["_source"]["process.pid"] for hit in hits)


def test_lines_of_all_files_arrive_once(shipper, folder, client, held):
    web, worker = a_file(folder, a_line(1), a_line(2)), a_file(folder, a_line(3), process="ship")
    (folder / "loc2-web-20261121T222005123456-3f9a01bc.ndjson").write_bytes(a_line(99))
    held(worker)
    ship(shipper)
    add(web, a_line(4))
    add(worker, a_line(5)[:-1])
    ship(shipper)
    assert numbers(client) == [1, 2, 3, 4]

    add(worker, b"\n")
    ship(shipper)
    assert numbers(client) == [1, 2, 3, 4, 5]
    assert shipping_state().log_bytes_waiting == 0


def test_what_is_no_line_is_set_aside_and_the_rest_goes_on(shipper, folder, client):
    strange = (b"Traceback:\n", a_line(2, surname="x"), a_line(3, **{"process.pid": "x"}))
    file = a_file(folder, a_line(1), *strange, a_line(4), b'{"torn')

    ship(shipper)

    assert numbers(client) == [1, 4]
    refused = RefusedDocument.objects.order_by("id")
    assert [row.reason_code for row in refused] == [
        "no_json",
        "unknown key surname",
        "bad value of process.pid",
        "no_json",  # its writer is gone: nobody finishes that line
    ]
    assert bytes(refused[0].line) == b"Traceback:"
    assert refused[0].file == file.name


def test_a_file_that_is_cut_is_read_anew(shipper, folder, client):
    file = a_file(folder, a_line(1), a_line(2))
    ship(shipper)

    file.write_bytes(b"")
    ship(shipper)
    add(file, a_line(3))
    ship(shipper)
    file.write_bytes(a_line(4) + a_line(5) + a_line(6))
    ship(shipper)

    assert numbers(client) == [1, 2, 3, 4, 5, 6]


def test_a_file_that_somebody_removed_is_missed(shipper, folder, client, caplog, held):
    file = a_file(folder, a_line(1), b'{"unfin')
    held(file)
    ship(shipper)
    file.unlink()

    ship(shipper)

    assert "logs.file_lost" in caplog.text
    assert not ShippedFile.objects.exists()
    assert numbers(client) == [1]


def an_hour_old(file: Path, *, days: float = 0.05) -> None:
    at_s = time.time() - days * 86_400
    os.utime(file, (at_s, at_s))


def test_shipped_files_stay_for_their_days(shipper, folder, settings):
    settings.LOG_KEEP_DAYS = 3
    old, recent = a_file(folder, a_line(1)), a_file(folder, a_line(2))
    an_hour_old(old, days=4)
    an_hour_old(recent)

    ship(shipper)
    ship(shipper)

    assert log_files.files_of(folder, location_id="loc1") == [recent]
    assert [row.name for row in ShippedFile.objects.all()] == [recent.name]


def test_when_room_is_scarce_shipped_files_go_first_and_others_stay(
    shipper, folder, settings, elasticsearch, caplog, held
):
    caplog.set_level("INFO")
    settings.LOG_DIR_MAX_MB = 0.01
    lines = [a_line(number) for number in range(20)]
    shipped, written = a_file(folder, *lines), a_file(folder, *lines)
    held(written)
    ship(shipper)
    elasticsearch.stop()
    waiting = [a_file(folder, *lines) for _ in range(4)]
    for file in (shipped, written, *waiting):
        an_hour_old(file)

    shipper.step()

    left = log_files.files_of(folder, location_id="loc1")
    assert set(left) == {written, *waiting}
    assert "logs.filling" in caplog.text


def test_lines_past_their_age_are_passed_over(shipper, folder, client):
    a_file(folder, a_line(1, at=NOW - timedelta(days=200)), a_line(2))

    ship(shipper)

    assert numbers(client) == [2]


def test_without_a_folder_there_is_nothing_to_ship(settings):
    settings.LOG_DIR = ""

    assert log_stream.LogStream().take(most=1, most_bytes=1, now=NOW) is None
    assert (log_stream.waiting_bytes(), log_stream.folder_bytes()) == (0, 0)


def test_the_shipper_measures_how_the_locations_stand(folder, caplog):
    caplog.set_level("INFO")
    worker = shipping.Shipper()

    worker.step()
    worker.close()

    [line] = [each for each in caplog.records if each.getMessage() == "sync.measured"]
    told = {key: value for key, value in line.__dict__.items() if key in documents.LOG_KEYS}
    assert told["labels.peer"] == "loc1"
    assert told["sins.unshipped"] == told["sins.lag_events"] == 0
