"""Holds and erasures as providers ask for them."""

from uuid import UUID, uuid4

import pytest

from audit.models import AuditEntry
from tests.integration.customers.registry import a_customer, agent, provider
from tests.integration.erasure.worlds import execute

pytestmark = pytest.mark.django_db


@pytest.fixture
def path() -> str:
    return f"items/{a_customer(surname='Held', document_number='H1')['id']}/"


def hold(path: str, **said: object) -> dict:
    answer = provider("POST", f"{path}hold/", {"reason": "A claim", **said})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_hold_is_placed_seen_and_lifted(path):
    placed = hold(path, reference="4 C 112/26")

    assert placed.keys() == {
        "hold_id",
        "customer",
        "reason",
        "reference",
        "placed_at",
        "actor",
        "location_id",
    }
    assert provider("GET", f"{path}hold/").json() == {"holds": [placed], "erasure": None}
    refused = provider("POST", f"{path}erase/", {"basis": "subject_request"})
    assert (refused.status_code, refused.json()["code"]) == (409, "held")

    said = {"hold_id": placed["hold_id"], "reason": "Settled"}
    answer = provider("POST", f"{path}lift/", said)
    assert (answer.status_code, answer.json()["lifted"]) == (200, True)
    again = provider("POST", f"{path}lift/", said)
    assert (again.status_code, again.json()["code"]) == (409, "not_held")
    assert provider("GET", f"{path}hold/").json()["holds"] == []


def test_an_erasure_is_asked_for_once_and_cancelled(path):
    answer = provider("POST", f"{path}erase/", {"basis": "objection", "reason": "By letter"})

    assert answer.status_code == 202
    assert answer.json().keys() == {"basis", "execute_after"}
    assert provider("POST", f"{path}erase/", {"basis": "objection"}).json() == answer.json()
    assert provider("GET", f"{path}hold/").json()["erasure"] == answer.json()
    assert agent("GET", path).json()["code"] == "deleted"
    late = provider("POST", f"{path}hold/", {"reason": "Late"})
    assert (late.status_code, late.json()["code"]) == (409, "erasure_due")

    cancelled = provider("POST", f"{path}cancel-erasure/", {"reason": "Changed their mind"})
    assert (cancelled.status_code, cancelled.json()["cancelled"]) == (200, True)
    again = provider("POST", f"{path}cancel-erasure/", {"reason": "Again"})
    assert (again.status_code, again.json()["code"]) == (409, "not_scheduled")
    assert execute().erased == 0
    assert agent("POST", f"{path}restore/").status_code == 200


@pytest.mark.parametrize("tail", ["hold/", "lift/", "erase/", "cancel-erasure/"])
def test_of_the_erased_everything_is_410(path, tail):
    provider("POST", f"{path}erase/", {"basis": "subject_request"})
    execute()

    said = {"reason": "x", "hold_id": "x", "basis": "objection"}
    keys = {"hold/": ["reason"], "lift/": ["hold_id", "reason"], "erase/": ["basis"]}
    body = {key: said[key] for key in keys.get(tail, ["reason"])}

    answer = provider("POST", path + tail, body)

    assert (answer.status_code, answer.json()["code"]) == (410, "erased")


@pytest.mark.parametrize(
    ("tail", "body", "field"),
    [
        ("hold/", {}, "reason"),
        ("hold/", {"reason": "  "}, "reason"),
        ("hold/", {"reason": 3}, "reason"),
        ("hold/", {"reason": "x" * 2001}, "reason"),
        ("hold/", {"reason": "x", "who": "y"}, "who"),
        ("lift/", {"reason": "x"}, "hold_id"),
        ("lift/", {"hold_id": "x"}, "reason"),
        ("erase/", {}, "basis"),
        ("erase/", {"basis": "retention"}, "basis"),
        ("erase/", {"basis": "objection", "reason": 1.5}, "reason"),
        ("cancel-erasure/", {}, "reason"),
    ],
)
def test_bad_bodies_are_400_and_name_the_field(path, tail, body, field):
    answer = provider("POST", path + tail, body)

    assert answer.status_code == 400
    assert field in answer.json()
    assert not AuditEntry.objects.filter(action__startswith="hold.", outcome="ok").exists()


def test_nobody_unknown_is_held():
    answer = provider("POST", f"items/{uuid4()}/hold/", {"reason": "x"})

    assert answer.status_code == 404


def test_a_retry_places_one_hold(path):
    key = {"Idempotency-Key": str(uuid4())}
    answers = [
        provider("POST", f"{path}hold/", {"reason": "A claim"}, headers=key).json()
        for _ in range(2)
    ]

    assert answers[0] == answers[1]
    assert len(provider("GET", f"{path}hold/").json()["holds"]) == 1


def test_each_act_has_one_entry_without_words(path):
    uid = UUID(path.split("/")[1])
    placed = hold(path)
    provider("POST", f"{path}lift/", {"hold_id": placed["hold_id"], "reason": "Settled"})
    provider("POST", f"{path}erase/", {"basis": "objection"})

    told = AuditEntry.objects.filter(entity_uid=uid).order_by("audit_id")
    assert [(one.action, one.codes) for one in told][1:] == [
        ("hold.placed", [f"hold:{placed['hold_id']}"]),
        ("hold.lifted", [f"hold:{placed['hold_id']}"]),
        ("erasure.scheduled", ["objection"]),
    ]
