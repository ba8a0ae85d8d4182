"""While a restored location catches up it shows nothing of people, and says why."""

import pytest
from django.test import Client

from events import restoring
from events.commands import wall_us

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed() -> None:
    restoring.begin(now_us=wall_us())


def ask(path: str, method: str = "GET"):
    return Client().generic(
        method, path, "{}", content_type="application/json", headers={"X-Role": "service_provider"}
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/customers/items/"),
        ("POST", "/api/customers/items/"),
        ("GET", "/api/customers/items/search/?q=x"),
        ("GET", "/api/v1/entities"),
    ],
)
def test_the_api_says_so_and_when_to_come_back(closed, method, path):
    answer = ask(path, method)

    assert answer.status_code == 503
    assert answer.json()["code"] == "restoring"
    assert "restored from a backup" in answer.json()["detail"]
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/", "/transactions", "/admin/"])
def test_pages_say_so(closed, path):
    answer = ask(path)

    assert answer.status_code == 503
    assert b"This location was restored from a backup" in answer.content


def test_health_figures_and_the_state_of_the_locations_are_told(closed):
    ready = ask("/readyz")

    assert ready.status_code == 503
    assert "restoring" in ready.json()["status"]
    assert ask("/livez").status_code == 200
    assert ask("/api/v1/sync").status_code == 200
    assert b"Restoring" in ask("/sync-pill").content
    assert b'sins_restoring{location="loc1"} 1.0' in ask("/metrics").content


def test_afterwards_everything_is_open(closed):
    restoring.open_anyway()

    assert ask("/readyz").status_code == 200
    assert ask("/api/customers/items/").status_code == 200
    assert b'sins_restoring{location="loc1"} 0.0' in ask("/metrics").content
