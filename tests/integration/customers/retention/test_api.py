"""Retention over HTTP: for providers, with the refusals in words."""

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from tests.integration.customers.registry import agent, customer, provider
from tests.integration.customers.retention import ages
from tests.integration.customers.retention.ages import a_person

pytestmark = pytest.mark.django_db

POLICY = {"code": "short", "basis": "changed", "days": 100, "delay_days": 0}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    """Ages are counted from the clock of the requests."""
    monkeypatch.setattr(ages, "NOW", timezone.now())


def test_a_policy_is_defined_changed_and_retired():
    made = provider("POST", "retention/policies/", {**POLICY, "reason": "Ten years by law."})
    changed = provider("POST", "retention/policies/", {**POLICY, "days": 200})
    read = provider("GET", "retention/policies/SHORT/")
    gone = provider("DELETE", "retention/policies/short/")

    assert [one.status_code for one in (made, changed, read, gone)] == [201, 200, 200, 204]
    assert made.json()["code"] == "SHORT"
    assert read.json() == {
        "code": "SHORT",
        "label": "short",
        "basis": "changed",
        "days": 200,
        "field": None,
        "class": None,
        "delay_days": 0,
        "approval": True,
        "active": True,
        "built_in": False,
    }
    listed = {one["code"]: one["active"] for one in provider("GET", "retention/policies/").json()}
    assert listed == {"SHORT": False, "STANDARD": True}
    assert provider("GET", "retention/policies/NONE/").status_code == 404


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "code"),
        ({**POLICY, "days": 0}, "days"),
        ({**POLICY, "days": 1.5}, "days"),
        ({**POLICY, "basis": "never"}, "basis"),
        ({**POLICY, "approval": "yes"}, "approval"),
        ({**POLICY, "reason": 7}, "reason"),
        ({**POLICY, "reason": "x" * 501}, "reason"),
        ({**POLICY, "surprise": 1}, "surprise"),
    ],
)
def test_what_is_no_policy_is_refused_by_name(body, key):
    answer = provider("POST", "retention/policies/", body)

    assert answer.status_code == 400
    assert key in answer.json()


def test_a_field_without_dates_is_409():
    body = {**POLICY, "basis": "date", "field": "SURNAME"}

    answer = provider("POST", "retention/policies/", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_date_field")


def test_who_is_due_in_pages():
    provider("POST", "retention/policies/", POLICY)
    uids = [str(a_person(f"P{days}", days_ago=days)) for days in (140, 130, 120)]
    a_person("Later", days_ago=95)

    first = provider("GET", "retention/due/?limit=2").json()
    rest = provider("GET", first["next"].split("/api/customers/")[1]).json()

    assert [row["id"] for row in first["results"] + rest["results"]] == uids
    assert rest["next"] is None
    assert first["results"][0]["reason"] == "100 days unchanged"
    assert first["results"][0]["erased_by"] == "loc1"
    soon = provider("GET", "retention/due/?days=7&policy=short").json()["results"]
    assert [row["display_name"] for row in soon] == ["P140", "P130", "P120", "Later"]
    assert provider("GET", "retention/due/?days=0").status_code == 400
    assert provider("GET", "retention/due/?cursor=x").status_code == 400


def test_pages_go_on_before_1970():
    body = {**POLICY, "code": "ended", "basis": "date", "field": "DOB"}
    provider("POST", "retention/policies/", body)
    for year in (1950, 1940):
        agent("POST", "items/", {"surname": f"P{year}", "name": "A", "dob": f"{year}-01-01"})

    first = provider("GET", "retention/due/?limit=1").json()
    rest = provider("GET", first["next"].split("/api/customers/")[1]).json()

    names = [row["display_name"] for row in first["results"] + rest["results"]]
    assert names == ["P1940, A", "P1950, A"]


def test_a_run_is_previewed_approved_and_withdrawn():
    provider("POST", "retention/policies/", POLICY)
    a_person("Due", days_ago=140)

    dry = provider("POST", "retention/runs/", {"dry_run": True})
    kept = provider("POST", "retention/runs/", {})
    run_id = kept.json()["id"]
    approved = provider("POST", f"retention/runs/{run_id}/approve/", {})
    again = provider("POST", f"retention/runs/{run_id}/approve/", {})
    silent = provider("POST", f"retention/runs/{run_id}/withdraw/", {})
    withdrawn = provider("POST", f"retention/runs/{run_id}/withdraw/", {"reason": "A mistake."})

    assert (dry.status_code, dry.json()["id"], dry.json()["due"]) == (200, None, 1)
    assert (kept.status_code, kept.json()["due"]) == (201, 1)
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    assert (again.status_code, again.json()["code"]) == (409, "not_open")
    assert silent.status_code == 400
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert len(provider("GET", f"retention/runs/{run_id}/").json()["proof"]) == 64
    assert [one["id"] for one in provider("GET", "retention/runs/").json()["results"]] == [run_id]
    assert provider("GET", "retention/runs/x/").status_code == 404


def test_nobody_due_is_409_with_a_sentence():
    answer = provider("POST", "retention/runs/", {"policy": "STANDARD"})

    assert (answer.status_code, answer.json()["code"]) == (409, "nobody_due")


def test_others_may_not():
    for path in ("policies/", "due/", "runs/"):
        assert agent("GET", f"retention/{path}").status_code == 403
        assert customer("GET", f"retention/{path}").status_code == 403


def test_each_look_names_whom_it_showed():
    provider("POST", "retention/policies/", POLICY)
    uid = a_person("Due", days_ago=140)

    provider("GET", "retention/due/")

    entry = AuditEntry.objects.filter(action="retention.read").latest("at")
    assert (entry.hit_ids, entry.result_count, entry.role) == ([uid], 1, "service_provider")
