"""Importing into Kibana, tried with a server that answers as Kibana's import does."""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy.kibana import upload
from deploy.kibana.dashboards import DASHBOARDS
from deploy.kibana.upload import NotImportedError
from tests.kibana import files


class Kibana(ThreadingHTTPServer):
    """Keeps what it is given, by type and id. `refuses`: ids that it will not take."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.objects: dict[tuple[str, str], dict] = {}
        self.imports = 0
        self.refuses: set[str] = set()
        self.password = ""
        self.starting = 0  # how often it says that it is not ready yet

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Kibana

    def do_GET(self) -> None:
        assert self.path == "/api/status"
        if self.server.password and self.server.password not in self.headers["Authorization"]:
            self.say(401, {})
            return
        self.server.starting -= 1
        level = "unavailable" if self.server.starting >= 0 else "available"
        self.say(200, {"status": {"overall": {"level": level}}})

    def do_POST(self) -> None:
        assert self.path == "/api/saved_objects/_import?overwrite=true"
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "kbn-xsrf" not in self.headers:
            self.say(400, {"message": "Request must contain a kbn-xsrf header."})
            return
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        (part,) = message_from_bytes(head + body).get_payload()
        assert part.get_filename().endswith(".ndjson")
        found = files.read(part.get_payload(decode=True).decode())
        errors = [saved["id"] for saved in found if saved["id"] in self.server.refuses]
        if not errors:
            self.server.imports += 1
            self.server.objects |= {(saved["type"], saved["id"]): saved for saved in found}
        self.say(200, {"success": not errors, "errors": errors})

    def say(self, status: int, answer: dict) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def kibana() -> Iterator[Kibana]:
    with Kibana() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_all_dashboards_are_imported_once_and_again(kibana: Kibana):
    first = upload.upload(kibana.address)
    second = upload.upload(kibana.address)

    assert first == second == sorted(f"{one.id}.ndjson" for one in DASHBOARDS)
    assert kibana.imports == 2 * len(DASHBOARDS)
    kept = {id for kind, id in kibana.objects if kind == "dashboard"}
    assert kept == {one.id for one in DASHBOARDS}


def test_a_kibana_that_starts_is_waited_for(kibana: Kibana, monkeypatch):
    monkeypatch.setattr(upload, "TRY_EVERY_S", 0.001)
    kibana.starting = 2

    assert upload.upload(kibana.address, wait_s=30) != []


def test_one_that_never_answers_is_given_up(kibana: Kibana, monkeypatch):
    monkeypatch.setattr(upload, "TRY_EVERY_S", 0.001)
    kibana.starting = 10_000

    with pytest.raises(NotImportedError, match="not ready"):
        upload.upload(kibana.address, wait_s=0.01)
    with pytest.raises(NotImportedError, match="refused"):
        upload.upload("http://127.0.0.1:1", wait_s=0.01)


def test_what_kibana_refuses_is_told(kibana: Kibana):
    kibana.refuses = {"sins-entries"}

    with pytest.raises(NotImportedError, match=r"sins-transactions\.ndjson: .*sins-entries"):
        upload.upload(kibana.address)


def test_it_logs_in(kibana: Kibana):
    kibana.password = "Basic ZWxhc3RpYzpzZWNyZXQ="  # elastic:secret

    with pytest.raises(NotImportedError, match="401"):
        upload.upload(kibana.address, login="elastic:wrong")
    assert upload.upload(kibana.address, login="elastic:secret")


def test_as_a_program_it_says_what_it_did(kibana: Kibana, monkeypatch, capsys):
    monkeypatch.setenv("KIBANA_URL", f"{kibana.address}/")

    assert upload.main() == 0
    assert capsys.readouterr().out.count("imported sins-") == len(DASHBOARDS)

    kibana.refuses = {"sins-sync"}
    assert upload.main() == 1
    assert "Not imported: sins-sync.ndjson" in capsys.readouterr().err
