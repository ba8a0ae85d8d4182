"""A run that is withdrawn while a worker schedules it: nobody of it is left to be erased."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from customers.retention import runs
from entities import erasing
from events import sql
from tests.integration.customers.retention.ages import a_person, a_policy, act_at

pytestmark = pytest.mark.django_db(transaction=True)

SOMEBODY_WAITS_SQL = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


@pytest.fixture(autouse=True)
def audit_is_left_empty(transactional_db):
    """Django empties only the tables that it manages."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_entry")


def withdraw(run_id: int) -> None:
    try:
        runs.withdraw_run(act_at(), run_id=run_id, reason="The policy is wrong.")
    finally:
        connection.close()


def test_withdrawing_waits_for_the_batch_that_is_under_way_and_takes_it_back():
    uid = a_person("Kept", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=0)
    run_id = runs.preview_run(act_at()).run_id
    assert run_id is not None
    runs.approve_run(act_at(), run_id=run_id)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert runs.schedule_batch(act_at(), run_id=run_id) == 1
            withdrawing = pool.submit(withdraw, run_id)
            while not sql.fetch(SOMEBODY_WAITS_SQL)[0][0]:
                assert not withdrawing.done()
        withdrawing.result()

    assert erasing.awaited_erasure(uid) is None
