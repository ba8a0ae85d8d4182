"""Many writers at once: nobody gets a 500, and nothing happens twice."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse

from customers.models import Customer
from entities.models import EntityVersion
from events.models import LoggedEvent
from tests.integration.customers.registry import a_customer, agent

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


@pytest.fixture(autouse=True)
def audit_is_left_empty(transactional_db):
    """Django empties only the tables that it manages."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


def all_at_once(write: Callable[[int], HttpResponse]) -> Counter[int]:
    """How often each status was answered."""

    def one(number: int) -> int:
        try:
            return write(number).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return Counter(pool.map(one, range(WRITERS)))


def test_parallel_changes_all_stand():
    uid = a_customer(surname="Parallel")["id"]

    statuses = all_at_once(lambda n: agent("PATCH", f"items/{uid}/", {"name": f"n{n}"}))

    assert statuses == {200: WRITERS}
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1 + WRITERS
    assert EntityVersion.objects.filter(entity_uid=uid, is_current=True).count() == 1


def test_one_document_number_is_listed_once():
    number = uuid4().hex

    statuses = all_at_once(
        lambda n: agent("POST", "items/", {"surname": f"s{n}", "document_number": number})
    )

    assert statuses == {201: 1, 409: WRITERS - 1}
    assert Customer.objects.filter(document_number=number).count() == 1


def test_one_key_makes_one_customer():
    headers = {"Idempotency-Key": str(uuid4())}

    statuses = all_at_once(lambda _: agent("POST", "items/", {"surname": "Once"}, headers=headers))

    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert Customer.objects.count() == 1


def test_one_deletion_deletes():
    uid = a_customer(surname="Gone")["id"]

    statuses = all_at_once(lambda _: agent("DELETE", f"items/{uid}/"))

    assert statuses == {204: 1, 404: WRITERS - 1}
