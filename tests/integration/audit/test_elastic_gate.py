"""TLS, API keys and a cluster that has enough: a gate before the real Elasticsearch."""

import http.client
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from elasticsearch import Elasticsearch as Client

from audit.models import RefusedDocument
from audit.shipping import shipper as shipping
from audit.shipping.documents import Document
from audit.shipping.elastic import Elastic, ElasticAwayError, TooMuchError
from audit.shipping.state import shipping_state
from tests.integration.audit.test_shipping import entries

KEY = "c2luczprZXk="
BULK = "/_bulk"


@dataclass
class Gate:
    """Lets through who has the key; to bulks it says first what `says` holds, a status each."""

    address: str
    authority: Path
    says: list[int] = field(default_factory=list)
    most_bytes: int = 10**9


def certificate(folder: Path) -> Path:
    """Of a name, signed by itself; key and certificate in one file."""
    file = folder / "gate.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = [*words, *names, "-keyout", str(file), "-out", str(folder / "certificate.pem")]
    subprocess.run(made, check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "certificate.pem").read_text())
    return file


@pytest.fixture
def gate(elasticsearch, tmp_path) -> Iterator[Gate]:
    found = Gate("", tmp_path / "certificate.pem")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            is_bulk = self.path.startswith(BULK)
            if self.headers["Authorization"] != f"ApiKey {KEY}":
                self.say(401, b'{"error": {"type": "security_exception"}}')
            elif is_bulk and found.says:
                self.say(found.says.pop(0), b'{"error": {"type": "es_rejected_execution"}}')
            elif is_bulk and len(body) > found.most_bytes:
                self.say(413, b"{}")
            else:
                self.say(*self.passed_on(body))

        def passed_on(self, body: bytes) -> tuple[int, bytes]:
            connection = http.client.HTTPConnection(elasticsearch.address.removeprefix("http://"))
            wanted = {"content-type", "accept"}
            headers = {name: text for name, text in self.headers.items() if name.lower() in wanted}
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            answer = response.status, response.read()
            connection.close()
            return answer

        def say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *words: Any) -> None:
            """Nobody reads it."""

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer  # noqa: N815 - http.server asks so

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.address = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def through(gate, settings) -> Gate:
    settings.ELASTICSEARCH_HOST = [gate.address]
    settings.ELASTICSEARCH_API_KEY = KEY
    settings.ELASTICSEARCH_CA_FILE = str(gate.authority)
    return gate


@pytest.fixture
def elastic(through):
    client = Elastic()
    yield client
    client.close()


def a_document(number: int, **told: Any) -> Document:
    source = {"@timestamp": datetime.now(UTC).isoformat(), "sins.seq": number, **told}
    return Document("sins-audit-2026.11", f"document-{number}", source)


def test_the_key_opens_and_the_authority_is_believed(elastic, elasticsearch):
    elastic.prepare()

    sent = elastic.send([a_document(1)])

    assert (sent.refused, sent.later) == ([], [])
    assert elastic.indices("sins-audit") == ["sins-audit-2026.11"]


def test_a_wrong_key_is_told_as_what_it_is(through, settings):
    settings.ELASTICSEARCH_API_KEY = "d3Jvbmc6a2V5"

    with pytest.raises(ElasticAwayError, match=r"security_exception \(401\)"):
        Elastic().prepare()


def test_somebody_elses_certificate_is_not_believed(through, settings):
    settings.ELASTICSEARCH_CA_FILE = ""

    with pytest.raises(ElasticAwayError, match=r"TlsError|ConnectionError"):
        Elastic().prepare()


def test_an_authority_that_is_not_there_is_named(through, settings):
    settings.ELASTICSEARCH_CA_FILE = "/nowhere/ca.pem"

    with pytest.raises(ImproperlyConfigured, match="ELASTICSEARCH_CA_FILE"):
        Elastic()


@pytest.mark.parametrize("status", [429, 502, 503])
def test_who_has_enough_is_asked_again_later(elastic, through, status):
    through.says.append(status)

    with pytest.raises(ElasticAwayError):
        elastic.send([a_document(1)])


def test_who_wants_less_gets_less(elastic, through):
    through.most_bytes = 10

    with pytest.raises(TooMuchError):
        elastic.send([a_document(1)])


@pytest.mark.django_db
@pytest.mark.parametrize("says", [[429] * 3, [503, 429, 502], []])
def test_the_shipper_gets_everything_through(through, elasticsearch, monkeypatch, says):
    monkeypatch.setattr(shipping, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(shipping, "LONGEST_RETRY_S", 0.01)
    through.says, through.most_bytes = says, 3000
    made = entries(40)
    shipper = shipping.Shipper()

    for _ in range(100_000):
        shipper.step()
        if not shipping_state().unshipped:
            break
    shipper.close()

    with Client(elasticsearch.address) as client:
        client.indices.refresh(index="sins-audit-*")
        hits = client.search(index="sins-audit-*", size=100, source=False)["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {str(uid) for uid in made}


@pytest.mark.django_db
def test_one_document_that_is_too_large_alone_is_set_aside(through, monkeypatch):
    monkeypatch.setattr(shipping, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(shipping, "LONGEST_RETRY_S", 0.01)
    through.most_bytes = 3000
    entries(2)
    entries(1, codes=[f"CODE_{number}" for number in range(1000)])
    entries(2)
    shipper = shipping.Shipper()

    for _ in range(100_000):
        shipper.step()
        if not shipping_state().unshipped:
            break
    shipper.close()

    [refused] = RefusedDocument.objects.all()
    assert (refused.seq, refused.reason_code) == (3, "too_large")


@pytest.mark.parametrize("kind", ["index_closed_exception", "validation_exception"])
def test_what_is_wrong_with_the_index_is_not_held_against_a_document(kind, monkeypatch):
    said = {"errors": True, "items": [{"create": {"status": 400, "error": {"type": kind}}}]}
    monkeypatch.setattr(Client, "bulk", lambda self, **asked: said)

    sent = Elastic(["http://127.0.0.1:1"]).send([Document("sins-audit-2026.11", "1", {})])

    assert (sent.refused, len(sent.later)) == ([], 1)
