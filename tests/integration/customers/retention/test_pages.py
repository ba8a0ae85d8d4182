"""The Retention pages: what they show, and what their forms do."""

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import RetentionRun
from customers.retention import policies
from customers.retention.due import DayCount
from customers.web.retention import charts
from entities import erasing, executing, holding
from tests.integration.customers.retention import ages
from tests.integration.customers.retention.ages import a_person, a_policy, act_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(ages, "NOW", timezone.now())


@pytest.fixture
def provider() -> Client:
    return Client(headers={"X-Role": "service_provider"})


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_empty_list_says_so(provider, settings):
    settings.RETENTION_DAYS = 0

    shown = text_of(provider.get("/retention"))

    assert "No policy is in force" in shown
    assert "Nobody becomes due in the next 90 days." in shown
    assert "No run here yet" in shown
    assert "No hold stands." in shown


def test_who_is_due_with_reason_and_hold(provider):
    a_policy(DAYS=730)
    a_person("Gone", days_ago=740)
    held = a_person("Held", days_ago=735)
    holding.place_hold(act_at(), entity_uid=held, reason="Tax audit", reference="2026/77")

    shown = text_of(provider.get("/retention"))

    assert "2 years unchanged" in shown
    assert "on hold" in shown
    assert "2026/77" in shown
    assert "Preview a run" in shown
    table = text_of(provider.get("/retention?days=table"))
    assert '<th scope="row" class="nowrap">due now</th><td class="num">1</td>' in table


def test_a_run_from_preview_to_proof(provider):
    a_policy(DAYS=100, DELAY_DAYS=0)
    a_person("Gone", days_ago=140)

    made = provider.post("/retention/preview")
    run = RetentionRun.objects.get()
    assert made["Location"] == f"/retention/runs/{run.id}"
    assert "Approve 1 erasure" in text_of(provider.get(made["Location"]))

    provider.post(made["Location"], {"approve": "1"})
    run.refresh_from_db()
    assert run.approved_by == "service_provider"

    part = provider.get(made["Location"], headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    provider.post(made["Location"], {"withdraw": "1", "reason": "A mistake."})
    assert "Withdrawn" in text_of(provider.get(made["Location"]))


def test_the_ledger_tells_who_is_erased_and_who_is_scheduled(provider):
    gone, soon = a_person("Gone", days_ago=10), a_person("Soon", days_ago=10)
    erasing.request_erasure(act_at(), entity_uid=gone, basis="subject_request")
    executing.execute_due(lambda: act_at(days_ago=-0.1))
    erasing.schedule_erasures(
        act_at(), entity_uids=[soon], execute_after_us=ages.ago_us(-3), basis="retention"
    )

    erased = text_of(provider.get("/retention/ledger"))
    scheduled = text_of(provider.get("/retention/ledger?show=scheduled"))

    assert str(gone) in erased
    assert str(soon) not in erased
    assert "The person asked for it" in erased
    assert str(soon) in scheduled
    assert "Gone" not in erased


def test_a_policy_is_made_changed_and_retired_by_form(provider):
    form = {"code": "contract", "label": "After the contract", "days": "30", "basis": "date"}
    form |= {"field": "DOB", "delay_days": "3", "approval": "1", "reason": "By law."}

    made = provider.post("/retention/policies", form)
    wrong = provider.post("/retention/policies/CONTRACT", {**form, "days": "many"})
    right = provider.post("/retention/policies/CONTRACT", {**form, "days": "40"})

    assert made.status_code == 302
    assert wrong.status_code == 400
    assert "Must be a whole number from 1 to 36,525." in text_of(wrong)
    assert 'value="many"' in text_of(wrong)
    assert right.status_code == 302
    assert policies.get_policy("CONTRACT").days == 40
    a_person("Nobody knows", days_ago=1)
    assert "Nobody knows" in text_of(provider.get("/retention/policies/CONTRACT/unjudged"))
    assert "cannot judge" not in text_of(provider.get("/retention/policies"))

    provider.post("/retention/policies/CONTRACT/retire", {"reason": "Too short."})

    assert not policies.get_policy("CONTRACT").is_active


def test_a_new_policy_changes_none_that_is_there(provider):
    a_policy("CONTRACT", DAYS=100)
    form = {"code": "contract", "days": "5", "basis": "changed", "delay_days": "0"}

    answer = provider.post("/retention/policies", form)

    assert answer.status_code == 409
    assert "There is a policy CONTRACT already" in text_of(answer)
    assert policies.get_policy("CONTRACT").days == 100


def test_a_code_that_nobody_has_is_404(provider):
    assert provider.get("/retention/policies/NONE").status_code == 404
    assert provider.get("/retention/runs/999").status_code == 404


def test_agents_see_none_of_it():
    agent = Client(headers={"X-Role": "service_agent"})

    assert agent.get("/retention").status_code == 403
    assert "/retention" not in agent.get("/").content.decode()


def test_days_ahead_hold_everybody_once():
    counts = [DayCount(0, 5, 2, 5), DayCount(30, 1, 0, 0), DayCount(31, 4, 0, 0)]

    drawn = charts.ahead(counts, today=timezone.localdate())

    assert drawn.total == 12
    assert [span.text.split(" · ")[1] for span in drawn.spans] == ["8", "4", "0"]
    inside = [part for day in drawn.days for part in day.parts]
    assert all(part.y >= 0 and part.y + part.height <= charts.BOTTOM + 1 for part in inside)
