"""cleanup_customers and verify_erasure: what they do and say, and how they end."""

import io
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from customers import cleaning
from customers.cleaning import Cleaner
from entities import erasing, holding
from events import sql
from events.models import LoggedEvent
from tests.integration.customers.registry import a_customer
from tests.integration.erasure.worlds import an_act, hear, seal_all

pytestmark = pytest.mark.django_db


def a_person(surname: str = "Leaving") -> UUID:
    return UUID(a_customer(surname=surname)["id"])


def request(uid: UUID) -> None:
    erasing.request_erasure(an_act(), entity_uid=uid, basis="subject_request")


def run(name: str, *words: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command(name, *words, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def test_a_dry_run_counts_and_erases_nobody():
    request(a_person())
    held = a_person("Held")
    erasing.schedule_erasures(
        an_act(), entity_uids=[held], execute_after_us=an_act().now_us, basis="retention"
    )

    said, code = run("cleanup_customers", "--dry-run")

    assert (said.splitlines()[1:], code) == (["2 would be erased."], 0)
    assert not LoggedEvent.objects.filter(type="entity.erased.v1").exists()


def test_it_erases_and_says_who_waits():
    request(a_person())
    seal_all()
    hear("loc2")
    late = a_person("Late")
    request(late)

    said, _ = run("cleanup_customers")

    assert said.splitlines()[1:] == ["1 were erased.", "1 wait for an answer of loc2."]
    assert AuditEntry.objects.filter(action="entity.erased").count() == 1


def test_an_erasure_goes_on_when_the_hold_is_lifted():
    uid = a_person()
    plan = an_act().now_us + 300_000
    erasing.schedule_erasures(an_act(), entity_uids=[uid], execute_after_us=plan, basis="retention")
    hold_id = holding.place_hold(an_act(), entity_uid=uid, reason="A claim")
    worker = Cleaner(lambda: an_act(at_us=plan + 1))

    assert worker.step() is False
    holding.lift_hold(an_act(), entity_uid=uid, hold_id=hold_id, reason="Settled")
    assert worker.step() is True
    assert worker.step() is False
    assert worker.erased == 1


def test_verify_tells_how_an_erasure_stands():
    uid = a_person()
    assert run("verify_erasure", str(uid)) == (
        f"{uid} was not erased, and no erasure is scheduled.\n",
        3,
    )
    seal_all()
    hear("loc2")
    request(uid)
    assert run("verify_erasure", str(uid))[1] == 3
    seal_all()
    hear("loc2")
    run("cleanup_customers")

    said, code = run("verify_erasure", str(uid))
    assert code == 2
    assert "Not confirmed yet: loc2." in said
    seal_all()
    hear("loc2")
    said, code = run("verify_erasure", str(uid))
    assert code == 0
    assert "Confirmed by loc2" in said
    assert "Nothing is left in this database." in said


def test_verify_finds_what_is_left():
    uid = a_person()
    request(uid)
    run("cleanup_customers")
    sql.execute(
        "UPDATE customers_customer SET surname = 'Left' WHERE entity_uid = %(uid)s", {"uid": uid}
    )

    said, code = run("verify_erasure", str(uid))

    assert code == 1
    assert "Left in customers_customer: 1." in said
    entry = AuditEntry.objects.filter(action="erasure.verified").latest("audit_id")
    assert (entry.entity_uid, entry.codes, entry.result_count) == (uid, ["leftovers"], 1)


def test_no_id_is_refused():
    with pytest.raises(CommandError):
        run("verify_erasure", "somebody")
    with pytest.raises(CommandError):
        run("cleanup_customers", "--loop", "--dry-run")
    assert run("verify_erasure", str(uuid4()))[1] == 3


def test_what_overtook_an_erasure_is_emptied_by_the_worker():
    uid = a_person()
    request(uid)
    run("cleanup_customers")
    sql.execute(
        "UPDATE events_event SET state = 2 WHERE entity_uid = %(uid)s AND type = %(type)s",
        {"uid": uid, "type": "entity.created.v1"},
    )

    assert cleaning.forget_overtaken() == 1
    assert cleaning.forget_overtaken() == 0
