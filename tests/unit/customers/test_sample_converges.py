"""Loaded at two locations that cannot see each other, the sample ends in one list."""

from uuid import uuid4

import pytest

from customers.sample_data import sample
from entities.fold import fold
from entities.folded import Folded
from entities.load_input import History, Step
from events.clock import us_of
from events.event import Event, encode
from tests.unit.customers.test_sample_data import REFERENCE

LOADED_US = us_of(REFERENCE) + 10**12


def events_at(origin: str, history: History, *, loaded_us: int) -> list[Event]:
    """What a location that knows nothing of this entity would record."""
    return [
        Event(
            event_id=uuid4(),
            origin=origin,
            entity_uid=history.entity_uid,
            entity_seq=number,
            type=f"entity.{step.verb}.v1",
            hlc=loaded_us + number,
            basevv={origin: number - 1} if number > 1 else {},
            actor="command",
            role="service_provider",
            request_id=uuid4(),
            reason_code=None,
            data=data_of(history, step),
        )
        for number, step in enumerate(history.steps, start=1)
    ]


def data_of(history: History, step: Step) -> dict:
    data = {"valid_from": step.valid_from, "display_name": step.display_name}
    data |= {"details": dict(step.details)} if step.details else {}
    data |= {"entity_type": history.entity_type} if step.verb == "created" else {}
    return {name: value for name, value in data.items() if value is not None}


def shown(folded: Folded) -> tuple:
    """What people see of it: everything but which event says so."""
    return (
        [(v.entity_type, v.display_name, v.valid_from, v.valid_to) for v in folded.entity_versions],
        [(v.detail_code, v.value, v.valid_from, v.valid_to) for v in folded.detail_versions],
        [(s.attribute, s.value) for s in folded.state],
    )


@pytest.mark.parametrize("delay_us", [0, 1, 10**9], ids=["same instant", "just after", "later"])
def test_two_loads_agree_without_a_conflict(delay_us):
    for history in sample(extras=200):
        here = events_at("loc1/1", history, loaded_us=LOADED_US)
        there = events_at("loc2/1", history, loaded_us=LOADED_US + delay_us)

        together = fold([*there, *here])

        assert together.conflicts == ()
        assert shown(together) == shown(fold(here)) == shown(fold(there))
        assert together == fold([*here, *there])


def test_every_step_is_an_event_that_peers_accept():
    for history in sample():
        for event in events_at("loc1/1", history, loaded_us=LOADED_US):
            assert encode(event)


def test_histories_show_what_they_tell():
    """The names a person had appear in order, and whoever left last is not current."""
    for history in sample():
        folded = fold(events_at("loc1/1", history, loaded_us=LOADED_US))

        told = [value for step in history.steps if (value := step.details.get("SURNAME"))]
        names = [v.value for v in folded.detail_versions if v.detail_code == "SURNAME"]
        assert set(told) == set(names)
        is_current = folded.entity_versions[-1].valid_to is None
        assert is_current == (history.steps[-1].verb != "deleted")
