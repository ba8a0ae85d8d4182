"""The same key and request get the same answer, and never a second act."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from events import idempotency
from events.idempotency import KeyReused, StillInFlight, StoredAnswer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REQUEST = b"r" * 32


def claim(*, key: str = "k", actor: str = "agent", request: bytes = REQUEST, now=NOW):
    with transaction.atomic():
        return idempotency.claim(actor=actor, key=key, request_sha256=request, now=now)


def keep(*, key: str = "k", now=NOW, **overrides) -> None:
    answer = {"entity_uid": None, "status": 201, "answer": b"{}", **overrides}
    idempotency.keep(actor="agent", key=key, request_sha256=REQUEST, now=now, **answer)


def test_a_new_key_is_free_and_a_kept_answer_comes_again() -> None:
    uid = uuid4()
    assert claim() is None
    keep(entity_uid=uid, answer=b'{"id": 1}')

    assert claim() == StoredAnswer(201, b'{"id": 1}', uid)


def test_a_key_belongs_to_its_actor() -> None:
    keep()

    assert claim(actor="somebody else") is None


def test_another_request_under_the_same_key_is_refused() -> None:
    keep()

    with pytest.raises(KeyReused):
        claim(request=b"x" * 32)


def test_answers_are_forgotten_after_a_day() -> None:
    keep()
    assert claim(now=NOW + timedelta(hours=23)) is not None

    later = NOW + timedelta(hours=24)
    assert claim(now=later, request=b"x" * 32) is None
    keep(now=later, status=200)
    assert claim(now=later).status == 200
    assert idempotency.prune(now=later) == 0
    assert idempotency.prune(now=later + timedelta(hours=24)) == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_in_flight_the_second_is_told_to_wait() -> None:
    claimed, answered = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            idempotency.claim(actor="agent", key="k", request_sha256=REQUEST, now=NOW)
            claimed.set()
            answered.wait(10)
            keep()
        connection.close()

    writer = threading.Thread(target=first)
    writer.start()
    assert claimed.wait(10)

    with pytest.raises(StillInFlight):
        claim()
    answered.set()
    writer.join()

    assert claim() == StoredAnswer(201, b"{}", None)
