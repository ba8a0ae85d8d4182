"""Whatever way the projection takes, the tables say what folding all events from scratch says."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entities.fold import digest, fold
from events import log
from events.event import Event
from tests.integration.entities.rows import moved, receive, stored
from tests.unit.entities.histories import histories

pytestmark = pytest.mark.django_db


@st.composite
def batches(draw) -> list[list[Event]]:
    """Two entities' events in batches: mostly in the order of writing, some late, some early."""
    first, second = moved(draw(histories()), UUID(int=1)), moved(draw(histories()), UUID(int=2))
    events = draw(st.permutations([*first, *second])) if draw(st.booleans()) else [*first, *second]
    size = draw(st.integers(1, len(events)))
    return [events[start : start + size] for start in range(0, len(events), size)]


@given(batches())
@settings(max_examples=25)
def test_rows_are_those_of_a_fold_from_scratch(arriving: list[list[Event]]) -> None:
    uids = {UUID(int=1): uuid4(), UUID(int=2): uuid4()}
    written: dict[UUID, list[Event]] = {uid: [] for uid in uids.values()}

    for batch in arriving:
        events = [moved([event], uids[event.entity_uid])[0] for event in batch]
        receive(events)
        for event in events:
            written[event.entity_uid].append(event)

    heads = log.lock_heads(written)
    for uid, events in written.items():
        expected = fold(events)
        assert stored(uid) == expected
        assert heads[uid].digest == digest(uid, expected)
        assert heads[uid].erased_event == expected.erased_event
