"""The same request twice is done once: Idempotency-Key on every write of `/api/v1`."""

from uuid import UUID, uuid4, uuid5

import pytest

from events.event import NAMESPACE
from events.models import LoggedEvent
from tests.integration.callers import entries
from tests.integration.entities.api.face import a_person, agent, details, path_of, provider

pytestmark = pytest.mark.django_db

BODY = {"entity_type": "PERSON", "details": [{"detail_code": "SURNAME", "value": "Nagy"}]}


def test_creation_is_done_once():
    headers = {"Idempotency-Key": "key-1"}

    first, second = (agent("POST", "entities", BODY, headers=headers) for _ in range(2))

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first["ETag"] == second["ETag"]
    assert LoggedEvent.objects.count() == 1
    assert [(entry.action, entry.codes) for entry in entries()[-2:]] == [
        ("entity.created", ["SURNAME", "entity_type"]),
        ("entity.created", ["replayed"]),
    ]


def test_both_slash_forms_are_one_request():
    headers = {"Idempotency-Key": "key-1"}

    first, second = (
        agent("POST", path, BODY, headers=headers) for path in ("entities", "entities/")
    )

    assert first.json() == second.json()


@pytest.mark.parametrize(
    ("method", "more", "body"),
    [("PATCH", "", {"details": details(NOTES="x")}), ("DELETE", "", None)],
)
def test_changes_are_done_once(method, more, body):
    made, headers = a_person(SURNAME="Nagy"), {"Idempotency-Key": "key-2"}

    first, second = (agent(method, path_of(made, more), body, headers=headers) for _ in range(2))

    assert first.status_code == second.status_code < 300
    assert first.content == second.content
    assert LoggedEvent.objects.count() == 2


def test_restoring_is_done_once():
    made, headers = a_person(SURNAME="Nagy"), {"Idempotency-Key": "key-3"}
    agent("DELETE", path_of(made))
    first = agent("POST", path_of(made, "/restore"), headers=headers)
    agent("DELETE", path_of(made))

    second = agent("POST", path_of(made, "/restore"), headers=headers)

    assert first.content == second.content
    assert agent("GET", path_of(made)).status_code == 404  # the stored answer, no second act


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("entities", {"entity_type": "INSTITUTION", "display_name": "Archive"}),
        ("entities?allow_duplicate=1", BODY),
        ("detail-types", {"code": "X", "label": "X"}),
    ],
)
def test_another_request_under_the_same_key_is_refused(path, body):
    headers = {"Idempotency-Key": "key-4"}
    provider("POST", "entities", BODY, headers=headers)

    answer = provider("POST", path, body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_a_refused_request_may_be_mended_under_its_key():
    headers = {"Idempotency-Key": "key-5"}
    assert agent("POST", "entities", {}, headers=headers).status_code == 400

    assert agent("POST", "entities", BODY, headers=headers).status_code == 201


def test_a_uuid_as_key_gives_the_id_so_that_a_retry_elsewhere_converges():
    key = str(uuid4())

    made = agent("POST", "entities", BODY, headers={"Idempotency-Key": key.upper()}).json()

    assert UUID(made["entity_uid"]) == uuid5(NAMESPACE, f"service_agent\n{key}")


def test_a_uid_that_was_given_counts_before_the_key():
    uid, headers = str(uuid4()), {"Idempotency-Key": str(uuid4())}

    made = agent("POST", "entities", {**BODY, "entity_uid": uid}, headers=headers).json()

    assert made["entity_uid"] == uid


@pytest.mark.parametrize("key", ["", " ", "\x7f", "x" * 256, "a b"])
def test_keys_that_are_none_are_refused(key):
    answer = agent("POST", "entities", BODY, headers={"Idempotency-Key": key})

    assert (answer.status_code, list(answer.json())) == (400, ["Idempotency-Key"])
