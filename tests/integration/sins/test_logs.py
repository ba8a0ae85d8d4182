"""What a request leaves in the log: enough to find a bug, and nothing that anybody typed."""

import json
import logging

import pytest
from django.test import Client

from customers import queries
from sins.logs import EcsFormatter

pytestmark = pytest.mark.django_db

LIST = "/api/customers/items/"
CANARY = "Kanarienvogel"


@pytest.fixture
def lines():
    """What is logged, as the bytes that leave the process."""
    written = []

    class Handler(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    handler = Handler()
    handler.setFormatter(EcsFormatter("loc1"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield written
    root.setLevel(before)
    root.removeHandler(handler)


def test_a_bug_is_a_500_and_leaves_its_trace_without_values(lines, monkeypatch):
    monkeypatch.setattr(queries, "list_customers", lambda **kwargs: {}[CANARY])
    client = Client(raise_request_exception=False)

    answer = client.get(LIST, headers={"X-Role": "service_agent"})

    assert answer.status_code == 500
    [failed] = [line for line in map(json.loads, lines) if line["message"] == "http.failed"]
    assert failed["error.type"] == "KeyError"
    assert "customers/api/views.py" in failed["error.stack_trace"]
    assert failed["http.request.id"] == answer["X-Request-Id"]
    assert CANARY not in "".join(lines)


@pytest.mark.parametrize("headers", [{}, {"X-Role": "king"}, {"Host": "elsewhere.example"}])
@pytest.mark.parametrize("path", ["/", "/nowhere", f"{LIST}search/", f"{LIST}x/y"])
def test_no_line_repeats_what_was_searched_for(lines, path, headers):
    Client().get(path, {"q": CANARY}, headers=headers)

    assert any("http.request" in line for line in lines)
    assert CANARY not in "".join(lines)
