"""The edge of every request: role, address, request id, and what is noted of a refusal."""

import uuid

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from audit.models import AuditEntry

pytestmark = pytest.mark.django_db

LIST = "/api/customers/items/"


def test_an_unknown_role_is_told_the_known_ones_and_noted() -> None:
    answer = Client().get(LIST, headers={"X-Role": "king"})

    assert answer.status_code == 400
    assert "service_agent" in answer.json()["detail"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome) == ("access.refused", "refused")


def test_a_repeated_role_header_is_no_role() -> None:
    assert Client().get(LIST, headers={"X-Role": "customer,service_agent"}).status_code == 400


@pytest.mark.parametrize(
    ("proxies", "noted"), [(0, "127.0.0.0/24"), (1, "192.0.2.0/24"), (3, "127.0.0.0/24")]
)
def test_the_address_is_what_our_own_proxy_saw(settings, proxies: int, noted: str) -> None:
    settings.NUM_PROXIES = proxies

    Client().get(LIST, headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"})

    assert AuditEntry.objects.get().address == noted


def test_a_request_keeps_the_id_its_caller_gave_it() -> None:
    asked = str(uuid.uuid4())

    assert Client().get(LIST, headers={"X-Request-Id": asked}).headers["X-Request-Id"] == asked
    assert Client().get(LIST, headers={"X-Request-Id": "x"}).headers["X-Request-Id"] != "x"


@pytest.mark.parametrize("path", ["/", LIST])
def test_head_says_the_length_of_a_body_and_sends_none(path: str) -> None:
    sent: dict[str, str] = {}
    environ = RequestFactory().head(path).environ | {"HTTP_X_ROLE": "service_agent"}

    body = WSGIHandler()(environ, lambda status, headers: sent.update(headers))

    assert (b"".join(body), int(sent["Content-Length"]) > 0) == (b"", True)


@pytest.mark.parametrize("path", ["/livez", "/readyz/", "/metrics"])
def test_health_answers_with_and_without_its_slash(path: str) -> None:
    assert Client().get(path).status_code == 200


def test_an_unknown_page_is_in_style_and_shows_no_debugging() -> None:
    answer = Client().get("/nowhere", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert b"There is no page at this address" in answer.content
    assert b"urlconf" not in answer.content.lower()


def test_whoever_is_refused_a_page_can_choose_another_role() -> None:
    answer = Client().get("/customers/new", headers={"Accept": "text/html"})

    assert answer.status_code == 403
    assert b'name="role"' in answer.content
    assert b"/login" in answer.content
