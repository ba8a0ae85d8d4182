"""What the pages of one customer say about its last change."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from customers.models import Customer
from events.clock import us_of
from tests.integration.customers.registry import a_customer

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2001, 2, 3, tzinfo=UTC)


def test_who_where_and_when_of_the_last_change_are_of_one_event():
    made = a_customer(surname="Kanarienvogel")
    Customer.objects.update(location_id="loc9", updated_hlc=us_of(LONG_AGO))

    page = Client(headers={"X-Role": "service_agent"}).get(f"/customers/{made['id']}")

    [line] = re.findall(r"Last changed by .*?</span>", page.content.decode(), re.DOTALL)
    assert "loc1" in line
    assert "loc9" not in line
    assert "2001" not in line


def test_the_form_says_at_once_that_a_date_is_none():
    client = Client(headers={"X-Role": "service_agent", "HX-Request": "true"})

    part = client.post("/customers/similar", {"surname": "Spatz", "dob": "31.02.1979"})

    assert 'id="hint-dob" hx-swap-oob="true"' in part.content.decode()
    assert "February 1979 has 28 days" in part.content.decode()


def test_who_asks_too_often_reads_one_sentence(settings):
    settings.CHECKS_PER_SUBJECT = 2
    asked = {"by": "name", "surname": "Spatz", "name": "Rita", "dob": "1 Feb 1979"}
    client = Client(headers={"X-Role": "customer"})

    for _ in range(2):
        client.post("/check", asked)
    refused = client.post("/check", asked)

    page = refused.content.decode()
    assert refused.status_code == 429
    assert "You have asked as often as is answered: 2 questions an hour about one" in page
    assert "needs your attention" not in page
    assert "You can ask" not in page


def test_a_birth_date_can_be_typed_as_the_form_shows_it():
    page = Client(headers={"X-Role": "customer"}).get("/check").content.decode()

    assert 'placeholder="31 Dec 1980"' in page
    assert "inputmode" not in page
