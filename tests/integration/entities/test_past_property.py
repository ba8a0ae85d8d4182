"""On any history: a difference is one state less another, and its steps lead from one to the other.

The states are read as of an instant, one entity at a time; the differences read a period.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from entities.history import changes, diff, entity_as_of
from entities.models import EntityVersion
from entities.refusals import Refused
from entities.vocabulary import RESERVED_TYPES
from events import sql
from events.clock import us_of
from tests.integration.entities.rows import moved, receive
from tests.unit.entities.histories import histories

pytestmark = pytest.mark.django_db

BORDERS_SQL = """
SELECT valid_from FROM entities_entity UNION SELECT valid_to FROM entities_entity
UNION SELECT valid_from FROM entities_entitydetail UNION SELECT valid_to FROM entities_entitydetail
"""

State = dict[tuple[str, str], Any]


def state_at(uid: UUID, instant_us: int) -> State:
    """(kind, name) → value; of one that does not live then: nothing."""
    try:
        row = entity_as_of(uid, instant_us=instant_us)
    except Refused:
        return {}
    state: State = {("detail", detail.detail_code): detail.value for detail in row.details}
    state["field", "display_name"] = row.display_name
    state["field", "entity_type"] = row.entity_type
    return state


def borders() -> list[int]:
    instants = [at for (at,) in sql.fetch(BORDERS_SQL) if isinstance(at, datetime)]
    near = {us_of(at) + step for at in instants for step in (-1, 0, 1)}
    return sorted(near) or [0]


def replayed(state: State, rows: list[dict[str, Any]]) -> State:
    """The state after these changes; each must begin where the one before has ended."""
    state = dict(state)
    for row in rows:
        if row["type"] == "entity":
            assert bool(state) == (row["action"] == "deleted")
            continue
        key = (row["type"], row.get("field") or row.get("detail_code"))
        assert repr(state.pop(key, None)) == repr(row["before"])
        if row["after"] is not None:
            state[key] = row["after"]
    return state


def told(state: State) -> dict[tuple[str, str], str]:
    """By what values are equal here: true is not 1; an empty name is none."""
    return {key: repr(value) for key, value in state.items() if value is not None}


@given(histories(), st.data())
@settings(max_examples=25)
def test_differences_lead_from_one_state_to_the_other(history, data):
    uid = uuid4()
    receive(moved(history, uid))
    assume(
        not EntityVersion.objects.filter(entity_uid=uid, entity_type__in=RESERVED_TYPES).exists()
    )
    instants = borders()
    start, end = sorted([data.draw(st.sampled_from(instants)) for _ in range(2)])
    before, after = state_at(uid, start), state_at(uid, end)

    net = diff(from_us=start, to_us=end, entity_uid=uid, limit=10).rows
    steps = changes(from_us=start, to_us=end, entity_uid=uid, limit=1_000).rows

    assert told(replayed(before, list(steps))) == told(after)
    found = replayed(before, net[0]["changes"]) if net else before
    assert told(found) == told(after)
    for change in net[0]["changes"] if net else ():
        assert start < us_of(change["at"]) <= end
    if told(before) == told(after) and bool(before) == bool(after):
        assert net == ()
    else:
        assert {change["type"] for change in net[0]["changes"]}
