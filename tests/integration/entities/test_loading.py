"""Many entities with their histories in one call."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from entities import queries
from entities.load_input import History, Step
from entities.loading import Loaded, load
from entities.models import DetailVersion
from entities.refusals import Invalid
from entities.services import delete_entity
from events.models import LoggedEvent
from tests.integration.entities.rows import an_act, spans

pytestmark = pytest.mark.django_db

SECOND = 1_000_000
NOW = 1_790_000_000 * SECOND


def a_history(number: int, **details: str | None) -> History:
    return History(
        UUID(int=number),
        "PERSON",
        (
            Step("created", NOW, {"SURNAME": f"S{number}", **details}),
            Step("updated", NOW + SECOND, {"SURNAME": f"T{number}"}),
            Step("deleted", NOW + 2 * SECOND),
            Step("restored", NOW + 3 * SECOND),
        ),
    )


def test_a_history_stands_as_if_it_had_been_lived():
    loaded = load(an_act(), histories=[a_history(1), a_history(2)])

    assert loaded == Loaded(entities=2, events=8, unchanged=0)
    assert spans(DetailVersion, UUID(int=1)) == [
        ("S1", NOW, NOW + SECOND),
        ("T1", NOW + SECOND, NOW + 2 * SECOND),
        ("T1", NOW + 3 * SECOND, None),
    ]
    assert all(LoggedEvent.objects.values_list("is_bulk", flat=True))


def test_who_is_known_is_left_alone_dead_or_alive():
    load(an_act(), histories=[a_history(1), a_history(2)])
    delete_entity(an_act(), entity_uid=UUID(int=2))

    again = load(an_act(), histories=[a_history(1), a_history(2), a_history(3)])

    assert again == Loaded(entities=1, events=4, unchanged=2)
    assert set(queries.current([UUID(int=n) for n in (1, 2, 3)])) == {UUID(int=1), UUID(int=3)}


def test_one_bad_value_loads_nothing():
    with pytest.raises(Invalid, match="Unknown field EMIAL"):
        load(an_act(), histories=[a_history(1), a_history(2, EMIAL="x")])

    assert not LoggedEvent.objects.exists()


def test_statements_do_not_grow_with_the_slice():
    def statements(numbers: range) -> int:
        with CaptureQueriesContext(connection) as captured:
            load(an_act(), histories=[a_history(number) for number in numbers])
        return len(captured)

    statements(range(1))

    assert statements(range(1, 2)) == statements(range(2, 60))
