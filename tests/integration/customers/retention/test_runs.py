"""Runs: preview, approval, scheduling by several workers, and who stays after all."""

import pytest
from django.db import transaction

from audit.models import AuditEntry
from customers import services
from customers.models import Customer, RetentionItem
from customers.retention import policies, progress, runs
from customers.retention.due import list_due
from entities import erasing, executing, holding
from entities.refusals import NotFound
from events import in_flight
from events.models import LoggedEvent
from tests.builders import an_event
from tests.integration.customers.merged import merge
from tests.integration.customers.retention.ages import (
    a_person,
    a_policy,
    act_at,
    ago_us,
    change,
    due_names,
)
from tests.integration.entities.rows import receive

pytestmark = pytest.mark.django_db


def previewed(**asked) -> int:
    run_id = runs.preview_run(act_at(), **asked).run_id
    assert run_id is not None
    return run_id


def approved(**asked) -> int:
    run_id = previewed(**asked)
    runs.approve_run(act_at(), run_id=run_id)
    return run_id


def scheduled(run_id: int, *, limit: int = 1_000, days_ago: float = 0) -> int:
    done = 0
    while count := runs.schedule_batch(act_at(days_ago=days_ago), run_id=run_id, limit=limit):
        done += count
    return done


def outcomes(run_id: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    names = dict(Customer.objects.values_list("entity_uid", "display_name"))
    for item in RetentionItem.objects.filter(run_id=run_id).order_by("due_us"):
        found.setdefault(item.outcome, []).append(names[item.entity_uid] or "erased")
    return found


def from_elsewhere(surname: str, *, days_ago: float) -> None:
    born = {"type": "entity.created.v1", "entity_type": "PERSON"}
    details = {"SURNAME": surname}
    receive([an_event(at=ago_us(days_ago), origin="loc2/1", details=details, **born)])


def test_a_preview_keeps_who_is_due_here_and_counts_the_others():
    a_person("Due", days_ago=120)
    held = a_person("Held", days_ago=110)
    holding.place_hold(act_at(), entity_uid=held, reason="A court file.")
    from_elsewhere("There", days_ago=130)
    a_policy(DAYS=100)

    found = runs.preview_run(act_at())

    assert (found.due, found.held, found.elsewhere) == (1, 1, 1)
    assert outcomes(found.run_id or 0) == {"due": ["Due"], "held": ["Held"]}
    assert progress.get_run(found.run_id or 0).state == "previewed"
    assert AuditEntry.objects.filter(action="retention_run.previewed").count() == 1


def test_a_preview_keeps_nobody_from_placing_a_hold():
    a_person("Due", days_ago=120)
    a_policy(DAYS=100)

    with transaction.atomic():
        runs.preview_run(act_at())

        assert in_flight.count() == 0  # holds announce themselves under a lock of their own


def test_a_dry_run_says_the_same_and_keeps_nothing():
    a_person("Due", days_ago=120)
    a_policy(DAYS=100)
    before = AuditEntry.objects.count()

    found = runs.preview_run(act_at(), is_dry_run=True)

    assert (found.due, found.run_id) == (1, None)
    assert runs.preview_run(act_at(), is_dry_run=True, until_us=ago_us(30)).due == 0
    assert not RetentionItem.objects.exists()
    assert AuditEntry.objects.count() == before


def test_nobody_due_is_no_run():
    a_policy(DAYS=100)

    with pytest.raises(runs.NobodyDue):
        runs.preview_run(act_at())
    with pytest.raises(NotFound):
        runs.preview_run(act_at(), policy_code="NONE")


def test_a_preview_replaces_the_one_that_nobody_approved():
    a_person("Due", days_ago=120)
    a_policy(DAYS=100)
    first = previewed()
    kept = approved()
    a_person("Due too", days_ago=120)

    second, third = previewed(), previewed()

    assert {first, second}.isdisjoint(RetentionItem.objects.values_list("run_id", flat=True))
    assert outcomes(kept) == {"due": ["Due"]}
    assert outcomes(third) == {"due": ["Due too"]}


def test_who_is_due_only_by_another_policy_is_not_erased_unapproved():
    a_person("Anybody", days_ago=120)
    a_policy("APPROVED", DAYS=100)
    a_policy("OTHER", BASIS="created", DAYS=110)
    run_id = approved(policy_code="APPROVED")
    policies.retire_policy(act_at(), code="APPROVED")

    scheduled(run_id)

    assert outcomes(run_id) == {"no_longer_due": ["Anybody"]}


def test_nothing_is_scheduled_before_it_is_approved_and_then_all_of_it():
    uids = {a_person(f"P{number}", days_ago=120 + number) for number in range(7)}
    a_policy(DAYS=100, DELAY_DAYS=7)
    run_id = previewed()
    assert runs.open_runs() == []

    runs.approve_run(act_at(), run_id=run_id)
    assert runs.open_runs() == [run_id]
    assert scheduled(run_id, limit=3) == 7

    awaited = {uid: erasing.awaited_erasure(uid) for uid in uids}
    assert {one.execute_after_us for one in awaited.values() if one} == {ago_us(-7)}
    assert runs.open_runs() == []
    assert progress.get_run(run_id).state == "waiting"
    assert runs.preview_run(act_at(), is_dry_run=True).due == 0


def test_who_changed_or_is_held_since_the_preview_is_left_out():
    changed, held = a_person("Changed", days_ago=130), a_person("Held", days_ago=120)
    a_person("Due", days_ago=110)
    a_policy(DAYS=100)
    run_id = approved()
    change(changed, days_ago=0)
    holding.place_hold(act_at(), entity_uid=held, reason="A court file.")

    scheduled(run_id)

    assert outcomes(run_id) == {
        "no_longer_due": ["Changed, since 0"],
        "held": ["Held"],
        "scheduled": ["Due"],
    }


def test_a_hold_on_a_merged_record_keeps_the_survivor():
    loser, survivor = a_person("Loser", days_ago=300), a_person("Survivor", days_ago=300)
    holding.place_hold(act_at(), entity_uid=loser, reason="A court file.")
    merge(loser, survivor)
    a_policy(BASIS="created", DAYS=100)

    assert runs.preview_run(act_at(), is_dry_run=True).held == 1


def test_all_records_of_one_person_leave_together():
    loser, survivor = a_person("Loser", days_ago=300), a_person("Survivor", days_ago=300)
    merge(loser, survivor)
    a_policy(BASIS="created", DAYS=100, DELAY_DAYS=0)
    run_id = approved()

    scheduled(run_id)
    executing.execute_due(lambda: act_at(days_ago=-1))

    states = Customer.objects.filter(pk__in=(loser, survivor)).values_list("state", flat=True)
    assert set(states) == {"erased"}
    assert progress.get_run(run_id).erased == 1


def test_an_approved_run_ends_in_a_proof():
    a_person("Due", days_ago=110)
    a_person("Due too", days_ago=111)
    a_policy(DAYS=100, DELAY_DAYS=2)
    run_id = approved()
    scheduled(run_id)

    executing.execute_due(lambda: act_at(days_ago=-1))
    assert progress.get_run(run_id).state == "waiting"
    executing.execute_due(lambda: act_at(days_ago=-3))

    found = progress.get_run(run_id)
    assert (found.state, found.erased, found.scheduled) == ("erased", 2, 2)
    assert LoggedEvent.objects.filter(type="entity.erased.v1").count() == 2
    assert progress.proof_of(run_id) != progress.proof_of(0)
    assert due_names() == []


def test_who_is_changed_while_scheduled_stays():
    uid = a_person("Kept", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=7)
    run_id = approved()
    scheduled(run_id)
    change(uid, days_ago=-1)

    assert runs.spare_changed(lambda: act_at(days_ago=-6)) == 0
    assert runs.spare_changed(lambda: act_at(days_ago=-8)) == 1
    executing.execute_due(lambda: act_at(days_ago=-8))

    assert erasing.awaited_erasure(uid) is None
    assert Customer.objects.get(pk=uid).state == "listed"
    assert outcomes(run_id) == {"no_longer_due": ["Kept, since -1"]}


def test_who_is_changed_is_found_behind_many_who_are_not():
    uids = sorted(a_person(f"P{number}", days_ago=110 + number) for number in range(5))
    a_policy(DAYS=100, DELAY_DAYS=7)
    scheduled(approved())
    change(uids[-1], days_ago=-1)

    assert runs.spare_changed(lambda: act_at(days_ago=-8), limit=2) == 1
    assert erasing.awaited_erasure(uids[-1]) is None
    assert erasing.awaited_erasure(uids[0]) is not None


def test_what_somebody_asked_for_meanwhile_is_not_taken_back():
    uid = a_person("Asked", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=7)
    run_id = approved()
    scheduled(run_id)
    erasing.request_erasure(act_at(days_ago=-1), entity_uid=uid, basis="subject_request")

    assert runs.spare_changed(lambda: act_at(days_ago=-8)) == 0
    with pytest.raises(runs.NotOpen):
        runs.withdraw_run(act_at(days_ago=-8), run_id=run_id, reason="The policy is wrong.")

    awaited = erasing.awaited_erasure(uid)
    assert awaited is not None
    assert awaited.basis == "subject_request"


def test_a_retired_policy_spares_whoever_it_had_scheduled():
    uid = a_person("Kept", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=7)
    scheduled(approved())
    policies.retire_policy(act_at(), code="STANDARD")

    assert runs.spare_changed(lambda: act_at(days_ago=-8)) == 1
    assert erasing.awaited_erasure(uid) is None


def test_a_withdrawn_run_erases_nobody():
    a_person("Kept", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=0)
    run_id = approved()
    scheduled(run_id)

    runs.withdraw_run(act_at(), run_id=run_id, reason="The policy is wrong.")
    executing.execute_due(lambda: act_at(days_ago=-1))

    assert progress.get_run(run_id).state == "withdrawn"
    assert Customer.objects.get().state == "listed"
    with pytest.raises(runs.NotOpen):
        runs.withdraw_run(act_at(), run_id=run_id, reason="Again.")
    with pytest.raises(runs.NotOpen):
        runs.approve_run(act_at(), run_id=run_id)


def test_nobody_of_a_withdrawn_run_is_scheduled_any_more():
    uids = [a_person(f"Kept{number}", days_ago=110) for number in range(2)]
    a_policy(DAYS=100, DELAY_DAYS=0)
    run_id = approved()
    assert runs.schedule_batch(act_at(), run_id=run_id, limit=1) == 1

    runs.withdraw_run(act_at(), run_id=run_id, reason="The policy is wrong.")

    assert runs.schedule_batch(act_at(), run_id=run_id, limit=1) == 0
    assert [erasing.awaited_erasure(uid) for uid in uids] == [None, None]


def test_what_is_erased_cannot_be_withdrawn():
    a_person("Gone", days_ago=110)
    a_policy(DAYS=100, DELAY_DAYS=0)
    run_id = approved()
    scheduled(run_id)
    executing.execute_due(lambda: act_at(days_ago=-1))

    with pytest.raises(runs.NotOpen):
        runs.withdraw_run(act_at(), run_id=run_id, reason="Too late.")


def test_the_erasure_somebody_asked_for_is_on_the_list_too():
    uid = a_person("Asked", days_ago=1)
    services.create_customer(act_at(), values={"surname": "Stays"})
    erasing.schedule_erasures(
        act_at(), entity_uids=[uid], execute_after_us=ago_us(-3), basis="subject_request"
    )

    rows = list_due([], until_us=ago_us(-30), limit=10)

    assert [(row.entity_uid, row.policy, row.basis) for row in rows] == [
        (uid, None, "subject_request")
    ]
    assert rows[0].due_us == rows[0].execute_after_us == ago_us(-3)
