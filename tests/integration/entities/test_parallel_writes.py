"""Several writers of one entity at once: they queue, and nobody fails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from entities.fold import fold
from entities.models import DetailVersion, EntityVersion
from entities.refusals import Exists, NotFound
from entities.resolving import resolve_conflict
from entities.services import create_entity, update_entity
from events import log
from events.errors import Refused
from events.models import EntityHead, LoggedEvent
from tests.builders import an_event
from tests.integration.entities.rows import an_act, details, open_conflicts_of, receive, stored

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


def in_parallel(write: Callable[[int], Any]) -> list[Any]:
    def one(number: int) -> Any:
        try:
            return write(number)
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def test_parallel_changes_all_succeed_and_stand_in_order():
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid

    answers = in_parallel(
        lambda number: update_entity(
            an_act(), entity_uid=uid, details=details(NOTES=f"note {number}", NAME=f"N{number}")
        )
    )

    assert all(len(events) == 1 for events in answers)
    assert stored(uid) == fold(log.events_of([uid])[uid])
    assert DetailVersion.objects.filter(entity_uid=uid, detail_code="NOTES").count() == WRITERS
    assert EntityVersion.objects.filter(entity_uid=uid, is_current=True).count() == 1
    assert open_conflicts_of(uid) == []
    assert EntityHead.objects.get(entity_uid=uid).revision == WRITERS + 1


def test_parallel_creations_of_one_uid_make_one_entity():
    uid = uuid4()

    answers = in_parallel(
        lambda number: create_entity(
            an_act(), entity_uid=uid, entity_type="PERSON", details=details(SURNAME="S")
        )
    )

    assert sorted(answer.is_new for answer in answers) == [False] * (WRITERS - 1) + [True]
    assert LoggedEvent.objects.filter(entity_uid=uid).count() == 1


def test_of_parallel_creations_with_other_content_one_wins():
    uid = uuid4()

    answers = in_parallel(
        lambda number: create_entity(
            an_act(), entity_uid=uid, entity_type="PERSON", details=details(SURNAME=f"S{number}")
        )
    )

    assert [type(answer) for answer in answers].count(Exists) == WRITERS - 1


def test_of_parallel_decisions_about_a_conflict_one_stands():
    uid = create_entity(an_act(), entity_type="PERSON", details=details(SURNAME="S")).entity_uid
    receive([an_event(entity_uid=uid, origin="loc2/1", details={"SURNAME": "T"})])
    [conflict] = open_conflicts_of(uid)

    answers = in_parallel(
        lambda number: resolve_conflict(
            an_act(), conflict_id=conflict.conflict_id, value=f"S{number}"
        )
    )

    assert answers.count(uid) == 1
    assert [type(answer) for answer in answers].count(NotFound) == WRITERS - 1
    assert open_conflicts_of(uid) == []
