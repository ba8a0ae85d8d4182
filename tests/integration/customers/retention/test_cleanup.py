"""The worker and its command: from who is due to who is erased."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.cleaning import Cleaner
from customers.models import Customer, RetentionRun
from customers.retention import progress, runs
from tests.integration.customers.retention.ages import a_person, a_policy, act_at

pytestmark = pytest.mark.django_db


def cleanup(*arguments: str) -> str:
    said = StringIO()
    call_command("cleanup_customers", *arguments, stdout=said)
    return said.getvalue()


def states() -> list[str]:
    return list(Customer.objects.order_by("created_hlc").values_list("state", flat=True))


def test_a_policy_without_approval_needs_nobody():
    a_person("Due", days_ago=200)
    a_policy(DAYS=100, DELAY_DAYS=0, APPROVAL=False)

    said = cleanup()

    assert "1 due by policy were looked at." in said
    assert "1 were erased." in said
    assert states() == ["erased"]
    assert RetentionRun.objects.get().approved_by == "cleanup_customers"
    assert "0 were erased." in cleanup()


def test_a_policy_with_approval_waits_for_it():
    a_person("Due", days_ago=200)
    a_policy(DAYS=100, DELAY_DAYS=0)

    assert "1 wait for an approval" in cleanup()
    assert states() == ["listed"]

    run_id = runs.preview_run(act_at()).run_id
    assert run_id is not None
    runs.approve_run(act_at(), run_id=run_id)

    assert "1 were erased." in cleanup()
    assert progress.get_run(run_id).erased == 1


def test_a_dry_run_counts_and_writes_nothing():
    a_person("Due", days_ago=200)
    a_policy(DAYS=100, DELAY_DAYS=0, APPROVAL=False)

    assert "1 due by policy would be scheduled here" in cleanup("--dry-run")
    assert states() == ["listed"]
    assert not RetentionRun.objects.exists()


def test_only_the_policy_that_is_named():
    a_person("Due", days_ago=200)
    a_policy("ONE", DAYS=100, DELAY_DAYS=0, APPROVAL=False)
    a_policy("OTHER", DAYS=3_000, DELAY_DAYS=0, APPROVAL=False)

    assert "0 were erased." in cleanup("--policy", "other")
    with pytest.raises(CommandError, match="no policy NONE"):
        cleanup("--policy", "NONE")
    with pytest.raises(CommandError, match="leave the others out"):
        cleanup("--loop", "--policy", "ONE")


def test_the_worker_does_all_of_it_and_then_rests():
    for number in range(3):
        a_person(f"Due{number}", days_ago=200)
    a_person("Stays", days_ago=50)
    a_policy(DAYS=100, DELAY_DAYS=0, APPROVAL=False)
    worker = Cleaner(lambda: act_at(days_ago=-1))

    steps = 0
    while worker.step():
        steps += 1

    assert 0 < steps < 5
    assert worker.erased == 3
    assert states() == ["erased", "erased", "erased", "listed"]


def test_missed_days_are_caught_up():
    a_person("Due", days_ago=900)
    a_policy(DAYS=100, DELAY_DAYS=0, APPROVAL=False)

    runs.start_runs(act_at())

    assert RetentionRun.objects.get().items.count() == 1
