"""Elasticsearch's address is chosen once, and only a node that can be searched counts as ready."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.local import elasticsearch, java_service, ports
from deploy.local.console import NotPossibleError
from deploy.local.elasticsearch import Elasticsearch


@contextmanager
def somebody_who_says(body: bytes) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Nobody reads it."""

    with HTTPServer((ports.HOST, 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_the_address_is_kept_over_restart_and_wipe(tmp_path: Path):
    before = Elasticsearch(tmp_path).address

    node = Elasticsearch(tmp_path)
    node.data.mkdir()
    node.wipe()

    assert node.address == before
    assert not node.data.exists()


@pytest.mark.parametrize("status", [b"green", b"yellow"])
def test_a_node_whose_indices_are_open_is_ready(status: bytes):
    with somebody_who_says(b'{"status": "%s"}' % status) as port:
        assert elasticsearch.answers(port)


@pytest.mark.parametrize("body", [b'{"status": "red"}', b'{"error": {}}', b"[]", b"<html>", b""])
def test_whoever_cannot_be_searched_is_not_ready(body: bytes):
    with somebody_who_says(body) as port:
        assert not elasticsearch.answers(port)


def test_nobody_is_not_ready():
    assert not elasticsearch.answers(ports.free_port())


def test_without_maven_the_sentence_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "")

    with pytest.raises(NotPossibleError, match=r"Maven \(mvn\) is missing; it downloads Elastic"):
        Elasticsearch(tmp_path / "home").start()


def test_without_java_the_sentence_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(java_service.Download, "fetch", lambda download: download.folder)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(NotPossibleError, match="Java is missing; Elasticsearch runs on it"):
        Elasticsearch(tmp_path).start()
