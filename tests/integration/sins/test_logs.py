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


def requests_told(lines):
    return [line for line in map(json.loads, lines) if line["message"] == "http.request"]


def test_a_request_says_who_asked_what_and_how_it_ended(lines):
    uid = "0193a000-0000-7000-8000-000000000001"

    answer = Client().get(f"{LIST}{uid}/", headers={"X-Role": "service_agent"})

    [told] = requests_told(lines)
    assert told["http.response.status_code"] == answer.status_code == 404
    assert told["url.path"] == f"{LIST}{uid}/"
    assert told["sins.route"] == "api-item"
    assert (told["user.name"], told["user.roles"]) == ("service_agent", "service_agent")
    assert told["http.request.id"] == answer["X-Request-Id"]
    assert told["event.action"] == "http.request"


@pytest.mark.parametrize(
    "path",
    [
        f"/{CANARY}",
        f"/api/{CANARY}/",
        f"{LIST}{CANARY}/",
        f"/admin/{CANARY}/",
        f"/admin/entities/entity/{CANARY}/change/",
        f"/static/{CANARY}.css",
    ],
)
def test_a_path_that_somebody_made_up_is_not_repeated(lines, path):
    Client().get(path, headers={"X-Role": "service_provider"})

    assert requests_told(lines)
    assert CANARY not in "".join(lines)


def test_lines_of_libraries_come_without_what_they_were_given(lines):
    logging.getLogger("library").error("Bad header %s", CANARY, extra={"header": CANARY})

    [told] = map(json.loads, lines)
    assert told["message"] == "Bad header %s"
    assert CANARY not in "".join(lines)
